package finished_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"unpool/app/page/results/finished"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// table reads rows as the page does.
func table(t *testing.T, rows ...results.Row) finished.Table {
	t.Helper()
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	table, err := finished.Read(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// done is a run whose best and last accuracies are these.
func done(seed uint64, best, last float64) results.Run {
	return results.Run{
		Seed: seed, Then: results.Point{Step: 3900, Accuracy: best},
		Best: results.Point{Step: 4750, Accuracy: best}, Last: results.Point{Step: 5500, Accuracy: last},
		Mark: 1150, Near: 950, Seconds: 180, File: fmt.Sprintf("seed%d.jsonl", seed),
	}
}

// cells are a row's texts, with plain spaces.
func cells(r finished.Row) string {
	var all []string
	for _, c := range r.Cells {
		text := strings.TrimSpace(c.Text + " " + c.Soft + c.Wrong)
		if c.Note > 0 {
			text += fmt.Sprintf(" (%d)", c.Note)
		}
		all = append(all, text)
	}
	return plain(strings.Join(all, " | "))
}

func plain(s string) string { return strings.ReplaceAll(s, number.Thin, " ") }

func TestRows(t *testing.T) {
	never := done(1, 0.9233, 0.9171)
	never.Mark = 0
	for _, c := range []struct {
		row  results.Row
		want string
	}{
		{results.Row{Name: "mnist-rnn-128", Runs: []results.Run{done(1, 0.9758, 0.9741)}},
			"MNIST | 97.27 % | 97.58 % | +0.31 | yes | 97.58 % at 4 750 | 97.41 % at 5 500 | 1 150 | 1"},
		{results.Row{Name: "mnist-rnn-128", Runs: []results.Run{done(1, 0.9758, 0.9741), done(2, 0.9738, 0.97)}},
			"MNIST | 97.27 % | 97.48 % ± 0.14 | +0.21 | yes | 97.58 % at 4 750 | 97.41 % at 5 500 | 1 150 | 2"},
		{results.Row{Name: "mnist-rnn-32", Runs: []results.Run{never}},
			"MNIST | 98.00 % | 92.33 % | −5.67 | no (1) | 92.33 % at 4 750 | 91.71 % at 5 500 | never | 1"},
		{results.Row{Name: "mnist-gru-128", Runs: []results.Run{done(1, 0.99, 0.98)}},
			"MNIST | 99.21 % at 3 250 (1) | 99.00 % | −0.21 | yes | 99.00 % at 4 750 | 98.00 % at 5 500 | 1 150 | 1"},
		{results.Row{Name: "cifar-lenet5", Runs: []results.Run{done(1, 0.532, 0.501)}},
			"CIFAR-10, the course report’s part | 52.00 % (1) | 53.20 % | +1.20 | yes | 53.20 % at 4 750 | 50.10 % at 5 500 | – | 1"},
		// Without a number of its own a net is compared with the course report's best of its kind, as it is at the end.
		{results.Row{Name: "cifar-vgg", Runs: []results.Run{done(1, 0.76, 0.75)}},
			"CIFAR-10, the course report’s part | 67.10 % | 75.00 % | +7.90 | – | 5 500 | 3 minutes | 1"},
		{results.Row{Name: "mnist-gru-128-cosine", Runs: []results.Run{done(1, 0.99, 0.99)}},
			"MNIST | 99.21 % | 99.00 % | −0.21 | 1 150 | 5 500 | 3 minutes | 1"},
		{results.Row{Name: "cifar10-vgg", Runs: []results.Run{done(1, 0.8, 0.8)}},
			"CIFAR-10, all of it | – | 80.00 % | – | – | 5 500 | 3 minutes | 1"},
	} {
		if got := cells(table(t, c.row).Groups[0].Rows[0]); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.row.Name, got, c.want)
		}
	}
}

