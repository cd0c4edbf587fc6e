package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/dotplot"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/svg"
)

// marks are the parts to cover: those that are asked for, or the middles of the test image and the next ones of its class.
func (x *insight) marks() (marks []protocol.Mark, err error) {
	for _, m := range x.Parts {
		if n := x.set.Test.Len(); m.Image < 0 || m.Image >= n {
			return nil, command.Usage("-part: there is no test image %d; they are numbered from 0 to %d", m.Image, n-1)
		}
	}
	if len(x.Parts) > 0 {
		return x.Parts, nil
	}
	number, err := strconv.Atoi(x.image)
	if err != nil {
		return nil, command.Usage("correspondence compares test images: name parts of them after -part, or the number of one after -image, not a picture")
	}
	for _, i := range look.SameClass(x.set.Test, number, look.UsualParts) {
		marks = append(marks, protocol.Mark{Image: i, Part: look.Centre(x.set.Height, x.set.Width)})
	}
	return marks, nil
}

// correspondence covers a part of several images, and compares how the features change, as table 1 of Zeiler and Fergus (2013) does.
func (x *insight) correspondence(ctx context.Context) error {
	marks, err := x.marks()
	if err != nil {
		return err
	}
	var images []byte
	var parts [][4]int
	var flags []string
	for _, m := range marks {
		images, parts, flags = append(images, x.of(x.set.Test, m.Image)...), append(parts, m.Part), append(flags, "-part "+m.String())
	}
	colour := look.Mean(x.set.Train, x.set.Channels)
	c, err := remembered(ctx, x.subject, x.net, "correspondence", marks, x.net.FitsCorrespondence, func() (*look.Correspondence, error) {
		fmt.Fprintf(x.stderr, "covering parts of %d images, each at %d places\n", len(marks), 1+2*look.Draws)
		return x.net.Correspondence(ctx, images, parts, colour, nil)
	})
	if errors.Is(err, look.ErrParts) {
		return command.Usage("-part: %w", err)
	} else if err != nil {
		return err
	}
	which := "The marked part of each of %d test images is covered"
	if len(x.Parts) == 0 {
		which = "No parts are marked (`-part`), so the middle of each of %d test images of one class is covered"
	}
	x.say(which+" by the mean colour of the training images (Zeiler and Fergus, 2013, section 4.3 and table 1): `%s`. For each feature of a layer, which is each number that it outputs, "+
		"the change has a sign, 1, -1 or 0. The share of the features for which two images have different signs, on average over the pairs, is small if the parts do the same for the layer.",
		len(marks), strings.Join(flags, " "))
	x.say("Beside it stand parts of the same size at random places, %[1]d draws of each kind: at places of their own, as in the paper, and at one place for all images. "+
		"Parts that lie at the same place change the same features of a layer with positions, and so differ little whatever they show: the second kind says how much of the agreement the place explains. "+
		"“As low” counts the draws that differ no more than the marked parts do.", look.Draws)
	x.say("%s", c.Says())
	err = errors.Join(x.covered(marks, colour), x.signs(c))
	x.say("For programs: [correspondence.csv](correspondence.csv). The array has a row for each layer: the marked parts, then the draws of the first kind, then those of the second.")
	return errors.Join(err, x.array("correspondence", []int{len(c.Layers), 1 + 2*look.Draws}, c.Differ))
}

// covered shows the images, and below each the same with its part covered.
func (x *insight) covered(marks []protocol.Mark, colour []byte) error {
	s := figure.Sheet{Title: "The images and their parts", Columns: len(marks), Pixel: max(1, 2*patchPixels/x.set.Width), Says: "The images, and below each the same with its part covered."}
	for _, m := range marks {
		s.Cells = append(s.Cells, x.cell(x.of(x.set.Test, m.Image)))
	}
	for _, m := range marks {
		s.Cells = append(s.Cells, x.cell(look.Cover{Colour: colour}.Over(x.of(x.set.Test, m.Image), m.Part, x.set.Width)))
	}
	return x.picture("parts", s)
}

// signs draws and lists by how much the signs differ at each layer.
func (x *insight) signs(c *look.Correspondence) error {
	series := []dotplot.Series{{Name: "the marked parts"}, {Name: "parts at random places"}, {Name: "parts at one random place of all images"}}
	var rows [][]string
	var csv strings.Builder
	csv.WriteString("layer,marked,random_mean,random_deviation,random_as_low,place_mean,place_deviation,place_as_low\n")
	for l, layer := range c.Layers {
		row := []string{layer, number.Percent(c.Marked(l)) + " %"}
		series[0].Values = append(series[0].Values, c.Marked(l))
		fmt.Fprintf(&csv, "%s,%g", layer, c.Marked(l))
		for control := range look.OnePlace + 1 {
			s, of := c.Random(l, control), &series[1+control]
			of.Values, of.Spread = append(of.Values, s.Mean), append(of.Spread, s.Deviation)
			row = append(row, fmt.Sprintf("%s ± %s %%", number.Percent(s.Mean), number.Percent(s.Deviation)), number.Plain(s.AsLow))
			fmt.Fprintf(&csv, ",%g,%g,%d", s.Mean, s.Deviation, s.AsLow)
		}
		rows = append(rows, row)
		csv.WriteString("\n")
	}
	d := svg.Document{Width: dotplot.Width, Title: "Features with different signs, by layer", Says: "A line reaches one standard deviation of the draws to both sides."}
	elements, height := dotplot.Draw(c.Layers, "features with different signs", series...)
	d.Height = height
	d.Add("%s", elements)
	x.say("%s\n\n![%s](correspondence.svg)\n\n%s", d.Says, d.Title, markdown.Table([]string{"layer", "marked parts", "random places", "as low", "one random place", "as low"}, rows))
	return errors.Join(x.file("correspondence.svg", []byte(d.String())), x.file("correspondence.csv", []byte(csv.String())))
}
