package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"unpool/cmd/serve/internal/npy"
	"unpool/cmd/serve/internal/runlog"
	"unpool/core/checkpoint"
	"unpool/core/run"
)

// export writes what a run left in its folder in forms that other programs read.
func (m *Main) export(args []string) error {
	var to string
	flags := newFlags("export")
	flags.StringVar(&to, "to", "", "new `folder` for the files")
	names, err := m.parse(flags, "serve export RUN -to DIR", args)
	switch {
	case err != nil:
		return err
	case len(names) != 1 || to == "":
		return usage("serve export expects the folder of one run, and a new folder after -to")
	}
	events, err := runlog.Events(names[0])
	if err != nil {
		return usageError{err}
	}
	x := exporter{run: names[0], to: to}
	for _, e := range events {
		x.view.Apply(e)
		if w, ok := e.(*run.Weights); ok {
			x.pictures = append(x.pictures, w)
		}
	}
	if len(x.view.Metrics) == 0 {
		return usage("%s has no evaluation to export", names[0])
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o755); err != nil {
		return usageError{err}
	}
	if err := x.all(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, to)
	return err
}

// exporter writes one run's files.
type exporter struct {
	run, to  string
	view     run.View
	pictures []*run.Weights // of the first layer, at each evaluation
}

func (x *exporter) all() error {
	if err := os.WriteFile(filepath.Join(x.to, "metrics.csv"), []byte(x.view.CSV()), 0o644); err != nil {
		return err
	}
	if err := errors.Join(drawBoth(accuracies(&x.view), x.to, "accuracy"), drawBoth(losses(&x.view), x.to, "loss")); err != nil {
		return err
	}
	if err := x.firstLayer(); err != nil {
		return err
	}
	for folder, name := range map[string]string{"last": runlog.Last, "best": runlog.Best} {
		if err := x.tensors(folder, name); err != nil {
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
			return fmt.Errorf("%s has pictures of the first layer in two sizes", x.run)
		}
		for _, v := range w.Pixels {
			values = append(values, float32(float64(v)*w.Scale/127))
		}
	}
	shape := []int{len(x.pictures), first.Count, first.Height, first.Width, first.Channels}
	return x.array("first-layer", npy.Floats("first-layer", shape, values))
}

// tensors writes each tensor of a checkpoint, if there is one, into a folder of its own.
func (x *exporter) tensors(folder, name string) error {
	c, err := runlog.Load(x.run, name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(x.to, folder), 0o755); err != nil {
		return err
	}
	for _, t := range c.Tensors {
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
