package worker

import (
	"context"
	"fmt"

	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// image is a test image, or the user's own where that is not nil.
func (i *inside) image(number int, own []byte) ([]byte, error) {
	d := i.data
	if size := d.Height * d.Width * d.Channels; own != nil && len(own) != size {
		return nil, fmt.Errorf("the image has %d bytes; the net reads %d", len(own), size)
	}
	if own != nil {
		return own, nil
	}
	if number < 0 || number >= d.Test.Len() {
		return nil, fmt.Errorf("there is no test image %d; they are numbered from 0 to %d", number, d.Test.Len()-1)
	}
	size := d.Height * d.Width * d.Channels
	return d.Test.Images[number*size : (number+1)*size], nil
}

func (i *inside) pixels(number int, own []byte) (protocol.Picture, error) {
	pixels, err := i.image(number, own)
	if err != nil {
		return protocol.Picture{}, err
	}
	if own == nil {
		return i.labelled(i.data.Test, number), nil
	}
	return i.unlabelled(pixels), nil
}

// unlabelled is an image of which nothing is known.
func (i *inside) unlabelled(pixels []byte) protocol.Picture {
	return protocol.Picture{Number: -1, Class: -1, Height: i.data.Height, Width: i.data.Width, Channels: i.data.Channels, Pixels: pixels}
}

// labelled is an image of a part of the data set.
func (i *inside) labelled(part data.Split, number int) protocol.Picture {
	size := i.data.Height * i.data.Width * i.data.Channels
	p := i.unlabelled(part.Images[number*size : (number+1)*size])
	p.Number, p.Class = number, int(part.Labels[number])
	return p
}

// find is the number of the image that is asked for.
func (i *inside) find(t protocol.TestImage) (int, error) {
	if t.Own != nil {
		return 0, nil
	}
	n := i.data.Test.Len()
	fits := func(at int) bool { return t.Class == nil || int(i.data.Test.Labels[at]) == *t.Class }
	at := (t.Image%n + n) % n // another data set may have had more
	by := min(n, max(-n, t.By))
	step := 1
	if by < 0 {
		step = -1
	}
	if by == 0 && fits(at) {
		return at, nil
	}
	left := max(1, step*by)
	for range left * n {
		at = (at + step + n) % n
		if !fits(at) {
			continue
		}
		if left--; left == 0 {
			return at, nil
		}
	}
	return 0, fmt.Errorf("no test image belongs to the class %s", i.data.Classes[*t.Class])
}

func (a *analysis) maps(_ context.Context, t protocol.TestImage) (*protocol.Maps, error) {
	m, first, layers, err := a.mapsOf(t)
	if err != nil {
		return nil, err
	}
	a.about = aboutImage(m.Image.Number)
	m.First = a.picture(protocol.FirstWeights, m.First, first)
	for _, l := range layers {
		form, values := formOf(l, a.net.Step)
		m.Layers = append(m.Layers, a.picture(l.Layer, form, values))
	}
	return m, nil
}

// mapsOf are all of Maps except the pictures, for which there are the numbers: of the first layer's weights, and of the layers.
func (i *inside) mapsOf(t protocol.TestImage) (*protocol.Maps, []float32, []look.Activations, error) {
	number, err := i.find(t)
	if err != nil {
		return nil, nil, nil, err
	}
	picture, err := i.pixels(number, t.Own)
	if err != nil {
		return nil, nil, nil, err
	}
	layers, probabilities, err := i.net.activations(picture.Pixels)
	if err != nil {
		return nil, nil, nil, err
	}
	first, err := i.net.FirstLayer()
	if err != nil {
		return nil, nil, nil, err
	}
	m := &protocol.Maps{Image: picture, Images: i.data.Test.Len(), Training: i.data.Train.Len(), Classes: i.data.Classes, Probabilities: probabilities, Recurrent: i.net.Recurrents()}
	m.First = run.Weights{
		Step: i.net.Step, Layer: first.Layer, Count: first.Count, Height: first.Height, Width: first.Width, Channels: first.Channels,
	}
	return m, first.Values, layers, nil
}

// formOf is the form of a picture of a layer's numbers, and the numbers in that form, map by map.
func formOf(l look.Activations, step int) (run.Weights, []float32) {
	w := run.Weights{Step: step, Layer: l.Layer, Count: 1, Height: 1, Width: l.Dims[0], Channels: 1}
	switch len(l.Dims) {
	case 2:
		w.Height, w.Width = l.Dims[0], l.Dims[1]
	case 3:
		w.Height, w.Width, w.Count = l.Dims[0], l.Dims[1], l.Dims[2]
	}
	sorted := make([]float32, 0, len(l.Values))
	for m := range w.Count {
		for j := m; j < len(l.Values); j += w.Count {
			sorted = append(sorted, l.Values[j])
		}
	}
	return w, sorted
}
