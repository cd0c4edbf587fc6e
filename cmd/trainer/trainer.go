//go:build js && wasm

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/core/train"
	"unpool/wasm"
	"unpool/wasm/host"
)

// trainer does one run at a time. Its methods share one thread and change its fields only between waits.
type trainer struct {
	mnist   *data.Dataset      // kept from the first run on
	stop    context.CancelFunc // nil between runs
	session *train.Session     // nil while loading
	early   []control.Command  // said while loading
}

// handle follows one message from the page.
func (t *trainer) handle(message string) {
	c, err := control.Unmarshal([]byte(message))
	switch {
	case err != nil:
		t.failed(err, "Correct the setting and train again.")
	case c.Do == control.Train:
		if t.stop == nil { // the page offers it only between runs
			var ctx context.Context
			ctx, t.stop = context.WithCancel(context.Background())
			go t.run(ctx, *c.Recipe)
		}
	case t.stop == nil: // the run it was meant for is over
	case c.Do == control.Stop:
		t.stop()
		fallthrough
	default:
		if t.session == nil {
			t.early = append(t.early, c)
		} else {
			t.session.Do(c)
		}
	}
}

// run trains to the end. Whatever happens, exactly one End is posted and the next Train is welcome.
func (t *trainer) run(ctx context.Context, r recipe.Recipe) {
	defer func() {
		t.stop()
		t.stop, t.session, t.early = nil, nil, nil
	}()
	images, err := t.load(ctx, r.Dataset)
	if ctx.Err() != nil {
		post(&event.End{Status: event.StatusStopped, Backend: wasm.Name})
		return
	}
	if err != nil {
		t.failed(err, "Check the connection and train again; for another data set, choose another net.")
		return
	}
	// Each run has an engine of its own, so that its memory and its helper threads go with it, whatever happened.
	engine, err := host.New(host.Options{Tier: wasm.Tier(r.Exact)})
	if err != nil {
		t.failed(err, "Close other tabs and train again.")
		return
	}
	backend := wasm.New(engine)
	defer backend.Finalize()
	session, err := train.New(train.Options{
		Backend: backend, Tier: engine.Tier().String(), Recipe: r, Data: images, Emit: post, Yield: newYield(),
	})
	if err != nil {
		t.failed(err, "Correct the setting and train again.")
		return
	}
	defer session.Close()
	t.session = session
	for _, c := range t.early {
		session.Do(c)
	}
	session.Run(ctx) // its error is in the End that it posts
}

func (t *trainer) failed(err error, hint string) {
	post(&event.End{Status: event.StatusFailed, Backend: wasm.Name, Error: err.Error(), Hint: hint})
}

// load fetches a data set, or has it already.
func (t *trainer) load(ctx context.Context, name recipe.Dataset) (*data.Dataset, error) {
	if name != recipe.MNIST {
		return nil, fmt.Errorf("the images of %q cannot be loaded in the browser, only those of %q", name, recipe.MNIST)
	}
	if t.mnist != nil {
		return t.mnist, nil
	}
	files, err := fetchAll(ctx, "data/mnist/", data.MNISTFiles, func(done, total int64) {
		post(&event.State{State: event.StateLoading, Done: done, Total: total, Unit: "bytes"})
	})
	if err != nil {
		return nil, err
	}
	t.mnist, err = data.OpenMNIST(func(name string) (io.ReadCloser, error) {
		file, ok := files[name]
		if !ok {
			return nil, errors.New("not fetched")
		}
		return io.NopCloser(bytes.NewReader(file)), nil
	})
	return t.mnist, err
}
