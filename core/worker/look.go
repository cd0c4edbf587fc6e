package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/gomlx/compute"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// inside is a net that is being looked into: of a run of the store, after a step. It has a backend of its own, so that nothing of a run
// under way changes.
type inside struct {
	of protocol.Look // which run and step; nothing else of it counts

	net, untrained *look.Net
	backend        compute.Backend
	data           *data.Dataset
	strongest      map[string][][]look.Strong // by layer and how many images were searched
}

func (i *inside) close() {
	for _, n := range []*look.Net{i.net, i.untrained} {
		if n != nil {
			n.Close()
		}
	}
	i.backend.Finalize()
}

// closeInside frees what was looked into last.
func (w *Worker) closeInside() {
	if w.inside != nil {
		w.inside.close()
		w.inside = nil
	}
}

// look analyses a net.
func (w *Worker) look(call int, body protocol.Look) func(context.Context) (any, *File, error) {
	return func(ctx context.Context) (any, *File, error) {
		tell := w.progress(call)
		progress := func(done, total int) {
			tell(int64(done), int64(total), "images")
			w.yield()
		}
		if body.Run == "" && w.net == nil {
			return nil, nil, noNet
		}
		analysis := analyses[body.What]
		switch {
		case body.Run == "" && body.What == protocol.LookStatistics:
			result, err := w.statistics(ctx, progress)
			return result, nil, err
		case body.Run == "" || analysis == nil:
			return nil, nil, &protocol.Error{Code: protocol.Unknown, Message: fmt.Sprintf("the training program does not know the analysis %q", body.What),
				Hint: "Reload the page, so that page and program are of one version."}
		}
		i, err := w.openInside(ctx, call, protocol.Look{Run: body.Run, Step: body.Step, Published: body.Published})
		if err != nil {
			return nil, nil, err
		}
		result, err := analysis(ctx, i, body.With, progress)
		return result, nil, err
	}
}

// statistics are of the net in hand.
func (w *Worker) statistics(ctx context.Context, progress func(done, total int)) (any, error) {
	c, err := w.net.session.Checkpoint()
	if err != nil {
		return nil, err
	}
	n, err := look.Open(w.net.backend, c, w.net.session.Data)
	if err != nil {
		return nil, err
	}
	defer n.Close()
	return statisticsOf(ctx, n, w.net.session.Data, progress)
}

func statisticsOf(ctx context.Context, n *look.Net, d *data.Dataset, progress func(done, total int)) (any, error) {
	s, err := n.Statistics(ctx, d, progress)
	if errors.Is(err, look.ErrNoConvolutions) {
		err = &protocol.Error{Code: protocol.Invalid, Message: "the net has no convolution with a ReLU to measure", Hint: "Look into a net with convolutions and ReLUs."}
	}
	return s, err
}

// openInside opens the net of a run after a step, unless it is open.
func (w *Worker) openInside(ctx context.Context, call int, of protocol.Look) (*inside, error) {
	same := w.inside != nil && w.inside.of.Run == of.Run && w.inside.of.Published == of.Published
	if same && w.inside.of.Step == of.Step {
		return w.inside, nil
	}
	const again = "Choose another run or step."
	c, err := w.weights(ctx, of)
	if err != nil {
		return nil, protocol.ErrorOf(err, protocol.NoNet, again)
	}
	if !same {
		w.closeInside() // so that there is room
	}
	images, err := w.load(ctx, call, c.Recipe)
	if err != nil {
		return nil, protocol.ErrorOf(err, protocol.NoData, "Check the connection and try again.")
	}
	// The untrained net is the same at every step, and so is the backend.
	i := w.inside
	if !same {
		backend, _, err := w.Open(c.Recipe)
		if err != nil {
			return nil, protocol.ErrorOf(err, protocol.NoEngine, "Close other tabs and try again.")
		}
		i = &inside{backend: backend, data: images}
		if i.untrained, err = look.Untrained(backend, c.Recipe, images); err != nil {
			i.close()
			return nil, protocol.ErrorOf(err, protocol.Invalid, again)
		}
		w.inside = i
	}
	n, err := look.Open(i.backend, c, images)
	if err != nil {
		return nil, protocol.ErrorOf(err, protocol.Invalid, again)
	}
	if i.net != nil {
		i.net.Close()
	}
	i.net, i.of, i.strongest = n, of, map[string][][]look.Strong{}
	return i, nil
}

