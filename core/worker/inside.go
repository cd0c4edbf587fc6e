package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// The analyses of a net that is being looked into, each as the page hears of it.

// image is a test image, or the user's own where that is not nil.
func (i *inside) image(number int, own []byte) ([]byte, error) {
	d := i.data
	if size := d.Height * d.Width * d.Channels; own != nil && len(own) != size {
		return nil, fmt.Errorf("an image of %d bytes, and the net reads %d", len(own), size)
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

func (i *inside) picture(number int, own []byte) (protocol.Picture, error) {
	pixels, err := i.image(number, own)
	if err != nil {
		return protocol.Picture{}, err
	}
	p := protocol.Picture{Number: -1, Class: -1, Height: i.data.Height, Width: i.data.Width, Channels: i.data.Channels, Pixels: pixels}
	if own == nil {
		p.Number, p.Class = number, int(i.data.Test.Labels[number])
	}
	return p, nil
}

// find is the number of the image that is asked for.
func (i *inside) find(t protocol.TestImage) (int, error) {
	if t.Own != nil {
		return 0, nil
	}
	n := i.data.Test.Len()
	by := cmp.Or(min(1, max(-1, t.By)), 1)
	at := (t.Image%n + n) % n // another data set may have had more
	if t.By != 0 {
		at = (at + by + n) % n
	}
	for range n {
		if t.Class == nil || int(i.data.Test.Labels[at]) == *t.Class {
			return at, nil
		}
		at = (at + by + n) % n
	}
	return 0, fmt.Errorf("no test image is of class %d", *t.Class)
}

func (i *inside) maps(t protocol.TestImage) (*protocol.Maps, error) {
	number, err := i.find(t)
	if err != nil {
		return nil, err
	}
	picture, err := i.picture(number, t.Own)
	if err != nil {
		return nil, err
	}
	layers, probabilities, err := i.net.Maps(picture.Pixels)
	if err != nil {
		return nil, err
	}
	first, err := i.net.FirstLayer()
	if err != nil {
		return nil, err
	}
	m := &protocol.Maps{Image: picture, Images: i.data.Test.Len(), Classes: i.data.Classes, Probabilities: probabilities[0]}
	m.First = run.Weights{
		Step: i.net.Step, Layer: first.Layer, Count: first.Count, Height: first.Height, Width: first.Width, Channels: first.Channels,
	}
	m.First.Scale, m.First.Pixels = run.Levels(first.Values)
	for _, l := range layers {
		m.Layers = append(m.Layers, pixelsOf(l, i.net.Step))
	}
	return m, nil
}

// pixelsOf is a layer's numbers as images, on one scale.
func pixelsOf(l look.Activations, step int) run.Weights {
	w := run.Weights{Step: step, Layer: l.Layer, Count: 1, Height: 1, Width: l.Dims[0], Channels: 1}
	switch len(l.Dims) {
	case 2:
		w.Height, w.Width = l.Dims[0], l.Dims[1]
	case 3:
		w.Height, w.Width, w.Count = l.Dims[0], l.Dims[1], l.Dims[2]
	}
	sorted := make([]float32, 0, len(l.Values)) // by map
	for m := range w.Count {
		for j := m; j < len(l.Values); j += w.Count {
			sorted = append(sorted, l.Values[j])
		}
	}
	w.Scale, w.Pixels = run.Levels(sorted)
	return w
}

// strongestIn is where a map is strongest in an image.
func (i *inside) strongestIn(u protocol.TestUnit) (image []byte, unit look.Unit, told protocol.Unit, err error) {
	if image, err = i.image(u.Image, u.Own); err != nil {
		return nil, unit, told, err
	}
	layers, _, err := i.net.Maps(image)
	if err != nil {
		return nil, unit, told, err
	}
	at := slices.IndexFunc(layers, func(l look.Activations) bool { return l.Layer == u.Layer })
	if at < 0 {
		return nil, unit, told, fmt.Errorf("%w: %q", look.ErrNoLayer, u.Layer)
	}
	l := layers[at]
	if maps := l.Dims[len(l.Dims)-1]; u.Map < 0 || u.Map >= maps {
		return nil, unit, told, fmt.Errorf("%s has no map %d, but %d maps", u.Layer, u.Map, maps)
	}
	unit, value := l.Strongest(u.Map)
	told, err = i.tell(unit, value)
	return image, unit, told, err
}

func (i *inside) tell(u look.Unit, value float32) (protocol.Unit, error) {
	p, err := i.net.Patch(u)
	return protocol.Unit{Row: u.Row, Column: u.Column, Value: value, Patch: [4]int{p.Top, p.Left, p.Height, p.Width}}, err
}

func (i *inside) project(ctx context.Context, u protocol.TestUnit, progress func(done, total int)) (*protocol.Projections, error) {
	image, unit, told, err := i.strongestIn(u)
	if err != nil {
		return nil, err
	}
	p := &protocol.Projections{Unit: told}
	for done, m := range look.Methods {
		progress(done, len(look.Methods))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		trained, err := i.net.Project(m, image, []look.Unit{unit})
		if errors.Is(err, look.ErrNoReLU) {
			continue // it is not defined for this net
		}
		if err != nil {
			return nil, err
		}
		untrained, err := i.untrained.Project(m, image, []look.Unit{unit})
		if err != nil {
			return nil, err
		}
		p.Methods = append(p.Methods, protocol.Projection{
			Method: string(m), Trained: i.projections(string(m), trained), Untrained: i.projections(string(m), untrained),
		})
	}
	return p, nil
}

// projections are some as images, each on a scale of its own where there are several.
func (i *inside) projections(name string, all [][]float32) run.Weights {
	w := run.Weights{Step: i.net.Step, Layer: name, Count: len(all), Height: i.data.Height, Width: i.data.Width, Channels: i.data.Channels}
	for _, values := range all {
		scale, pixels := run.Levels(values)
		w.Scale, w.Pixels = max(w.Scale, scale), append(w.Pixels, pixels...)
	}
	return w
}

func (i *inside) search(ctx context.Context, u protocol.TestUnit, progress func(done, total int)) (*protocol.Strongest, error) {
	const most = 9
	among := min(max(u.Among, most), i.data.Test.Len())
	key := fmt.Sprint(u.Layer, " ", among)
	best := i.strongest[key]
	if best == nil {
		var err error
		if best, err = i.net.Strongest(ctx, u.Layer, i.data.Test, data.All(i.data.Test)[:among], most, progress); err != nil {
			return nil, err
		}
		i.strongest[key] = best
	}
	if u.Map < 0 || u.Map >= len(best) {
		return nil, fmt.Errorf("%s has no map %d, but %d maps", u.Layer, u.Map, len(best))
	}
	s := &protocol.Strongest{Among: among}
	var images []byte
	var units []look.Unit
	for _, one := range best[u.Map] {
		picture, err := i.picture(int(one.Image), nil)
		if err != nil {
			return nil, err
		}
		told, err := i.tell(one.Unit, one.Value)
		if err != nil {
			return nil, err
		}
		s.Images, s.Units = append(s.Images, picture), append(s.Units, told)
		images, units = append(images, picture.Pixels...), append(units, one.Unit)
	}
	method := look.Deconv
	projections, err := i.net.Project(method, images, units)
	if errors.Is(err, look.ErrNoReLU) {
		method = look.Saliency
		projections, err = i.net.Project(method, images, units)
	}
	if err != nil {
		return nil, err
	}
	s.Projections = i.projections(string(method), projections)
	return s, nil
}
