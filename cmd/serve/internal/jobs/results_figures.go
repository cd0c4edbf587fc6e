package jobs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/figure"
	"unpool/cmd/serve/internal/npy"
	"unpool/core/atomicfile"
	"unpool/core/run"
)

// figures draws the first run of each net: its curves, and a CNN's first filters; and the nets of the course
// report's comparison on one figure. It writes links to them.
func (r *reproduction) figures(page io.Writer, all []result) error {
	compared := figure.Curves{X: "training steps", Y: "test accuracy"}
	for _, res := range all {
		if res.first == nil {
			continue
		}
		e := res.entry
		fmt.Fprintf(page, "\n## %s\n\n![accuracy](%[1]s-accuracy.svg)\n![loss](%[1]s-loss.svg)\n", e.Name)
		accuracy := accuracies(res.first)
		if err := errors.Join(draw(accuracy, r.to, e.Name+"-accuracy"), draw(losses(res.first), r.to, e.Name+"-loss")); err != nil {
			return err
		}
		if slices.Contains([]string{"mnist-rnn-128", "mnist-lstm-128", "mnist-gru-128", "mnist-cnn"}, e.Name) {
			test := accuracy.Series[1]
			test.Label, test.Points = e.Title, test.Points[1:] // without step 0, where all nets guess
			compared.Series = append(compared.Series, test)
		}
		if e.Recipe.Recurrent() {
			continue
		}
		fmt.Fprintf(page, "\nThe first layer's filters before and after training:\n\n![filters before](%s-filters-0.svg) ![filters after](%[1]s-filters.svg)\n", e.Name)
		if err := errors.Join(draw(tiles(res.first.First), r.to, e.Name+"-filters-0"), draw(tiles(res.first.Weights), r.to, e.Name+"-filters")); err != nil {
			return err
		}
		if s := res.row.Runs[0].Statistics; s != nil {
			fmt.Fprintf(page, "\nThe table of its activations as an array, %s: [%s-statistics.npy](%[2]s-statistics.npy)\n", statisticsAxes, e.Name)
			if err := r.array(e.Name+"-statistics.npy", s); err != nil {
				return err
			}
		}
	}
	if len(compared.Series) < 2 {
		return nil
	}
	fmt.Fprint(page, "\n## The nets on MNIST\n\n![test accuracy of RNN, LSTM, GRU and CNN](mnist-compared.svg)\n")
	return draw(compared, r.to, "mnist-compared")
}

// tiles are the first layer's weights, as a picture.
func tiles(w *run.Weights) figure.Tiles {
	t := figure.Tiles{Count: w.Count * w.Channels, Height: w.Height, Width: w.Width}
	for i := range t.Count { // [count, height, width, channels]
		for j := range w.Height * w.Width {
			v := w.Pixels[(i/w.Channels*w.Height*w.Width+j)*w.Channels+i%w.Channels]
			t.Values = append(t.Values, float64(v)/127)
		}
	}
	return t
}

// statisticsAxes describes the axes of the array that array writes.
const statisticsAxes = "one row per layer, with mean, standard deviation, min, max, share of zeros and dead maps"

// array writes statistics as an array: f32 [layers, 6].
func (r *reproduction) array(name string, s *run.Statistics) error {
	var values []float32
	for _, l := range s.Layers {
		for _, v := range []float64{l.Mean, l.Deviation, l.Min, l.Max, l.Zeros, float64(l.Dead)} {
			values = append(values, float32(v))
		}
	}
	var file bytes.Buffer
	if err := npy.Write(&file, npy.Floats(name, []int{len(s.Layers), 6}, values)); err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(r.to, name), file.Bytes())
}
