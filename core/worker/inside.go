package worker

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/compute"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/train"
	"unpool/core/warp"
)

// inside is a net that is being looked into: of a kept run, after a step.
type inside struct {
	of  subject
	net *studied
	*kept
}

// subject is which net it is.
type subject struct {
	run   string
	place protocol.Place
	step  int
}

func (s subject) sameRun(other subject) bool {
	return s.run == other.run && s.place == other.place
}

// kept is what the nets of a run have in common. It has a backend of its own, so that nothing of a run under way changes.
type kept struct {
	backend   compute.Backend
	data      *data.Dataset
	untrained *studied
	users     int    // nets of the run that are open
	mean      []byte // colour of the training images; nil before it is asked for
	scaled    scaled
	led       map[string][][][]look.Strong // what moves each map most after each of some steps, by layer and what was searched

	embeddings map[embedded]*turned
}

// scaled is how large the numbers of the layers are for the image that was asked about last, by step.
type scaled struct {
	image []byte
	steps map[int]*protocol.Scales
}

// studied is a net with the results about it.
type studied struct {
	*look.Net
	strongest  map[string][][]look.Strong // by layer and which images were searched
	classified []look.Classification      // the first test images, as many as were asked for last
	image      []byte                     // the one that went through it last; nil for none
	layers     []look.Activations         // what they gave for that
	classes    []float32                  // the probabilities of the classes

	changed string // the images that were changed last
	varied  map[warp.Kind]*look.Invariance

	projected   ofUnit // what was projected last: the untrained net's is the same after every step
	projections map[look.Method][][]float32
}

// ofUnit is an activation for an image.
type ofUnit struct {
	image string
	unit  look.Unit
}

func study(n *look.Net) *studied {
	return &studied{Net: n, strongest: map[string][][]look.Strong{}}
}

// activations are Maps of an image, computed once if it is asked about again.
func (s *studied) activations(image []byte) ([]look.Activations, []float32, error) {
	if s.image == nil || !bytes.Equal(image, s.image) {
		layers, probabilities, err := s.Maps(image)
		if err != nil {
			return nil, nil, err
		}
		s.image, s.layers, s.classes = slices.Clone(image), layers, probabilities[0]
	}
	return s.layers, s.classes, nil
}

// project projects by several methods, computed once if it is asked about again.
func (s *studied) project(ctx context.Context, image []byte, u look.Unit, methods []look.Method, progress look.Progress) (map[look.Method][][]float32, error) {
	if of := (ofUnit{string(image), u}); s.projections == nil || s.projected != of {
		s.projected, s.projections = of, map[look.Method][][]float32{}
	}
	missing := slices.DeleteFunc(slices.Clone(methods), func(m look.Method) bool { return s.projections[m] != nil })
	all, err := s.Projections(ctx, missing, image, []look.Unit{u}, progress)
	if err != nil {
		return nil, err
	}
	maps.Copy(s.projections, all)
	return s.projections, nil
}

func (i *inside) close() {
	i.net.Close()
	i.leave()
}

// leave is called by a net that no longer needs what its run's nets have in common.
func (k *kept) leave() {
	if k.users--; k.users == 0 {
		k.untrained.Close()
		k.backend.Finalize()
	}
}

// closeInsides frees what was looked into last.
func (w *Worker) closeInsides() {
	w.closeInside(slices.Clone(w.insides)...)
}

func (w *Worker) closeInside(some ...*inside) {
	for _, i := range some {
		if at := slices.Index(w.insides, i); at >= 0 {
			i.close()
			w.insides = slices.Delete(w.insides, at, at+1)
		}
	}
}

func (w *Worker) opened(s subject) *inside {
	if at := slices.IndexFunc(w.insides, func(i *inside) bool { return i.of == s }); at >= 0 {
		return w.insides[at]
	}
	return nil
}

// again is the hint where a net cannot be looked into.
const again = "Choose another run or step."

