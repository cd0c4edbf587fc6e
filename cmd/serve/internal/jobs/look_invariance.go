package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/warp"
)

// varied is an image that is changed.
type varied struct {
	pixels []byte
	name   string
	class  int // whose probability is looked at: its own, or -1 for the net's answer
}

// invariance shows by how much the output of layers changes, and what becomes of the probability of the class, while images are shifted, scaled and
// turned, as figure 5 of Zeiler and Fergus (2013) does.
func (x *insight) invariance(ctx context.Context) error {
	first, last := x.net.Ends()
	layers, err := x.layers(func(_ []int, name string) bool { return name == first || name == last })
	if err != nil {
		return err
	}
	images := []varied{{x.pixels, "the picture", x.class}}
	if x.class >= 0 {
		images[0].name = x.set.Classes[x.class]
	}
	for _, i := range look.Others(x.set.Test, x.class, look.Besides) {
		class := int(x.set.Test.Labels[i])
		images = append(images, varied{x.of(x.set.Test, i), x.set.Classes[class], class})
	}
	x.say("%s, and the first test image of each of %d other classes are shifted, scaled and turned (Zeiler and Fergus, 2013, figure 5). Pixels in between are interpolated bilinearly; what "+
		"comes into view at the borders has the mean colour of the image's outermost pixels. Distances are Euclidean, between a layer's output for the changed image and for "+
		"the image itself, as a share of the norm of the latter.", capital(x.imageSays), len(images)-1)
	for _, kind := range warp.Kinds {
		if err := x.vary(ctx, kind, layers, images); err != nil {
			return err
		}
	}
	return nil
}

// vary does so in one way.
func (x *insight) vary(ctx context.Context, kind warp.Kind, layers []string, images []varied) error {
	var all []byte
	for _, one := range images {
		all = append(all, one.pixels...)
	}
	fmt.Fprintf(x.stderr, "%s: changing %d images\n", kind, len(images))
	i, err := x.net.Invariance(ctx, all, kind, nil)
	if err != nil {
		return err
	}
	x.say("## %s\n\n%s", kind.Title(), i.Says())
	strip := figure.Sheet{Title: kind.Title(), Says: fmt.Sprintf("%s, from %s to %s, row by row.", capital(x.imageSays), kind.Says(i.Amounts[0]), kind.Says(i.Amounts[len(i.Amounts)-1])),
		Columns: 10, Pixel: max(1, patchPixels/x.set.Width)}
	for _, amount := range i.Amounts {
		strip.Cells = append(strip.Cells, x.cell(kind.Apply(x.pixels, x.set.Height, x.set.Width, x.set.Channels, amount)))
	}
	name := string(kind)
	err = x.picture(name+"-images", strip)
	for _, layer := range layers {
		err = errors.Join(err, x.lines(name+"-"+layer, "Distance at "+layer, "distance, % of the norm", i, images, func(image int) []float32 {
			return i.Of(slices.Index(i.Layers, layer), image)
		}))
	}
	var rows [][]string
	for _, layer := range i.Layers {
		rows = append(rows, []string{layer, number.Percent(i.Small(layer)) + " %"})
	}
	classes, amounts := len(x.set.Classes), len(i.Amounts)
	chances := func(image int) (line []float32) {
		all := slices.Collect(slices.Chunk(i.Probabilities[image*amounts*classes:(image+1)*amounts*classes], classes))
		class := images[image].class
		if class < 0 {
			class = look.Largest(all[kind.None(x.set.Height)])
		}
		for _, p := range all {
			line = append(line, p[class])
		}
		return line
	}
	err = errors.Join(err, x.lines(name+"-chances", "Probability of the class", "probability, %", i, images, chances))
	x.say("By how much the output of each layer changes when an image is %s, on average over the images:\n\n%s", kind.Small(), markdown.Table([]string{"layer", "change"}, rows))
	return errors.Join(err,
		x.array(name+"-distances", []int{len(i.Layers), len(images), amounts}, i.Distances),
		x.array(name+"-chances", []int{len(images), amounts, classes}, i.Probabilities))
}

// lines draws a line for each image over the amounts.
func (x *insight) lines(file, title, y string, i *look.Invariance, images []varied, values func(image int) []float32) error {
	c := figure.Curves{Title: title, X: i.Kind.Axis(), Y: y}
	for at, one := range images {
		s := figure.Series{Label: one.name}
		for j, v := range values(at) {
			s.Points = append(s.Points, figure.Point{X: i.Amounts[j], Y: 100 * float64(v)})
		}
		c.Series = append(c.Series, s)
	}
	return x.draw(file, title, c)
}
