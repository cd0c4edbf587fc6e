package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// analysis is one under way.
type analysis struct {
	*inside                // the net that is asked about
	second   *inside       // the one that it is compared with
	others   []*inside     // those that read beside it
	progress look.Progress // called between two stretches of its work
	read     func(context.Context, subject) (*checkpoint.Checkpoint, error)
	images   func(recipe.Dataset) (*data.Dataset, error) // another data set
	keep     store.Store                                 // beside whose run what takes long is kept; nil for none, see beside

	wanted string   // the picture of which the numbers are asked for; "" for none
	noted  *behind  // those
	about  []string // which image and activation it is about, in the name of a file with them
}

// analyses are what the trainer knows of a kept run's net, by name.
var analyses = map[string]func(*analysis, context.Context, json.RawMessage) (any, error){
	protocol.LookStatistics: (*analysis).statistics,
	protocol.LookMaps:       reading((*analysis).maps),
	protocol.LookProject:    reading((*analysis).project),
	protocol.LookOthers:     reading((*analysis).projectOthers),
	protocol.LookIntegrate:  reading((*analysis).integrate),
	protocol.LookStrongest:  reading((*analysis).search),
	protocol.LookFilters:    reading((*analysis).filters),
	protocol.LookPixel:      reading((*analysis).arithmetic),
	protocol.LookReading:    reading((*analysis).reading),
	protocol.LookAcross:     reading((*analysis).across),
	protocol.LookMistakes:   reading((*analysis).mistakes),
	protocol.LookOcclusion:  reading((*analysis).occlusion),
	protocol.LookInvariance: reading((*analysis).invariance),
	protocol.LookEvolution:  reading((*analysis).evolution),
	protocol.LookEmbedding:  reading((*analysis).embedding),
	protocol.LookProbes:     reading((*analysis).probes),
	protocol.LookParts:      reading((*analysis).parts),
	protocol.LookSigns:      reading((*analysis).correspondence),
	protocol.LookTransfer:   reading((*analysis).transfer),
	protocol.LookPicture:    reading((*analysis).photograph),
	protocol.LookCompare:    reading((*analysis).compare),
	protocol.LookScales:     reading((*analysis).scales),
}

// byTurns are those of many images or many steps. The others come between two steps of a run under way.
var byTurns = map[string]bool{
	protocol.LookStatistics: true, protocol.LookStrongest: true, protocol.LookMistakes: true, protocol.LookScales: true, protocol.LookOcclusion: true,
	protocol.LookAcross:     true,
	protocol.LookInvariance: true, protocol.LookEvolution: true,
	protocol.LookEmbedding: true, protocol.LookProbes: true, protocol.LookTransfer: true,
	protocol.LookSigns: true,
}

// reading has f analyse what a request asks.
func reading[With, Result any](f func(*analysis, context.Context, With) (*Result, error)) func(*analysis, context.Context, json.RawMessage) (any, error) {
	return func(a *analysis, ctx context.Context, text json.RawMessage) (any, error) {
		with, err := asked[With](text)
		if err != nil {
			return nil, err
		}
		result, err := f(a, ctx, with)
		if err != nil {
			return nil, protocol.ErrorOf(plain{err}, protocol.Invalid, "Choose another image or layer.")
		}
		return result, nil
	}
}

// plain is an error without the name of its package: people read it.
type plain struct{ error }

func (p plain) Error() string { return strings.TrimPrefix(p.error.Error(), "look: ") }
func (p plain) Unwrap() error { return p.error }

// asked is what a request asks.
func asked[With any](text json.RawMessage) (with With, err error) {
	if err := json.Unmarshal(text, &with); err != nil {
		return with, protocol.ErrorOf(err, protocol.Invalid, "Reload the page.")
	}
	return with, nil
}

// mostBeside is how many nets can read beside another: all of them stay open.
const mostBeside = 3