func TestGroups(t *testing.T) {
	all := table(t,
		results.Row{Name: "cifar-vgg", Runs: []results.Run{done(1, 0.76, 0.75)}},
		results.Row{Name: "mnist-rnn-128", Runs: []results.Run{done(1, 0.9758, 0.9741)}},
		results.Row{Name: "mnist-rnn-64"},
		results.Row{Name: "transformer", Runs: []results.Run{done(1, 1, 1)}},
		results.Row{Name: "mnist-rnn-32", Runs: []results.Run{done(1, 0.92, 0.91)}},
	)
	if len(all.Groups) != 2 || all.Groups[0].Beyond || !all.Groups[1].Beyond {
		t.Fatalf("the groups are %+v", all.Groups)
	}
	for _, g := range all.Groups {
		for _, r := range g.Rows {
			if len(r.Cells)+1 != len(g.Head) {
				t.Errorf("%s has %d cells and the net for %d columns", r.Entry.Name, len(r.Cells), len(g.Head))
			}
		}
	}
	if n := len(all.Groups[0].Rows); n != 2 {
		t.Errorf("%d of the course report's nets are shown, want the two that have runs", n)
	}
	if len(all.Unknown) != 1 || all.Unknown[0] != "transformer" {
		t.Errorf("unknown nets: %q", all.Unknown)
	}
	if v := all.Verdict(); !strings.HasPrefix(v, "1 of 2 ") || !strings.HasSuffix(v, "RNN · 32 units.") {
		t.Errorf("the verdict is %q", v)
	}
	if none := table(t); len(none.Groups) != 0 || none.Verdict() != "" {
		t.Errorf("no rows give %+v", none)
	}
	if _, err := finished.Read("<!doctype html>"); err == nil {
		t.Error("a page in place of the results is no error")
	}
}

// curves are of a run that was evaluated every 50 steps, with losses that are functions of their index.
func curves(n int, train, test, accuracy func(i int) float64) *run.View {
	v := &run.View{}
	v.Apply(run.Record{Event: &run.Start{Recipe: recipe.Default()}})
	for i := range n {
		v.Apply(run.Record{Event: &run.Metric{Step: 50 * i,
			Train: run.Measure{Loss: train(i), Accuracy: accuracy(i), N: 1000},
			Test:  run.Measure{Loss: test(i), Accuracy: accuracy(i), N: 10000}}})
	}
	return v
}

func TestSentence(t *testing.T) {
	falling := func(i int) float64 { return 2 / (1 + 0.1*float64(i)) }
	level := func(i int) float64 { return 0.5 + 1/(1+float64(i*i)) }
	valley := func(i int) float64 { return 1 + 0.01*max(float64(50-i), float64(i-50)) }
	rising := func(i int) float64 { return min(0.98, 0.01*float64(i)) }
	lately := func(i int) float64 {
		if i > 106 {
			return 0.2
		}
		return min(0.98, 0.01*float64(i))
	}
	settled := func(i int) float64 { return min(0.92, 0.05*float64(i)) }
	row := func(name string, best float64) finished.Row {
		return table(t, results.Row{Name: name, Runs: []results.Run{done(1, best, best)}}).Groups[0].Rows[0]
	}
	for _, c := range []struct {
		row    finished.Row
		curves *run.View
		want   string
	}{
		{row("mnist-rnn-128", 0.98), curves(111, falling, falling, rising),
			"It passes 97.27 % at step 4 900, is still learning at the end, and is 0.73 points above the course report’s 97.27 %."},
		{row("mnist-rnn-128", 0.98), curves(111, falling, falling, lately),
			"It passes 97.27 % at step 4 900, no longer clearly improves by the end, and is 0.73 points above the course report’s 97.27 %."},
		{row("mnist-rnn-32", 0.92), curves(90, level, level, settled),
			"It never passes 97.27 %, has stopped improving by the end, and stays 6.00 points below the course report’s 98.00 %: not reproduced."},
		{row("cifar-bn", 0.67), curves(111, falling, valley, rising),
			"It overfits after step 2 500 (test loss rises from 1.01 to 1.58 while training loss falls from 0.334 to 0.170) and is 0.10 points below the course report’s 67.10 %, which is within a point."},
		{row("cifar-vgg", 0.76), curves(111, level, level, settled),
			"It has stopped improving by the end and is 8.90 points above the course report’s best of its kind, 67.10 %."},
		{row("cifar-vgg", 0.671), curves(111, level, level, settled),
			"It has stopped improving by the end and equals the course report’s best of its kind, 67.10 %."},
		// Curves too short to judge, and nothing to compare with.
		{row("cifar10-vgg", 0.8), curves(3, falling, falling, rising), ""},
	} {
		if got := plain(finished.Sentence(c.row, c.curves)); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.row.Entry.Name, got, c.want)
		}
	}
}

