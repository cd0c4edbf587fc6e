package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/tensorboard"
	"unpool/core/atomicfile"
	"unpool/core/recipe"
	"unpool/core/run"
)

// forTensorBoard writes a run's curves, the distribution of its first layer's weights and its recipe into a new folder of its ID in a folder, which
// TensorBoard then shows as a run.
func forTensorBoard(ctx context.Context, s Kept, id, to string) (folder string, err error) {
	log, err := s.Read(ctx, id, 1)
	if err != nil {
		return "", command.UsageError{Err: err}
	}
	v, err := replay(ctx, log)
	if err != nil {
		return "", err
	}
	if len(v.Metrics) == 0 {
		return "", command.Usage("%s has no evaluation to export", id)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return "", command.UsageError{Err: err}
	}
	folder = filepath.Join(to, id)
	if err := os.Mkdir(folder, 0o755); err != nil {
		return "", command.UsageError{Err: err}
	}
	begun := cmp.Or(v.Start.Created.Unix(), log[0].Time.Unix())
	// TensorBoard recognises event files by this part of their name, and reads them in order of what follows.
	name := fmt.Sprintf("events.out.tfevents.%010d.unpool", max(begun, 0))
	err = atomicfile.Write(filepath.Join(folder, name), func(w io.Writer) error {
		return tensorBoard(ctx, w, v, run.Holding(log))
	})
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	return folder, nil
}

// tensorBoard writes the events that hold.
func tensorBoard(ctx context.Context, to io.Writer, v *run.View, log []run.Record) error {
	begun := v.Start.Created
	w := tensorboard.New(to, begun)
	w.Scalar(begun, 0, "learning_rate/set", v.Start.Recipe.LearningRate)
	ended := begun
	for _, r := range log {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := r.Time
		switch e := r.Event.(type) {
		case *run.Metric:
			if at.IsZero() { // in a log from before it was kept
				at = begun.Add(time.Duration(e.Seconds * float64(time.Second)))
			}
			measured(w, at, e.Step, "train", &e.Train)
			measured(w, at, e.Step, "test", &e.Test)
			measured(w, at, e.Step, "validation", e.Validation)
		case *run.Rate:
			w.Scalar(at, e.Step, "learning_rate/set", e.LearningRate)
		case *run.Weights:
			if len(e.Pixels) > 0 {
				w.Histogram(at, e.Step, "weights/"+e.Layer, values(e))
			}
		}
		if at.After(ended) {
			ended = at
		}
	}
	hparams, err := settings(v.Start.Recipe)
	if err != nil {
		return err
	}
	w.Session(begun, ended, hparams, status(v.Phase))
	return w.Err()
}

// measured writes the loss and the accuracy on some images; nil for none.
func measured(w *tensorboard.Writer, at time.Time, step int, images string, m *run.Measure) {
	if m == nil {
		return
	}
	w.Scalar(at, step, "loss/"+images, m.Loss)
	w.Scalar(at, step, "accuracy/"+images, m.Accuracy)
}

// values are a layer's weights, in 255 levels.
func values(w *run.Weights) []float64 {
	v := make([]float64, len(w.Pixels))
	for i, p := range w.Pixels {
		v[i] = float64(p) * w.Scale / 127
	}
	return v
}

// settings are the fields of a recipe that are set, by their names.
func settings(r recipe.Recipe) (fields map[string]any, err error) {
	text, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	delete(fields, "version") // of the form in which the recipe is written
	return fields, err
}

func status(p run.Phase) tensorboard.Status {
	switch p {
	case run.Done, run.Stopped:
		return tensorboard.Success
	case run.Failed:
		return tensorboard.Failure
	}
	return tensorboard.Running
}