// subjects are the nets that an analysis is about.
func subjects(l protocol.Look) ([]subject, error) {
	first := subject{l.Run, l.Place, l.Step}
	if l.What == protocol.LookReading {
		u, err := asked[protocol.TestUnit](l.With)
		all := []subject{first}
		for _, o := range u.Others {
			if s := (subject{o.Run, o.Place, o.Step}); !slices.Contains(all, s) && len(all) <= mostBeside {
				all = append(all, s)
			}
		}
		return all, err
	}
	if l.What != protocol.LookCompare {
		return []subject{first}, nil
	}
	p, err := asked[protocol.Pair](l.With)
	if second := (subject{p.Run, p.Place, p.Step}); second != first {
		return []subject{first, second}, err
	}
	return []subject{first}, err
}

// look analyses a net.
func (w *Worker) look(call int, body protocol.Look) func(context.Context, func()) (any, *File, error) {
	return func(ctx context.Context, turn func()) (any, *File, error) {
		if body.Run == "" {
			return nil, nil, noNet
		}
		var wanted protocol.Numbers
		if body.What == protocol.LookNumbers {
			var err error
			if wanted, err = asked[protocol.Numbers](body.With); err != nil {
				return nil, nil, err
			}
			body.What, body.With = wanted.What, wanted.With
		}
		analyse := analyses[body.What]
		if analyse == nil {
			return nil, nil, &protocol.Error{Code: protocol.Unknown, Message: fmt.Sprintf("the training program does not know the analysis %q", body.What),
				Hint: "Reload the page, so that the page and the training program have the same version."}
		}
		of, err := subjects(body)
		if err != nil {
			return nil, nil, err
		}
		nets, err := w.openInsides(ctx, call, turn, of...)
		if err != nil {
			return nil, nil, err
		}
		w.users++
		defer func() { w.users-- }()
		tell, unit := w.progress(call), "images"
		switch body.What {
		case protocol.LookFilters:
			unit = "parts"
		case protocol.LookScales, protocol.LookReading:
			unit = "steps"
		}
		pause := w.yield // it may have been cancelled
		if byTurns[body.What] {
			pause = turn
		}
		a := &analysis{inside: nets[0], second: nets[len(nets)-1], others: nets[1:], read: w.weights, keep: w.beside(body.Place), wanted: wanted.Picture, progress: func(done, total int) {
			tell(int64(done), int64(total), unit)
			pause()
		}}
		a.images = func(name recipe.Dataset) (*data.Dataset, error) { return w.other(ctx, call, name) }
		result, err := analyse(a, ctx, body.With)
		if err == nil && wanted.What != "" {
			return a.file(wanted)
		}
		return result, nil, err
	}
}

// beside is the store with the runs of a place, or with copies of them; nil for none.
func (w *Worker) beside(place protocol.Place) store.Store {
	switch {
	case place == protocol.InBrowser:
		return w.runs
	case place == protocol.OnServer && w.Copies != nil:
		return w.Copies()
	}
	return nil
}

// remembered is the result of an analysis of a net that is asked about, kept beside its run, or what this browser has of that.
func remembered[T any](ctx context.Context, a *analysis, n *studied, what string, with any, fits func(T) bool, analyse func() (T, error)) (T, error) {
	return store.Analysed(ctx, a.keep, a.of.run, func() (string, error) { return n.Key(a.data, what, with) }, fits, analyse)
}

func (a *analysis) statistics(ctx context.Context, _ json.RawMessage) (any, error) {
	s, err := remembered(ctx, a, a.net, "activations", nil, func(s *run.Activations) bool { return a.net.FitsActivations(s, a.data) },
		func() (*run.Activations, error) { return a.net.Activations(ctx, a.data, a.progress) })
	switch {
	case errors.Is(err, look.ErrNoActivations):
		err = &protocol.Error{Code: protocol.Invalid, Message: "the net has no activation function and no recurrent layer, so there is nothing to measure",
			Hint: "Look into a net with such layers."}
	case err != nil:
		err = protocol.ErrorOf(err, protocol.Invalid, "Choose another step.")
	}
	return s, err
}
