package console

import (
	"strings"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Each list has a line of titles, and one for each of what it lists, in order.
func TestLists(t *testing.T) {
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.Local)
	r := recipe.Default()
	r.Net, r.Dataset, r.Steps = "dense 8, relu", recipe.MNIST, 2000
	accuracy := 0.5
	for _, c := range []struct {
		list func(*strings.Builder) error
		want string
	}{
		{func(w *strings.Builder) error {
			return Runs(w, []run.Summary{
				{ID: "b", Label: run.Label{Name: "mine"}, Recipe: r, Phase: run.Training, Worker: "box", Step: 1000, Latest: &run.Metric{Test: run.Measure{Accuracy: 0.975}}, Created: at},
				{ID: "a", Recipe: r, Phase: run.Waiting, Created: at},
			})
		}, `
ID  NAME  NET            DATA   STATE            STEP            TEST ACCURACY  BEGUN
b   mine  dense 8, relu  mnist  training on box  1,000 of 2,000  97.5 %         2030-01-02 03:04
a         dense 8, relu  mnist  waiting          0 of 2,000                     2030-01-02 03:04
`},
		{func(w *strings.Builder) error {
			return Sweeps(w, []api.SweepSummary{
				{ID: "s", Name: "rates", State: "running", Points: 9, Seeds: 2, Runs: map[run.Phase]int{run.Done: 3, run.Failed: 1, run.Stopped: 2, run.Parked: 4}, Steps: 1234, Whole: 9000,
					Best: &api.SweepBest{Accuracy: accuracy}, Created: at},
				{ID: "t", State: "done", Points: 1, Seeds: 1, Created: at},
			})
		}, `
ID  NAME   STATE    RUNS  PARKED  ENDED  STEPS           BEST VALIDATION  BEGUN
s   rates  running  18    4       6      1,234 of 9,000  50.0 %           2030-01-02 03:04
t          done     1     0       0      0 of 0                           2030-01-02 03:04
`},
		{func(w *strings.Builder) error {
			return Machines(w, []api.Worker{
				{Name: "box", Where: run.Where{Backend: "xla:cuda", Tier: "H100, GPU 0", Machine: "H100"}, Since: at, Run: "b"},
				{Name: "lap", Where: run.Where{Backend: "wasm", Tier: "SIMD, 2 threads", Threads: 2}, Since: at},
			})
		}, `
NAME  BACKEND   DEVICE           THREADS  SINCE             RUN
box   xla:cuda  H100                      2030-01-02 03:04  b
lap   wasm      SIMD, 2 threads  2        2030-01-02 03:04  none
`},
	} {
		var got strings.Builder
		if err := c.list(&got); err != nil || "\n"+got.String() != c.want {
			t.Errorf("it says, with %v,\n%swant%s", err, &got, c.want)
		}
	}
}

// The catalog says of a net which flags its settings need beyond the defaults.
func TestCatalog(t *testing.T) {
	var got strings.Builder
	if err := Catalog(&got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"mnist-rnn-128": "21,386", "cifar-lenet5": "3,274,634 -lr 0.0001 -batch 100", "mnist-vgg": "-normalize -shift 2 -lr 0.003 -schedule cosine -eval-every 100"} {
		found := false
		for line := range strings.Lines(got.String()) {
			found = found || strings.HasPrefix(line, name+" ") && strings.HasSuffix(strings.Join(strings.Fields(line), " "), " "+want)
		}
		if !found {
			t.Errorf("%s is not listed with %q:\n%s", name, want, &got)
		}
	}
}