// weights are those of a run of the store after a step: as they were, where that is its last checkpoint's, else as its snapshot has
// them.
func (w *Worker) weights(ctx context.Context, of protocol.Look) (*checkpoint.Checkpoint, error) {
	id, step := of.Run, of.Step
	if of.Published {
		f, err := w.Published(ctx, id, run.SnapshotName(step))
		if err != nil {
			return nil, err
		}
		return snapshotOf(f)
	}
	if c, err := store.Load(ctx, w.runs, id, store.Last); err == nil && c.Step == step {
		return c, nil
	}
	log, err := w.runs.Read(ctx, id, 1)
	if err != nil {
		return nil, err
	}
	for _, s := range run.Replay(log).Snapshots {
		if s.Step != step {
			continue
		}
		f, err := w.runs.Get(ctx, id, s.Name)
		if err != nil {
			return nil, err
		}
		return snapshotOf(f)
	}
	return nil, fmt.Errorf("the run has kept no weights of step %d", step)
}

// snapshotOf reads the weights of a snapshot's file, and closes it.
func snapshotOf(f io.ReadCloser) (*checkpoint.Checkpoint, error) {
	defer f.Close() // only read from
	kept, err := checkpoint.ReadSnapshot(f)
	if err != nil {
		return nil, err
	}
	return kept.Checkpoint(), nil
}

// analyses are what look knows of a run's net, by name. Each says between two stretches of its work how far it is.
var analyses = map[string]func(ctx context.Context, i *inside, with json.RawMessage, progress func(done, total int)) (any, error){
	protocol.LookStatistics: func(ctx context.Context, i *inside, _ json.RawMessage, progress func(done, total int)) (any, error) {
		return statisticsOf(ctx, i.net, i.data, progress)
	},
	protocol.LookMaps: func(_ context.Context, i *inside, with json.RawMessage, _ func(done, total int)) (any, error) {
		return reading(with, i.maps)
	},
	protocol.LookProject: func(ctx context.Context, i *inside, with json.RawMessage, progress func(done, total int)) (any, error) {
		return reading(with, func(u protocol.TestUnit) (*protocol.Projections, error) { return i.project(ctx, u, progress) })
	},
	protocol.LookStrongest: func(ctx context.Context, i *inside, with json.RawMessage, progress func(done, total int)) (any, error) {
		return reading(with, func(u protocol.TestUnit) (*protocol.Strongest, error) { return i.search(ctx, u, progress) })
	},
}

// reading has f analyse what with says.
func reading[With, Result any](with json.RawMessage, f func(With) (Result, error)) (any, error) {
	var w With
	if err := json.Unmarshal(with, &w); err != nil {
		return nil, protocol.ErrorOf(err, protocol.Invalid, "Reload the page.")
	}
	result, err := f(w)
	if err != nil {
		return nil, protocol.ErrorOf(err, protocol.Invalid, "Choose another image or layer.")
	}
	return result, nil
}

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
	maps := l.Dims[len(l.Dims)-1]
	if u.Map < 0 || u.Map >= maps {
		return nil, unit, told, fmt.Errorf("%s has no map %d, but %d maps", u.Layer, u.Map, maps)
	}
	best := u.Map
	for j := u.Map; j < len(l.Values); j += maps {
		if l.Values[j] > l.Values[best] {
			best = j
		}
	}
	unit = look.Unit{Layer: u.Layer, Map: u.Map}
	switch len(l.Dims) {
	case 2:
		unit.Row = best / maps
	case 3:
		unit.Row, unit.Column = best/maps/l.Dims[1], best/maps%l.Dims[1]
	}
	told, err = i.tell(unit, l.Values[best])
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
