package results

import (
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"unpool/core/number"
	"unpool/core/run"
	"unpool/models"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// logOf is a log whose test accuracies, in hundredths of a percent, are measured every 50 steps.
func logOf(seed uint64, accuracies ...int) []run.Event {
	start := &run.Start{Version: run.Version, Where: run.Where{Tier: "SIMD"}}
	start.Recipe.Seed = seed
	events := []run.Event{start}
	for i, a := range accuracies {
		m := &run.Metric{Step: 50 * i, Train: run.Measure{Accuracy: 0.99}, Test: run.Measure{Accuracy: float64(a) / 1e4}}
		events = append(events, &run.State{}, &run.Progress{}, m, &run.Weights{Step: 50 * i})
	}
	return append(events, &run.End{Status: run.Done, Seconds: 12, WeightsSHA256: "ab"})
}

// numbered makes a log of events.
func numbered(events ...run.Event) (log []run.Record) {
	for _, e := range events {
		r := run.Record{Event: e}
		if run.Durable(e) {
			r.Seq = uint64(len(log)) + 1
			log = append(log, r)
		}
	}
	return log
}

func viewOf(seed uint64, accuracies ...int) *run.View {
	return run.Replay(numbered(logOf(seed, accuracies...)...))
}

func find(t *testing.T, name string) models.Entry {
	t.Helper()
	e, err := models.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSummary(t *testing.T) {
	got, err := Of(find(t, "mnist-rnn-128"), viewOf(3, 1000, 9700, 9730, 9750, 9750, 9740))
	want := Run{Seed: 3, Then: Point{250, 0.974}, Best: Point{150, 0.975}, Last: Point{250, 0.974}, Train: 0.99, Mark: 100,
		Near: 50, Seconds: 12, Tier: "SIMD", SHA256: "ab"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
	// The LSTM's baseline is at step 3,900.
	long := make([]int, 111)
	for i := range long {
		long[i] = 9000 + i
	}
	if got, err = Of(find(t, "mnist-lstm-128"), viewOf(1, long...)); err != nil || got.Then != (Point{3900, 0.9078}) || got.Mark != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	all := logOf(1, 1, 2)
	stopped := append(logOf(1, 1, 2)[:5], &run.End{Status: run.Stopped, Steps: 20})
	for name, events := range map[string][]run.Event{
		"not ended": all[:len(all)-1], "stopped": stopped, "nothing": nil, "not measured": {&run.End{Status: run.Done}},
	} {
		if r, err := Of(find(t, "mnist-cnn"), run.Replay(numbered(events...))); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestCompact(t *testing.T) {
	kept := Compact(numbered(logOf(1, 1, 2, 3)...), nil, nil)
	var kinds []string
	for _, r := range kept {
		switch e := r.Event.(type) {
		case *run.Weights:
			kinds = append(kinds, "weights of "+number.Plain(e.Step))
		case *run.Metric:
			kinds = append(kinds, number.Plain(e.Step))
		case *run.State, *run.Progress:
			t.Errorf("%T is kept", e)
		}
	}
	if got := strings.Join(kinds, ", "); got != "0, weights of 0, 50, 100, weights of 100" || len(kept) != 7 {
		t.Errorf("kept %s of %d events", got, len(kept))
	}
	if one := Compact(numbered(logOf(1, 1)...), nil, &run.Statistics{}); len(one) != 5 || one[4].Seq != 5 {
		t.Errorf("of one evaluation %d events are kept", len(one))
	}
}

// Published are eight snapshots of a small net, the first and the last of a larger one, and the last only of a large one.
func TestSnapshots(t *testing.T) {
	for _, c := range []struct {
		bytes int64
		want  []int
	}{
		{1 << 10, []int{0, 3, 15, 63, 255, 1023, 4095, 8191}},
		{200 << 10, []int{0, 255, 8191}},
		{350 << 10, []int{0, 8191}},
		{351 << 10, []int{8191}},
	} {
		var all []run.Snapshot
		for i := range 14 {
			all = append(all, run.Snapshot{Step: 1<<i - 1, Bytes: c.bytes})
		}
		var got []int
		for _, s := range Snapshots(all) {
			got = append(got, s.Step)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("of %d bytes each: %v, want %v", c.bytes, got, c.want)
		}
	}
}

func TestReproduced(t *testing.T) {
	for _, c := range []struct {
		name  string
		bests []int
		want  bool
	}{
		{"mnist-rnn-128", []int{9727}, true},
		{"mnist-rnn-128", []int{9627}, true},
		{"mnist-rnn-128", []int{9626}, false},
		{"mnist-rnn-128", []int{9600, 9700}, true},
		{"mnist-gru-128", []int{9830}, true}, // against 99.21, not 99.8
	} {
		row := Row{Name: c.name}
		for i, best := range c.bests {
			r, err := Of(find(t, c.name), viewOf(uint64(i), best))
			if err != nil {
				t.Fatal(err)
			}
			row.Runs = append(row.Runs, r)
		}
		if got := row.Reproduced(find(t, c.name)); got != c.want {
			t.Errorf("%s with %v: %v", c.name, c.bests, got)
		}
	}
}

func TestMarkdown(t *testing.T) {
	row := func(name string, runs ...[]run.Event) Row {
		r := Row{Name: name}
		for _, events := range runs {
			s, err := Of(find(t, name), run.Replay(numbered(events...)))
			if err != nil {
				t.Fatal(err)
			}
			s.File = name + ".jsonl"
			r.Runs = append(r.Runs, s)
		}
		return r
	}
	var b strings.Builder
	err := Markdown(&b, []Row{
		row("mnist-rnn-128", logOf(1, 9000, 9750), logOf(2, 9100, 9760)), row("mnist-rnn-64", logOf(1, 9000, 9500)),
		row("mnist-gru-128", logOf(1, 9000, 9900)), row("cifar-lenet5", append(logOf(1, 1000, 5300, 5200), &run.Statistics{Step: 100,
			Images: 1000, Layers: []run.LayerStatistics{{Layer: "relu1", Mean: 0.5, Deviation: 1, Max: 7.25, Zeros: 0.25, Maps: 32, Dead: 3}}})),
		row("cifar-bn"), row("cifar-vgg", logOf(1, 1000, 7700, 7600), logOf(2, 1000, 7500, 7400)),
	})
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/table.md"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || b.String() != string(want) {
		t.Errorf("%v; got\n%s", err, b.String())
	}
	if err := Markdown(&b, []Row{{Name: "none"}}); err == nil {
		t.Error("a net that is not in the catalog is written")
	}
}
