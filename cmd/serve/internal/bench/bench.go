// Package bench times training steps of the catalog's nets: on the WebAssembly backend, natively and, as a test, in a
// browser, compared with the engine's peak in the same minutes; and on a device that a library drives, whose losses
// it compares with those of our own backend.
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

// Model is a net to time.
type Model struct {
	Name   string // M1 … M5
	Entry  string // of the catalog
	Recipe recipe.Recipe
}

// Models are the five nets that speeds are given for, each at batch 128.
func Models() []Model {
	list := []Model{{Name: "M1", Entry: "mnist-cnn"}, {Name: "M2", Entry: "cifar-bn"}, {Name: "M3", Entry: "mnist-rnn-128"},
		{Name: "M4", Entry: "mnist-lstm-128"}, {Name: "M5", Entry: "mnist-gru-128"}}
	for i := range list {
		e, err := models.Find(list[i].Entry)
		if err != nil {
			panic(err) // the catalog's own names
		}
		list[i].Recipe = e.Recipe
		list[i].Recipe.Dataset, list[i].Recipe.Batch = recipe.MNIST, 128
	}
	return list
}

// Row is what was measured of one net on one engine.
type Row struct {
	Model     string  `json:"model"`
	Recipe    string  `json:"recipe"`
	Engine    string  `json:"engine"`
	Tier      string  `json:"tier"`
	Threads   int     `json:"threads"`
	MsPerStep float64 `json:"ms_per_step"` // median
	GFLOPS    float64 `json:"gflops"`      // of products and convolutions alone
	Peak      float64 `json:"peak_gflops"` // of one thread, median of measurements between the steps
	Share     float64 `json:"share"`       // of the peak of all threads
	WeightsMs float64 `json:"weights_ms"`  // from the beginning to the first step: initial weights,
	CompileMs float64 `json:"compile_ms"`  // compiling,
	FirstMs   float64 `json:"first_ms"`    // and the step itself
	DeviceMB  float64 `json:"device_mb"`   // the most device memory that was in use
}

// Header and Line print rows as a table.
const Header = "model  recipe          engine   tier                       ms/step  GFLOP/s  peak  share  to first step  device\n"

// Line is the row as a line of the table.
func (r Row) Line() string {
	return fmt.Sprintf("%-5s  %-14s  %-7s  %-24s  %8.1f  %7.1f  %4.1f  %3.0f %%  %10.0f ms  %3.0f MB\n", r.Model, r.Recipe, r.Engine,
		r.Tier, r.MsPerStep, r.GFLOPS, r.Peak, 100*r.Share, r.WeightsMs+r.CompileMs+r.FirstMs, r.DeviceMB)
}

// Run times steps training steps of a net on a new engine of a tier, with native code or without.
func Run(ctx context.Context, m Model, tier host.Tier, native bool, steps int) (Row, error) {
	engine, err := host.New(host.Options{Tier: tier})
	if err != nil {
		return Row{}, err
	}
	b, name := wasm.New(engine), string(engine.Kind())
	if native {
		if b, err = wasm.NewNative(engine); err != nil {
			return Row{}, err
		}
		name = b.Name()
	}
	defer b.Finalize()
	var peaks []float64
	peak := func() error {
		flops, err := b.Peak()
		peaks = append(peaks, flops/1e9)
		return err
	}
	t, err := train.Measure(ctx, train.Options{Backend: b, Where: run.Where{Backend: b.Name()}, Recipe: m.Recipe, Data: noise(m.Recipe.Dataset, m.Recipe.Batch)}, steps, peak)
	if err != nil {
		return Row{}, fmt.Errorf("%s: %w", m.Entry, err)
	}
	threads := max(engine.Tier().Threads, 1)
	step := median(t.Steps).Seconds()
	r := Row{
		Model: m.Name, Recipe: m.Entry, Engine: name, Tier: b.Tier(), Threads: threads,
		MsPerStep: 1000 * step, GFLOPS: float64(models.StepFlops(m.Recipe)) / step / 1e9, Peak: median(peaks),
		WeightsMs: ms(t.Weights), CompileMs: ms(t.Compile), FirstMs: ms(t.First),
		DeviceMB: float64(engine.Device().Peak()) / 1e6,
	}
	r.Share = r.GFLOPS / r.Peak / float64(threads)
	return r, nil
}

// All times every net with one thread and with all that the machine has, and hands each row on. With native each is followed by one
// with native code.
func All(ctx context.Context, steps int, exact, native bool, emit func(Row) error) error {
	for _, m := range Models() {
		tier := wasm.Tier(exact)
		all := tier.Threads
		for _, threads := range slices.Compact([]int{1, all}) {
			tier.Threads = threads
			for _, native := range slices.Compact([]bool{false, native}) {
				r, err := Run(ctx, m, tier, native, steps)
				if err != nil {
					return err
				}
				if err := emit(r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Print returns a function that prints rows as they come, below a header or as lines of JSON.
func Print[R interface{ Line() string }](w io.Writer, header string, lines bool) func(R) error {
	if lines {
		encoder := json.NewEncoder(w)
		return func(r R) error { return encoder.Encode(r) }
	}
	return func(r R) error {
		_, err := io.WriteString(w, header+r.Line())
		header = ""
		return err
	}
}

// noise is noise in the place of a data set: a step takes as long on it as on digits.
func noise(set recipe.Dataset, n int) *data.Dataset {
	info, _ := set.Info()
	d := &data.Dataset{Name: info.Name, Height: info.Side, Width: info.Side, Channels: info.Channels, Classes: info.Classes}
	for _, s := range []*data.Split{&d.Train, &d.Test} {
		s.Images, s.Labels = make([]byte, n*info.Side*info.Side*info.Channels), make([]byte, n)
		state := uint32(1)
		for i := range s.Images {
			state = state*1664525 + 1013904223
			s.Images[i] = byte(state >> 24)
		}
		for i := range s.Labels {
			s.Labels[i] = byte(i % len(info.Classes))
		}
	}
	return d
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median[T time.Duration | float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
