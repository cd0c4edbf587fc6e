package jobs

import (
	"context"
	"errors"
	"fmt"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/labelmap"
	"unpool/core/look"
	"unpool/core/number"
	"unpool/core/svg"
)

// occlusion shows what the net makes of the image while a part of it is covered, as figure 7 of Zeiler and Fergus (2013) does: the sum of a map, the
// probability of the class, the net's answer, and which pixels contribute to the map.
func (x *insight) occlusion(ctx context.Context) error {
	layer := x.Layer
	if layer == "" {
		layer = x.net.LastMaps()
	} else if _, err := x.layers(nil); err != nil { // there is no such layer
		return err
	}
	cover := look.Cover{Size: x.Cover, Stride: x.Stride, Rows: x.Rows, Colour: look.Mean(x.set.Train, x.set.Channels)}
	if cover.Size == 0 {
		cover.Size = max(1, x.set.Height/4)
	}
	if side := min(x.set.Height, x.set.Width); cover.Size > side || cover.Stride > side {
		return command.Usage("-cover %d, -stride %d: the image is only %d pixels wide", cover.Size, cover.Stride, side)
	}
	fmt.Fprintf(x.stderr, "%s: covering %s\n", layer, x.imageSays)
	o, err := x.net.Occlusion(ctx, x.pixels, cover, layer, nil)
	if err != nil {
		return err
	}
	m := o.Strongest()
	if x.Map != nil {
		m = *x.Map
	}
	if m < 0 || m >= len(o.WholeSums) {
		return command.Usage("-map: %s has no map %d; they are numbered from 0 to %d", layer, m, len(o.WholeSums)-1)
	}
	class, whose := x.class, "its class"
	if class < 0 {
		class, whose = look.Largest(o.WholeProbabilities), "the net's answer for the whole image"
	}
	what := fmt.Sprintf("%[1]d by %[1]d pixels", cover.Size)
	if cover.Rows {
		what = fmt.Sprintf("%d pixels high and as wide as the image", cover.Size)
	}
	x.say("One part of %s after another is covered, %s, by the mean colour of the training images (Zeiler and Fergus, 2013, section 4.2 and figure 7). A value of a picture says what "+
		"the net gives while the middle of the cover is there. The middles are %d apart.", x.imageSays, what, cover.Stride)
	var sums, chances, all, labels []float32
	answers := make([]int, len(o.Sums))
	for i, p := range o.Probabilities {
		answers[i] = look.Largest(p)
		sums, chances = append(sums, o.Sums[i][m]-o.WholeSums[m]), append(chances, p[class])
		all, labels = append(all, p...), append(labels, float32(answers[i]))
	}
	places := []int{o.Rows, o.Columns}
	return errors.Join(
		x.picture("image", figure.Sheet{Title: "the image", Says: capital(x.imageSays) + ".", Columns: 1, Pixel: enlarged(x.set.Width), Cells: []figure.Cell{x.cell(x.pixels)}}),
		x.picture("sums", oneCell("Change of the summed activation", fmt.Sprintf("Map %d of %s, summed over its positions: by how much it changes from %s, its sum for the whole image. Gray is no change.",
			m, layer, significant(o.WholeSums[m])), o.Rows, o.Columns, sums)),
		x.array("sums", places, sums),
		x.picture("chances", figure.Sheet{Title: "Probability of " + x.set.Classes[class], Low: "0", High: "1", Columns: 1, Pixel: max(2, 256/o.Columns),
			Says:  fmt.Sprintf("The probability of %s, %s. For the whole image it is %s %%.", x.set.Classes[class], whose, number.Percent(float64(o.WholeProbabilities[class]))),
			Cells: []figure.Cell{plain(o.Rows, o.Columns, chances)}}),
		x.array("chances", []int{o.Rows, o.Columns, len(o.WholeProbabilities)}, all),
		x.labels(o, answers),
		x.array("answers", places, labels),
		x.contributing(layer, m),
	)
}

// labels draws which class the net gives at each place.
func (x *insight) labels(o *look.Occlusion, answers []int) error {
	elements, height := labelmap.Draw(o.Columns, answers, x.set.Classes)
	d := svg.Document{Width: labelmap.Side, Height: height, Title: "The net's answer", Says: "The class that the net finds most probable, and at which share of the places."}
	d.Add("%s", elements)
	x.say("%s\n\n![%s](answers.svg)", d.Says, d.Title)
	return x.file("answers.svg", []byte(d.String()))
}

// contributing draws which pixels contribute to a map where it is strongest, by the first method.
func (x *insight) contributing(layer string, m int) error {
	of, err := x.outputs(layer)
	if err != nil {
		return err
	}
	unit, _ := of.Strongest(m)
	method := x.net.Methods()[0]
	all, err := x.net.Project(method, x.pixels, []look.Unit{unit})
	if err != nil {
		return err
	}
	s := figure.Sheet{Title: "Which pixels contribute to the map", Columns: 1, Pixel: enlarged(x.set.Width), Cells: []figure.Cell{x.signed(all[0])},
		Says: fmt.Sprintf("Which pixels contribute to map %d of %s where it is strongest (%s). Gray is zero.", m, layer, method.Name())}
	return errors.Join(x.picture("contributing", s), x.array("contributing", []int{x.set.Height, x.set.Width, x.set.Channels}, all[0]))
}

// plain is an image of numbers from 0, black, to 1, white.
func plain(height, width int, values []float32) figure.Cell {
	c := figure.Cell{Height: height, Width: width, Channels: 1}
	for _, v := range values {
		c.Values = append(c.Values, float64(v))
	}
	return c
}
