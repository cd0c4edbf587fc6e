package look

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/models/net"
)

// Cover is what moves over an image to hide parts of it: a square, or whole rows.
type Cover struct {
	Size   int    // pixels of a side of the square, or rows
	Stride int    // pixels from one place to the next
	Rows   bool   // it is as wide as the image
	Colour []byte // [channels]
}

// Mean is the mean colour of some images, [channels], each value rounded down. A net that reads standardised images reads it as about zero.
func Mean(s data.Split, channels int) []byte {
	sums := make([]int, channels)
	for i, v := range s.Images {
		sums[i%channels] += int(v)
	}
	mean := make([]byte, channels)
	for c := range mean {
		mean[c] = byte(sums[c] / (len(s.Images) / channels))
	}
	return mean
}

// places are how many of a cover's centres there are along a side of an image: each is in the middle of a stretch of Stride pixels, and
// together those are the side.
func (c Cover) places(side int) int { return (side + c.Stride - 1) / c.Stride }

// span is what the cover hides of a side at a place, from and to, within the image.
func (c Cover) span(place, side int) (from, to int) {
	from = place*c.Stride + (c.Stride-1)/2 - (c.Size-1)/2
	return max(0, from), min(side, from+c.Size)
}

// Hides says what the cover hides at a place of an image: top, left, height and width, in pixels.
func (c Cover) Hides(row, column, height, width int) [4]int {
	top, bottom := c.span(row, height)
	left, right := 0, width
	if !c.Rows {
		left, right = c.span(column, width)
	}
	return [4]int{top, left, bottom - top, right - left}
}

// Occlusion is what a net makes of an image while a part of it is covered, one place after another (Zeiler and Fergus, 2013, section 4.2 and
// figure 7).
type Occlusion struct {
	Rows, Columns int         // places
	Sums          [][]float32 // [places][maps]: a layer's maps, each summed over its positions or steps
	Probabilities [][]float32 // [places][classes]
	// Of the image with nothing covered.
	WholeSums          []float32
	WholeProbabilities []float32
}

// LastMaps is the layer whose maps are looked at unless another is chosen: the last ReLU that has maps; without one the last layer that has
// some, or the last before the logits.
func (n *Net) LastMaps() (layer string) {
	best := -1
	for p := range n.Plan.All() {
		if _, err := n.placed(p.Name); err != nil || p.Name == n.Plan.Layers[len(n.Plan.Layers)-1].Name && layer != "" {
			continue
		}
		kind := 0
		switch {
		case len(p.Out) == 3 && p.Layer == net.ReLU:
			kind = 2
		case len(p.Out) == 3:
			kind = 1
		}
		if kind >= best {
			best, layer = kind, p.Name
		}
	}
	return layer
}

// Occlusion covers an image, which is as those of the data set, place by place, and has the net classify each. Progress is in images.
func (n *Net) Occlusion(ctx context.Context, image []byte, c Cover, layer string, progress Progress) (*Occlusion, error) {
	if _, err := n.placed(layer); err != nil {
		return nil, err
	}
	t := n.Plan.Task
	switch {
	case len(image) != n.size():
		return nil, fmt.Errorf("look: the image has %d bytes; the net reads %d", len(image), n.size())
	case c.Size < 1 || c.Stride < 1 || c.Size > max(t.Height, t.Width) || c.Stride > min(t.Height, t.Width):
		return nil, fmt.Errorf("look: a cover of %d pixels that moves by %d does not fit images of %dx%d", c.Size, c.Stride, t.Height, t.Width)
	case len(c.Colour) != t.Channels:
		return nil, fmt.Errorf("look: a colour of %d channels for images of %d", len(c.Colour), t.Channels)
	}
	o := &Occlusion{Rows: c.places(t.Height), Columns: c.places(t.Width)}
	if c.Rows {
		o.Columns = 1
	}
	images := [][]byte{image}
	for place := range o.Rows * o.Columns {
		images = append(images, c.Over(image, c.Hides(place/o.Columns, place%o.Columns, t.Height, t.Width), t.Width))
	}
	done := 0
	for some := range slices.Chunk(images, fewImages) {
		progress.tell(done, len(images))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sums, probabilities, err := n.summed(layer, some)
		if err != nil {
			return nil, err
		}
		o.Sums, o.Probabilities = append(o.Sums, sums...), append(o.Probabilities, probabilities...)
		done += len(some)
	}
	progress.tell(done, len(images))
	o.WholeSums, o.WholeProbabilities = o.Sums[0], o.Probabilities[0]
	o.Sums, o.Probabilities = o.Sums[1:], o.Probabilities[1:]
	return o, ctx.Err()
}

// Over is an image with a part of it in the cover's colour.
func (c Cover) Over(image []byte, part [4]int, width int) []byte {
	covered := slices.Clone(image)
	for y := part[0]; y < part[0]+part[2]; y++ {
		for x := part[1]; x < part[1]+part[3]; x++ {
			copy(covered[(y*width+x)*len(c.Colour):], c.Colour)
		}
	}
	return covered
}

// summed are the sums of each map of a layer, and the probabilities, for at most fewImages images.
func (n *Net) summed(layer string, images [][]byte) (sums, probabilities [][]float32, err error) {
	out, err := n.call(key("sums of "+layer, fewImages), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		logits, taps := n.build(scope, in[0])
		of := tapped(taps, layer)
		for of.Rank() > 2 {
			of = graph.ReduceSum(of, 1)
		}
		return []*graph.Node{of, graph.Softmax(logits)}
	}, n.input(slices.Concat(images...), fewImages))
	if err != nil {
		return nil, nil, err
	}
	each := func(values []float32) [][]float32 {
		return slices.Collect(slices.Chunk(values, len(values)/fewImages))[:len(images)]
	}
	return each(out[0]), each(out[1]), nil
}

// Strongest is the map whose sum is largest with nothing covered, the first of equals.
func (o *Occlusion) Strongest() int { return Largest(o.WholeSums) }