// openInsides opens the net that is asked about, and after it those that it is to be compared with, if any. As many others are
// closed, first the one that was asked about before, so that those that it was compared with stay; but for the nets of another run at most one.
func (w *Worker) openInsides(ctx context.Context, call int, turn func(), of ...subject) ([]*inside, error) {
	isOpen := func(s subject) bool { return w.opened(s) != nil }
	for w.users > 0 && slices.ContainsFunc(of, func(s subject) bool { return !isOpen(s) }) { // what would close is needed
		turn()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	missing := slices.DeleteFunc(slices.Clone(of), isOpen)
	var weights []*checkpoint.Checkpoint
	for _, s := range missing {
		c, err := w.weights(ctx, s)
		if err != nil {
			return nil, protocol.ErrorOf(err, protocol.NoNet, again)
		}
		weights = append(weights, c)
	}
	others := slices.DeleteFunc(slices.Clone(w.insides), func(i *inside) bool { return slices.Contains(of, i.of) })
	closing := len(missing)
	if slices.ContainsFunc(missing, func(s subject) bool {
		return !slices.ContainsFunc(w.insides, func(i *inside) bool { return i.of.sameRun(s) })
	}) {
		closing = max(closing, len(others)-1)
	}
	others = others[:min(len(others), closing)]
	for _, i := range others {
		if !slices.ContainsFunc(missing, i.of.sameRun) { // else its run's are still to be used
			w.closeInside(i)
		}
	}
	defer func() { w.closeInside(others...) }()
	for at, s := range missing {
		if err := w.openInside(ctx, call, s, weights[at]); err != nil {
			return nil, err
		}
	}
	var all []*inside
	for _, s := range of {
		all = append(all, w.opened(s))
	}
	rest := slices.DeleteFunc(w.insides, func(i *inside) bool { return slices.Contains(all, i) })
	w.insides = append(slices.Clone(all), rest...)
	return all, nil
}

// openInside opens a net with its weights.
func (w *Worker) openInside(ctx context.Context, call int, s subject, c *checkpoint.Checkpoint) error {
	var common *kept
	if at := slices.IndexFunc(w.insides, func(i *inside) bool { return i.of.sameRun(s) }); at >= 0 {
		common = w.insides[at].kept
	} else {
		images, err := w.load(ctx, call, c.Recipe)
		if err != nil {
			return protocol.ErrorOf(err, protocol.NoData, "Check the connection and try again.")
		}
		if err := w.same(ctx, s, images); err != nil {
			return protocol.ErrorOf(err, protocol.NoData, "Choose the pictures that the run was trained on, under Data on the Train page.")
		}
		backend, _, err := w.Open(c.Recipe)
		if err != nil {
			return protocol.ErrorOf(err, protocol.NoEngine, "Close other tabs and try again.")
		}
		untrained, err := look.Untrained(backend, c.Recipe, images)
		if err != nil {
			backend.Finalize()
			return protocol.ErrorOf(err, protocol.Invalid, again)
		}
		common = &kept{backend: backend, data: images, untrained: study(untrained)}
	}
	common.users++
	n, err := common.untrained.With(c)
	if err != nil {
		common.leave()
		return protocol.ErrorOf(err, protocol.Invalid, again)
	}
	w.insides = append(w.insides, &inside{of: s, net: study(n), kept: common})
	return nil
}

// weights are those of a run of the store after a step: as they were, where that is its last checkpoint's, else as in its snapshot.
func (w *Worker) weights(ctx context.Context, of subject) (*checkpoint.Checkpoint, error) {
	if of.place != protocol.InBrowser {
		return store.ReadSnapshot(w.Get(ctx, of.place, of.run, run.SnapshotName(of.step)))
	}
	return store.Weights(ctx, w.runs, of.run, of.step, store.Last)
}

// same reports whether images are those that a run of this browser was trained on; of others only the server knows.
func (w *Worker) same(ctx context.Context, of subject, images *data.Dataset) error {
	if of.place != protocol.InBrowser {
		return nil
	}
	log, err := w.runs.Read(ctx, of.run, 1)
	if err != nil {
		return err
	}
	start := run.Replay(log).Start
	if start == nil {
		return nil
	}
	if err := train.SameContent(start.Content, train.ContentOf(images)); err != nil {
		return fmt.Errorf("these are not the images of the run: %w", err)
	}
	return nil
}
