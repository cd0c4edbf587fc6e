package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/npy"
	"unpool/core/checkpoint"
	"unpool/core/run"
	"unpool/core/store"
)

// Kept is where a run is read from.
type Kept interface {
	Read(ctx context.Context, id string, from uint64) ([]run.Record, error)
	store.Getter
}

// Find returns where a run is that the user names, and its ID there.
type Find func(ctx context.Context, name string) (from Kept, id string, err error)

// Export writes runs in forms that other programs read.
type Export struct {
	Find        Find
	To          string // new folder for the files of the one run; for TensorBoard a folder in which each run gets its own
	TensorBoard bool
}

// Do writes the runs that the user names, and says on stdout where each of them is.
func (e Export) Do(ctx context.Context, names []string, stdout io.Writer) error {
	switch {
	case e.TensorBoard && (len(names) == 0 || e.To == ""):
		return command.Usage("serve export -tensorboard needs runs (their folders or IDs in the store) and a folder after -o")
	case !e.TensorBoard && (len(names) != 1 || e.To == ""):
		return command.Usage("serve export needs one run (its folder or ID in the store) and a new folder after -to")
	}
	for _, name := range names {
		from, id, err := e.Find(ctx, name)
		if err != nil {
			return command.UsageError{Err: err}
		}
		written := e.To
		if e.TensorBoard {
			written, err = forTensorBoard(ctx, from, id, e.To)
		} else {
			err = export(ctx, from, id, e.To)
		}
		if err != nil {
			return command.Stopped(ctx, err)
		}
		if _, err := fmt.Fprintln(stdout, written); err != nil {
			return err
		}
	}
	return nil
}

// export writes what is stored of a run into a new folder.
func export(ctx context.Context, s Kept, id, to string) error {
	log, err := s.Read(ctx, id, 1)
	if err != nil {
		return command.UsageError{Err: err}
	}
	view, err := replay(ctx, log)
	if err != nil {
		return err
	}
	x := exporter{store: s, id: id, to: to, view: view}
	for _, r := range run.Holding(log) {
		if w, ok := r.Event.(*run.Weights); ok {
			x.pictures = append(x.pictures, w)
		}
	}
	if len(x.view.Metrics) == 0 {
		return command.Usage("%s has no evaluation to export", id)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o755); err != nil {
		return command.UsageError{Err: err}
	}
	if err := x.all(ctx); err != nil {
		return errors.Join(err, os.RemoveAll(to)) // a part of it would look like all of it
	}
	return nil
}

// replay is run.Replay, until ctx ends.
func replay(ctx context.Context, log []run.Record) (*run.View, error) {
	v := &run.View{}
	for _, r := range log {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v.Apply(r)
	}
	return v, nil
}

// exporter writes one run's files.
type exporter struct {
	store    Kept
	id, to   string
	view     *run.View
	pictures []*run.Weights // of the first layer, at each evaluation
}

func (x *exporter) all(ctx context.Context) error {
	for _, part := range []func() error{
		func() error { return os.WriteFile(filepath.Join(x.to, "metrics.csv"), []byte(x.view.CSV()), 0o644) },
		func() error { return drawBoth(accuracies(x.view), x.to, "accuracy") },
		func() error { return drawBoth(losses(x.view), x.to, "loss") },
		x.firstLayer,
		func() error { return x.tensors(ctx, "last", store.Last) },
		func() error { return x.tensors(ctx, "best", store.Best) },
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// firstLayer writes the first layer's weights over time, as the log has them, in 255 levels: f32 [evaluations, count,
// height, width, channels]. A checkpoint's tensors have their exact values.
func (x *exporter) firstLayer() error {
	if len(x.pictures) == 0 {
		return nil
	}
	first := x.pictures[0]
	var values []float32
	for _, w := range x.pictures {
		if len(w.Pixels) != len(first.Pixels) {
			return fmt.Errorf("%s has pictures of the first layer in two sizes", x.id)
		}
		for _, v := range w.Pixels {
			values = append(values, float32(float64(v)*w.Scale/127))
		}
	}
	shape := []int{len(x.pictures), first.Count, first.Height, first.Width, first.Channels}
	return x.array("first-layer", npy.Floats("first-layer", shape, values))
}

// tensors writes each tensor of a checkpoint, if there is one, into a folder of its own.
func (x *exporter) tensors(ctx context.Context, folder, name string) error {
	c, err := store.Load(ctx, x.store, x.id, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(x.to, folder), 0o755); err != nil {
		return err
	}
	for _, t := range c.Tensors {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := x.array(filepath.Join(folder, fileName(t.Name)), t); err != nil {
			return err
		}
	}
	return nil
}

// fileName makes a file's name of a tensor's, which may come from anywhere: /conv1/weights becomes conv1.weights.
func fileName(tensor string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '.'
		case r == '.', r == '-', r == '_', '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return r
		}
		return '_'
	}, strings.TrimPrefix(tensor, "/"))
}

// array writes a tensor to a new file.
func (x *exporter) array(name string, t checkpoint.Tensor) (err error) {
	f, err := os.OpenFile(filepath.Join(x.to, name+".npy"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return npy.Write(f, t)
}
