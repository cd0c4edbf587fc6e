package bench

import (
	"context"
	"fmt"

	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/models/cost"
	"unpool/models/net"
	"unpool/wasm"
	"unpool/wasm/host"
)

// Estimate is how long a net's training step was expected to take, beside how long it took.
type Estimate struct {
	Recipe     string  `json:"recipe"`
	Engine     string  `json:"engine"`
	Tier       string  `json:"tier"`
	MsPerStep  float64 `json:"ms_per_step"` // median
	Expected   float64 `json:"expected_ms"`
	Off        float64 `json:"off"`        // how far the expected is from the measured, as a share of that
	Throughput float64 `json:"throughput"` // of all threads, GFLOP/s, median of measurements between the steps
}

// EstimateHeader and Line print them as a table.
const EstimateHeader = "net                   ms/step  expected    off  GFLOP/s  engine\n"

// Line is the estimate as a line of the table.
func (e Estimate) Line() string {
	return fmt.Sprintf("%-20s  %7.1f  %8.1f  %+4.0f %%  %7.1f  %s: %s\n",
		e.Recipe, e.MsPerStep, e.Expected, 100*e.Off, e.Throughput, e.Engine, e.Tier)
}

// Estimates times some steps of every net of the catalog as the page trains it, and hands each row on. Nets that take the
// same step are timed once.
func Estimates(ctx context.Context, steps int, emit func(Estimate) error) error {
	type step struct {
		layers string
		batch  int
		of     net.Task
	}
	seen := map[step]bool{}
	for _, entry := range models.Catalog {
		s := step{entry.Recipe.Net, entry.Recipe.Batch, entry.Recipe.Task()}
		if seen[s] {
			continue
		}
		seen[s] = true
		e, err := estimate(ctx, entry, steps, wasm.Tier(entry.Recipe.Exact))
		if err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
		if err := emit(e); err != nil {
			return err
		}
	}
	return nil
}

func estimate(ctx context.Context, entry models.Entry, steps int, tier host.Tier) (Estimate, error) {
	r := entry.Recipe
	plan, err := r.Plan()
	if err != nil {
		return Estimate{}, err
	}
	engine, err := host.New(host.Options{Tier: tier})
	if err != nil {
		return Estimate{}, err
	}
	b := wasm.New(engine)
	defer b.Finalize()
	var rates []float64
	measure := func() error {
		flops, err := b.Throughput()
		rates = append(rates, flops)
		return err
	}
	o := train.Options{Backend: b, Where: run.Where{Backend: wasm.Name}, Recipe: r, Data: noise(r.Dataset, r.Batch)}
	t, err := train.Measure(ctx, o, steps, measure)
	if err != nil {
		return Estimate{}, err
	}
	e := Estimate{
		Recipe: entry.Name, Engine: string(engine.Kind()), Tier: engine.Tier().String(),
		MsPerStep: ms(median(t.Steps)), Throughput: median(rates) / 1e9,
	}
	e.Expected = cost.Step(plan, r.Batch, r.Exact, cost.Speed{Flops: median(rates), Threads: engine.Tier().Threads})
	e.Off = e.Expected/e.MsPerStep - 1
	return e, nil
}
