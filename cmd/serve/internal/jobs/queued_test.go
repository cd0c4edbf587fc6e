package jobs

import (
	"context"
	"io"
	"testing"
	"time"

	"unpool/cmd/serve/internal/backends"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// begunRuns is a store whose runs have begun with something, or not at all.
type begunRuns struct {
	Telling
	with map[string]run.Where
}

func (b begunRuns) Read(_ context.Context, id string, _ uint64) ([]run.Record, error) {
	where, ok := b.with[id]
	if !ok {
		return nil, nil
	}
	return []run.Record{{Seq: 1, Time: time.Unix(1, 0), Event: &run.Start{Version: run.Version, Recipe: recipe.Default(), Where: where}}}, nil
}

// Which runs a device takes: a second GPU none that is for the processor, and a machine among others none that it would compute with other numbers.
func TestTakes(t *testing.T) {
	gpu := run.Where{Backend: backends.XLACUDA, Machine: "NVIDIA H100, CUDA 13.0, PJRT 0.98"}
	wasm := run.Where{Backend: backends.Wasm, Machine: "AMD EPYC"}
	for name, c := range map[string]struct {
		shared, second bool
		computes       run.Where // that is not exact
		exact          bool
		begun          run.Where // zero for a run that has not
		takes, says    bool
	}{
		"one GPU":                         {computes: gpu, takes: true},
		"one GPU, exact":                  {computes: gpu, exact: true, takes: true},
		"second GPU":                      {second: true, computes: gpu, takes: true},
		"second GPU, exact":               {second: true, computes: gpu, exact: true},
		"second GPU, begun on wasm":       {second: true, computes: gpu, begun: wasm},
		"second GPU that cannot be used":  {second: true, computes: wasm},
		"among others":                    {shared: true, computes: wasm, takes: true},
		"among others, begun on the like": {shared: true, computes: wasm, begun: wasm, takes: true},
		"among others, begun elsewhere":   {shared: true, computes: wasm, begun: run.Where{Backend: backends.Wasm, Machine: "Apple M4"}, says: true},
		"alone, begun elsewhere":          {computes: wasm, begun: run.Where{Backend: backends.Wasm, Machine: "Apple M4"}, takes: true},
		"exact, begun elsewhere":          {shared: true, computes: wasm, exact: true, begun: run.Where{Backend: backends.Wasm, Machine: "Apple M4"}, takes: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("UNPOOL_CPU", "none") // wasm is then what continues a run that it began
			q := Queued{
				Store: begunRuns{with: map[string]run.Where{}}, Backend: backends.Options{Backend: backends.Auto}, Shared: c.shared, GPU: c.second, Stderr: io.Discard,
				Images: &Images{}, open: map[choice]*backends.Backend{
					{backends.Auto, false, false}:    {Where: c.computes},
					{backends.Auto, true, false}:     {Where: wasm},
					{backends.Wasm, false, false}:    {Where: wasm},
					{backends.Wasm, true, false}:     {Where: wasm},
					{backends.XLACUDA, false, false}: {Where: gpu},
				}}
			j := store.Job{ID: "a", Recipe: recipe.Default()}
			j.Recipe.Exact = c.exact
			if c.begun != (run.Where{}) {
				q.Store.(begunRuns).with["a"] = c.begun
			}
			ok, why, err := q.Takes(t.Context(), j)
			if err != nil || ok != c.takes || (why != "") != c.says {
				t.Errorf("it takes it: %v, %q, %v; want %v", ok, why, err, c.takes)
			}
		})
	}
}
