package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
)

// sheetPixels is how many pixels of a figure a small image has at least.
const sheetPixels = 96

// enlarged is how many pixels of a figure a value gets, so that an image of so many columns is not too small.
func enlarged(columns int) int { return max(1, (sheetPixels+columns-1)/columns) }

// maps shows the outputs of each layer for one test image, beside those for another image or of another net.
func (x *insight) maps(context.Context) error {
	names, err := x.layers(func([]int, string) bool { return true })
	if err != nil {
		return err
	}
	layers, err := x.answer(x.subject, "image")
	if err != nil {
		return err
	}
	var others []look.Activations
	if x.second != nil {
		x.say("## Compared with %s", x.versus())
		if others, err = x.answer(x.second, "image-other"); err != nil {
			return err
		}
	}
	for _, p := range look.Pairs(layers, others) {
		if !slices.Contains(names, p.First.Layer) {
			continue
		}
		if err := x.pair(p); err != nil {
			return err
		}
	}
	return nil
}

// answer shows an image and the net's answer, and returns the outputs of the layers.
func (x *insight) answer(s *subject, name string) ([]look.Activations, error) {
	layers, probabilities, err := s.net.Maps(s.pixels)
	if err != nil {
		return nil, err
	}
	image := figure.Sheet{Title: "the image", Says: capital(s.imageSays) + ".", Columns: 1, Pixel: enlarged(s.set.Width), Cells: []figure.Cell{s.cell(s.pixels)}}
	if err := x.picture(name, image); err != nil {
		return nil, err
	}
	var rows [][]string
	for class, p := range probabilities[0] {
		rows = append(rows, []string{s.set.Classes[class], number.Percent(float64(p)) + " %"})
	}
	x.say("The net's answer:\n\n%s", markdown.Table([]string{"class", "probability"}, rows))
	return layers, nil
}

// pair shows the outputs of a layer, and where there is a second image or net the same for that, on the same scale, and the difference.
func (x *insight) pair(p look.Pair) error {
	name := p.First.Layer
	x.say("## %s", name)
	low, high := slices.Min(p.First.Values), slices.Max(p.First.Values)
	if p.Second == nil {
		if x.second != nil {
			x.say("The other net has no such layer of this shape.")
		}
		return x.layer(name, "Outputs of "+name+".", p.First, low, high)
	}
	low, high = min(low, slices.Min(p.Second.Values)), max(high, slices.Max(p.Second.Values))
	largest := largestOf(p.Difference.Values)
	return errors.Join(
		x.layer(name, "Outputs of "+name+".", p.First, low, high),
		x.layer(name+"-other", fmt.Sprintf("Outputs of %s for %s, on the same scale.", name, x.versus()), *p.Second, low, high),
		x.layer(name+"-difference", "The second minus the first; gray is zero.", p.Difference, -largest, largest),
	)
}

// layer writes a layer's numbers for one image, all on one scale: a small image for each map, or one with a row for each step.
func (x *insight) layer(name, says string, l look.Activations, low, high float32) error {
	height, width, maps := 1, l.Dims[0], 1
	switch len(l.Dims) {
	case 2:
		height, width = l.Dims[0], l.Dims[1]
	case 3:
		height, width, maps = l.Dims[0], l.Dims[1], l.Dims[2]
	}
	s := figure.Sheet{Title: name, Says: says, Low: significant(low), High: significant(high), Columns: 8, Pixel: enlarged(width)}
	for m := range maps {
		c := figure.Cell{Height: height, Width: width, Channels: 1}
		for i := m; i < len(l.Values); i += maps {
			c.Values = append(c.Values, float64(l.Values[i]-low)/math.Max(float64(high-low), math.SmallestNonzeroFloat32))
		}
		s.Cells = append(s.Cells, c)
	}
	return errors.Join(x.picture(name, s), x.array(name, l.Dims, l.Values))
}

func significant(v float32) string { return number.Significant(float64(v), 3) }