func TestRun(t *testing.T) {
	e, err := models.Find("cifar-bn")
	if err != nil {
		t.Fatal(err)
	}
	log := func(seed uint64, losses ...float64) string {
		r := e.Recipe
		r.Seed = seed
		events := []run.Event{&run.Start{Version: run.Version, Recipe: r, Where: run.Where{Backend: "wasm", Tier: "SIMD"}, TrainSize: 10000, TestSize: 1000}}
		for i, loss := range losses {
			m := run.Measure{Loss: loss, Accuracy: 0.1 * float64(i), N: 1000}
			events = append(events, &run.Metric{Step: 50 * i, Train: m, Test: m}, &run.Weights{
				Step: 50 * i, Layer: "conv1", Count: 1, Height: 1, Width: 1, Channels: 1, Scale: 1, Pixels: run.Int8s{int8(i)}})
		}
		events = append(events, &run.Statistics{Images: 1000}, &run.End{Status: run.Done, Steps: 5500, Seconds: 90})
		var b strings.Builder
		for _, e := range events {
			line, err := run.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(string(line) + "\n")
		}
		return b.String()
	}
	read := func(text string) *run.View {
		r, err := finished.ReadRun(text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one, two := read(log(1, 2, 1, 0.5)), read(log(2, 4, 3))
	if one.First.Step != 0 || one.Weights.Step != 100 || one.Statistics == nil || len(one.Metrics) != 3 {
		t.Errorf("the run is %+v", one)
	}
	// The third evaluation of one has no partner, so it is no point of the mean.
	mean := run.Mean([]*run.View{one, two})
	if len(mean.Metrics) != 2 || mean.Metrics[0].Test.Loss != 3 || mean.Metrics[1].Train.Loss != 2 || mean.Metrics[1].Test.N != 1000 {
		t.Errorf("the mean is %+v", mean.Metrics)
	}
	var words strings.Builder
	for _, s := range finished.Settings(e, one.Start, one.End.Seconds) {
		words.WriteString(s.Name + ": " + s.Text + "\n")
	}
	for _, want := range []string{"batch normalisation", "optimiser Adam; learning rate 0.001; batch 100 images; steps 5 500; seed 1", "10 000 images to train on", "2 minutes"} {
		if !strings.Contains(plain(words.String()), want) {
			t.Errorf("the settings do not say %q:\n%s", want, words.String())
		}
	}
	for _, bad := range []string{"", "no event\n", strings.SplitAfter(log(1, 1), "\n")[0]} {
		if _, err := finished.ReadRun(bad); err == nil {
			t.Errorf("%q is read as a run", bad)
		}
	}
}

func TestComparisons(t *testing.T) {
	run := func(name string, mark, near int) results.Row {
		r := done(1, 0.98, 0.98)
		r.Mark, r.Near = mark, near
		return results.Row{Name: name, Runs: []results.Run{r}}
	}
	all := table(t, run("mnist-rnn-128", 4450, 2350), run("mnist-rnn-32", 0, 0), run("mnist-cnn", 300, 250), run("mnist-lstm-64", 2150, 1800))
	var got []string
	for _, c := range all.Comparisons() {
		got = append(got, c.Name+": "+plain(c.Text))
	}
	want := []string{
		"RNN, LSTM, GRU and CNN: Test accuracy passes 97.27 %, the course report’s for its plain RNN: RNN · 128 units after 4 450 steps and CNN (LeNet5) after 300 steps.",
		"RNN by units: 128 units reach 97 % after 2 350 steps (best 98.00 % at step 4 750) and 32 units never reach 97 % (best 98.00 % at step 4 750).",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the comparisons are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
