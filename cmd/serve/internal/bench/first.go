package bench

import (
	"context"
	"fmt"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

// First is where the time goes from the start to the end of the first step, in milliseconds. Images are there already.
type First struct {
	Recipe  string  `json:"recipe"`
	Engine  string  `json:"engine"`
	Tier    string  `json:"tier"`
	Start   float64 `json:"start_ms"`   // the engine: its memory, its helper threads
	Weights float64 `json:"weights_ms"` // initial weights
	Record  float64 `json:"record_ms"`  // GoMLX builds the graph and differentiates it, the front records it
	Lower   float64 `json:"lower_ms"`
	Verify  float64 `json:"verify_ms"`
	Emit    float64 `json:"emit_ms"`
	Load    float64 `json:"load_ms"` // the engine compiles the module
	Step    float64 `json:"step_ms"` // the first step, which brings the weights to the device
	All     float64 `json:"all_ms"`
}

// FirstHeader and Line print them as a table.
const FirstHeader = "milliseconds          start  weights  record  lower  verify  emit  load  step    all\n"

// Line is f as a line of the table.
func (f First) Line() string {
	return fmt.Sprintf("%-20s  %5.0f  %7.0f  %6.0f  %5.0f  %6.0f  %4.0f  %4.0f  %4.0f  %5.0f\n",
		f.Recipe, f.Start, f.Weights, f.Record, f.Lower, f.Verify, f.Emit, f.Load, f.Step, f.All)
}

// FirstStep takes the first step of a net of the catalog on a new engine, as a run in the tab does.
func FirstStep(ctx context.Context, entry models.Entry, tier host.Tier) (First, error) {
	r := entry.Recipe
	r.Dataset = recipe.MNIST
	images := noise(r.Dataset, r.Batch)
	begin := time.Now()
	engine, err := host.New(host.Options{Tier: tier})
	if err != nil {
		return First{}, err
	}
	started := time.Since(begin)
	b := wasm.New(engine)
	defer b.Finalize()
	t, err := train.Measure(ctx, train.Options{Backend: b, Where: run.Where{Backend: wasm.Name}, Recipe: r, Data: images}, 0, nil)
	all := time.Since(begin)
	if err != nil {
		return First{}, fmt.Errorf("%s: %w", entry.Name, err)
	}
	s := b.Stages()
	record := t.Compile - s.Lower.Time() - s.Verify.Time() - s.Emit.Time() - s.Load.Time()
	return First{
		Recipe: entry.Name, Engine: string(engine.Kind()), Tier: engine.Tier().String(),
		Start: ms(started), Weights: ms(t.Weights), Record: ms(record), Lower: ms(s.Lower.Time()), Verify: ms(s.Verify.Time()),
		Emit: ms(s.Emit.Time()), Load: ms(s.Load.Time()), Step: ms(t.First), All: ms(all),
	}, nil
}

// AllFirst takes the first step of every net of the catalog with all threads, and hands each row on.
func AllFirst(ctx context.Context, exact bool, emit func(First) error) error {
	for _, entry := range models.Catalog {
		f, err := FirstStep(ctx, entry, wasm.Tier(exact))
		if err != nil {
			return err
		}
		if err := emit(f); err != nil {
			return err
		}
	}
	return nil
}
