package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
		analysis := analyses[body.What]
		switch {
		case body.Run == "":
			return nil, nil, noNet
		case analysis == nil:
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
		s, err := i.net.Activations(ctx, i.data, progress)
		switch {
		case errors.Is(err, look.ErrNoActivations):
			err = &protocol.Error{Code: protocol.Invalid, Message: "the net has no activation function and no recurrent layer, so there is nothing to measure",
				Hint: "Look into a net with such layers."}
		case err != nil:
			err = protocol.ErrorOf(err, protocol.Invalid, "Choose another step.")
		}
		return s, err
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
