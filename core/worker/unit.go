package worker

import (
	"context"
	"fmt"
	"slices"

	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// activation is the one of an image that is asked about: at the place asked for, or where its map is strongest.
func (i *inside) activation(u protocol.TestUnit) (image []byte, unit look.Unit, told protocol.Unit, err error) {
	if image, err = i.image(u.Image, u.Own); err != nil {
		return nil, unit, told, err
	}
	layers, _, err := i.net.activations(image)
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
	if u.At != nil && len(l.Dims) > 1 {
		unit.Row = u.At[0]
		if len(l.Dims) == 3 {
			unit.Column = u.At[1]
		}
		if value, err = l.Value(unit); err != nil {
			return nil, unit, told, err
		}
	}
	told, err = i.tell(unit, value)
	return image, unit, told, err
}

func (i *inside) tell(u look.Unit, value float32) (protocol.Unit, error) {
	p, err := i.net.Patch(u)
	return protocol.Unit{Row: u.Row, Column: u.Column, Value: value, Patch: [4]int{p.Top, p.Left, p.Height, p.Width}}, err
}

// project goes back from an activation by the first method, projectOthers by the others that go back once, and integrate by the one that
// does so dozens of times: so the first comes soon.
func (a *analysis) project(ctx context.Context, u protocol.TestUnit) (*protocol.Projections, error) {
	return a.projectBy(ctx, u, a.net.Methods()[:1])
}

func (a *analysis) projectOthers(ctx context.Context, u protocol.TestUnit) (*protocol.Projections, error) {
	return a.projectBy(ctx, u, slices.DeleteFunc(a.net.Methods()[1:], func(m look.Method) bool { return m == look.Integrated }))
}

func (a *analysis) integrate(ctx context.Context, u protocol.TestUnit) (*protocol.Projections, error) {
	return a.projectBy(ctx, u, []look.Method{look.Integrated})
}

func (a *analysis) projectBy(ctx context.Context, u protocol.TestUnit, methods []look.Method) (*protocol.Projections, error) {
	image, unit, told, err := a.activation(u)
	if err != nil {
		return nil, err
	}
	a.about = aboutUnit(u, unit)
	var both [2]map[look.Method][][]float32
	for at, n := range []*studied{a.net, a.untrained} {
		both[at], err = n.project(ctx, image, unit, methods, func(done, total int) { a.progress(at*total+done, 2*total) })
		if err != nil {
			return nil, err
		}
	}
	p := &protocol.Projections{Unit: told}
	for _, m := range methods {
		p.Methods = append(p.Methods, protocol.Projection{
			Method: string(m), Name: m.Name(), Says: m.Says(),
			Trained:   a.projections(a.net, m, both[0][m]),
			Untrained: a.projections(a.untrained, m, both[1][m]),
		})
	}
	return p, nil
}

// projections are some of a net as images, each on a scale of its own where there are several.
func (a *analysis) projections(n *studied, m look.Method, all [][]float32) run.Weights {
	w := run.Weights{Step: n.Step, Layer: string(m), Count: len(all), Height: a.data.Height, Width: a.data.Width, Channels: a.data.Channels}
	for _, values := range all {
		scale, pixels := run.Levels(values)
		w.Scale, w.Pixels = max(w.Scale, scale), append(w.Pixels, pixels...)
	}
	name := string(m)
	if n == a.untrained {
		name = protocol.Untrained + name
	}
	a.note(name, w, slices.Concat(all...))
	return w
}

// most is how many images of a map are shown.
const most = 9

func (a *analysis) search(ctx context.Context, u protocol.TestUnit) (*protocol.Strongest, error) {
	a.about = aboutMap(u)
	images := a.data.Test
	if u.Training {
		images, a.about = a.data.Train, append(a.about, "training-images")
	}
	method := a.net.Methods()[0]
	s := &protocol.Strongest{Among: min(max(u.Among, most), images.Len()), Training: u.Training, Method: string(method), Name: method.Name()}
	for at, one := range []struct {
		net   *studied
		found *protocol.Found
	}{{a.net, &s.Trained}, {a.untrained, &s.Untrained}} {
		best, err := a.strongest(ctx, one.net, u, images, s.Among, func(done, total int) { a.progress(at*total+done, 2*total) })
		if err != nil {
			return nil, err
		}
		if u.Map < 0 || u.Map >= len(best) {
			return nil, fmt.Errorf("%s has no map %d, but %d maps", u.Layer, u.Map, len(best))
		}
		if *one.found, err = a.found(ctx, one.net, method, images, best[u.Map]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// strongest are the images in which each map of a layer is strongest, searched for once.
func (a *analysis) strongest(ctx context.Context, n *studied, u protocol.TestUnit, images data.Split, among int, progress look.Progress) ([][]look.Strong, error) {
	key := fmt.Sprint(u.Layer, " ", u.Training, " ", among)
	if n.strongest[key] == nil {
		indices := look.Drawn(images, among)
		best, err := remembered(ctx, a, n, "strongest", []any{u.Layer, u.Training, among},
			func(best [][]look.Strong) bool { return n.FitsStrongest(best, u.Layer, indices, most) },
			func() ([][]look.Strong, error) {
				return n.Strongest(ctx, u.Layer, images, indices, most, progress)
			})
		if err != nil {
			return nil, err
		}
		n.strongest[key] = best
	}
	return n.strongest[key], nil
}

// found shows the images in which a map of a net is strongest.
func (a *analysis) found(ctx context.Context, n *studied, method look.Method, from data.Split, strongest []look.Strong) (protocol.Found, error) {
	var f protocol.Found
	var images []byte
	var units []look.Unit
	for _, one := range strongest {
		picture := a.labelled(from, int(one.Image))
		told, err := a.tell(one.Unit, one.Value)
		if err != nil {
			return f, err
		}
		f.Images, f.Units = append(f.Images, picture), append(f.Units, told)
		images, units = append(images, picture.Pixels...), append(units, one.Unit)
	}
	all, err := n.Projections(ctx, []look.Method{method}, images, units, nil)
	f.Projections = a.projections(n, method, all[method])
	for _, values := range all[method] {
		scale, _ := run.Levels(values)
		f.Scales = append(f.Scales, scale)
	}
	return f, err
}
