package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"unpool/cmd/serve/internal/figure"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
)

const (
	strongest   = 9  // images of a map
	sheetPixels = 96 // at least so many pixels of a figure for a small image
	patchPixels = 48 // about so many for one of the nine of a map
)

// enlarged is how many pixels of a figure a value gets, so that an image of so many columns is not too small.
func enlarged(columns int) int { return max(1, (sheetPixels+columns-1)/columns) }

// maps shows the output of each layer for one test image.
func (x *insight) maps(_ context.Context, n *look.Net) error {
	image := x.image(x.Image)
	layers, probabilities, err := n.Maps(image)
	if err != nil {
		return err
	}
	names, err := x.layers(n, func([]int, string) bool { return true })
	if err != nil {
		return err
	}
	x.say("Test image %d, of the class %s.", x.Image, x.set.Classes[x.set.Test.Labels[x.Image]])
	if err := x.picture("image", "the test image", figure.Sheet{Columns: 1, Pixel: enlarged(x.set.Width), Cells: []figure.Cell{x.pixels(image)}}); err != nil {
		return err
	}
	var rows [][]string
	for class, p := range probabilities[0] {
		rows = append(rows, []string{x.set.Classes[class], number.Percent(float64(p)) + " %"})
	}
	x.say("The net's answer:\n\n%s", markdown.Table([]string{"class", "probability"}, rows))
	for _, l := range layers {
		if !slices.Contains(names, l.Layer) {
			continue
		}
		if err := x.array(l.Layer, l.Dims, l.Values); err != nil {
			return err
		}
		low, high := slices.Min(l.Values), slices.Max(l.Values)
		x.say("## %s\n\nNumbers: [%[1]s.npy](%[1]s.npy), %s. Black is %s, white is %s.", l.Layer, shape(l.Dims), significant(low), significant(high))
		if err := x.picture(l.Layer, "the output of "+l.Layer, layerSheet(l, low, high)); err != nil {
			return err
		}
	}
	return nil
}

// layerSheet is a layer's numbers for one image, all on one scale: a small image for each map, or one with a row for each step.
func layerSheet(l look.Activations, low, high float32) figure.Sheet {
	height, width, maps := 1, l.Dims[0], 1
	switch len(l.Dims) {
	case 2:
		height, width = l.Dims[0], l.Dims[1]
	case 3:
		height, width, maps = l.Dims[0], l.Dims[1], l.Dims[2]
	}
	s := figure.Sheet{Columns: 8, Pixel: enlarged(width)}
	for m := range maps {
		c := figure.Cell{Height: height, Width: width, Channels: 1}
		for i := m; i < len(l.Values); i += maps {
			c.Values = append(c.Values, float64(l.Values[i]-low)/math.Max(float64(high-low), math.SmallestNonzeroFloat32))
		}
		s.Cells = append(s.Cells, c)
	}
	return s
}

// pixels is an image as it is.
func (x *insight) pixels(image []byte) figure.Cell {
	c := figure.Cell{Height: x.set.Height, Width: x.set.Width, Channels: x.set.Channels}
	for _, v := range image {
		c.Values = append(c.Values, float64(v)/255)
	}
	return c
}

func shape(dims []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(dims)), " x "), "[]")
}

func significant(v float32) string { return number.Significant(float64(v), 3) }

// deconv shows for each map of the layers after a convolution's ReLU the images that move it most, and which pixels do; and the same
// for the net before it was trained.
func (x *insight) deconv(ctx context.Context, n *look.Net) error {
	names, err := x.layers(n, func(dims []int, name string) bool { return len(dims) == 3 && strings.HasPrefix(name, "relu") })
	if err != nil {
		return err
	}
	untrained := n.Untrained()
	defer untrained.Close()
	x.say("For each map of a layer, the %d of %s test images that activate it most. On the left is the deconvnet's projection (Zeiler and Fergus, 2013) "+
		"of the map's strongest activation, on the right the part of the image that this activation can see. Each picture on the "+
		"left has its own scale: gray is zero; brighter pixels raise the activation by being bright, darker ones by being dark. "+
		"Biases and the shifts of batch normalisation are left out; its factors are part of the filters.", strongest, number.Plain(x.Images))
	x.say("Beside it is the same for the net before training, with random weights. What both show comes from the net's architecture, " +
		"not from what it has learnt (Adebayo et al., 2018).")
	for _, layer := range names {
		for _, one := range []struct {
			net        *look.Net
			name, head string
		}{{n, layer, layer}, {untrained, layer + "-untrained", layer + ", before training"}} {
			x.say("## %s", one.head)
			if err := x.projections(ctx, one.net, layer, one.name); err != nil {
				return err
			}
		}
	}
	return nil
}

// projections writes those of the strongest activations of a layer's maps.
func (x *insight) projections(ctx context.Context, n *look.Net, layer, name string) error {
	fmt.Fprintf(x.stderr, "%s: searching %s test images\n", name, number.Plain(x.Images))
	best, err := n.Strongest(ctx, layer, x.set.Test, data.All(x.set.Test)[:x.Images], strongest, nil)
	if err != nil {
		return err
	}
	var all []float32
	var dead []string
	s := figure.Sheet{Columns: 4}
	rows := [][]string{}
	for m, strong := range best {
		if err := ctx.Err(); err != nil {
			return err
		}
		var images []byte
		var units []look.Unit
		for _, one := range strong {
			images, units = append(images, x.image(int(one.Image))...), append(units, one.Unit)
		}
		projections, err := n.Project(look.Deconv, images, units)
		if err != nil {
			return err
		}
		var left, right []figure.Cell
		for i, p := range projections {
			all = append(all, p...)
			patch, err := n.Patch(units[i])
			if err != nil {
				return err
			}
			left = append(left, crop(x.signed(p), patch))
			right = append(right, crop(x.pixels(x.image(int(strong[i].Image))), patch))
			rows = append(rows, []string{number.Plain(m), number.Plain(i + 1), number.Plain(int(strong[i].Image)), number.Plain(units[i].Row),
				number.Plain(units[i].Column), significant(strong[i].Value)})
		}
		if strong[0].Value <= 0 {
			dead = append(dead, number.Plain(m))
		}
		s.Cells = append(s.Cells, figure.Mosaic(2, []figure.Cell{figure.Mosaic(3, left), figure.Mosaic(3, right)}))
		s.Pixel = max(2, patchPixels/left[0].Width)
	}
	if len(dead) > 0 {
		x.say("Nowhere above zero in these images: %s.", strings.Join(dead, ", "))
	}
	if err := x.picture(name, "projections and patches of the maps of "+layer, s); err != nil {
		return err
	}
	table := markdown.Table([]string{"map", "place", "test image", "row", "column", "activation"}, rows)
	x.say("Projections: [%[1]s.npy](%[1]s.npy), %d maps x %d x %s. Where the activations are: [%[1]s.md](%[1]s.md).",
		name, len(best), len(best[0]), shape([]int{x.set.Height, x.set.Width, x.set.Channels}))
	return errors.Join(
		x.array(name, []int{len(best), len(best[0]), x.set.Height, x.set.Width, x.set.Channels}, all),
		x.file(name+".md", []byte("# The strongest activations of "+layer+"\n\n"+table)),
	)
}

// signed is a projection as an image: gray for zero, its largest magnitude black or white.
func (x *insight) signed(values []float32) figure.Cell {
	largest := math.SmallestNonzeroFloat32
	for _, v := range values {
		largest = max(largest, math.Abs(float64(v)))
	}
	c := figure.Cell{Height: x.set.Height, Width: x.set.Width, Channels: x.set.Channels}
	for _, v := range values {
		c.Values = append(c.Values, 0.5+0.5*float64(v)/largest)
	}
	return c
}

// crop is the part of an image in a patch; what lies outside of the image is gray.
func crop(c figure.Cell, p look.Patch) figure.Cell {
	part := figure.Cell{Height: p.Height, Width: p.Width, Channels: c.Channels}
	for y := p.Top; y < p.Top+p.Height; y++ {
		for x := p.Left; x < p.Left+p.Width; x++ {
			for i := range c.Channels {
				v := 0.5
				if y >= 0 && y < c.Height && x >= 0 && x < c.Width {
					v = c.Values[(y*c.Width+x)*c.Channels+i]
				}
				part.Values = append(part.Values, v)
			}
		}
	}
	return part
}
