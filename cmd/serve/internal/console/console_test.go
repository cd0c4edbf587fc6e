package console

import (
	"bytes"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
)

// sample is a short run's events.
func sample() []run.Event {
	return []run.Event{
		&run.Start{Recipe: recipe.Recipe{Net: "rnn 128", Dataset: recipe.MNIST, Steps: 1500}, Parameters: 21386,
			TrainSize: 60000, TestSize: 10000},
		&run.Move{Step: 0, From: run.Where{Backend: "wasm", Machine: "EPYC"}, To: run.Where{Backend: "xla:cuda", Machine: "NVIDIA H100", Precision: "tf32"}},
		&run.State{Phase: run.Compiling},
		&run.Metric{Step: 0, Train: run.Measure{Loss: 2.3, Accuracy: 0.1, N: 1000}, Test: run.Measure{Loss: 2.31, Accuracy: 0.098, N: 1000}},
		&run.Progress{Step: 7, Loss: 2.25, MsPerStep: 98.76, Seconds: 1, SecondsLeft: 149.6},
		&run.Progress{Step: 200, Loss: 0.8, MsPerStep: 100, Seconds: 20, SecondsLeft: 130},
		&run.Progress{Step: 201, Loss: 0.8, MsPerStep: 100, Seconds: 20.1, SecondsLeft: 129},
		&run.State{Phase: run.Evaluating, Step: 1500, Done: 3000, Total: 10000, Unit: "images"},
		&run.Metric{Step: 1500, Seconds: 22, Final: true, Train: run.Measure{Loss: 0.12345, Accuracy: 0.9601, N: 1000},
			Test: run.Measure{Loss: 0.2, Accuracy: 0.95, N: 10000}, Validation: &run.Measure{Loss: 0.19, Accuracy: 0.951, N: 500}},
		&run.End{Status: run.Done, Steps: 1500, MsPerStep: 100.4, Seconds: 3723, Backend: "go"},
	}
}

func TestPlainLines(t *testing.T) {
	var b bytes.Buffer
	p := New(&b)
	for _, e := range sample() {
		p.Show(e)
	}
	want := `RNN · 128 units on mnist: 21,386 parameters, 60,000 images to train on, 10,000 to test on
resumed with xla:cuda, NVIDIA H100, tf32 from step 1 on; before: wasm, EPYC
step 0 of 1,500  test accuracy 9.8 %
step 200 of 1,500  loss 0.800  test accuracy 9.8 %  100 ms/step  2:10 left
step 1,500 of 1,500  loss 0.123  test accuracy 95.0 %  100 ms/step  0:00 left
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestLiveLineIsClearedAtTheEnd(t *testing.T) {
	var b bytes.Buffer
	p := New(&b)
	p.live = true
	for _, e := range sample() {
		p.Show(e)
	}
	if n := strings.Count(b.String(), "\n"); n != 2 {
		t.Errorf("%d lines stay, want only the first two: %q", n, b.String())
	}
	// What a terminal shows: each return starts over on the same line.
	lines := strings.Split(b.String(), "\r")
	if last := lines[len(lines)-2]; strings.TrimSpace(last) != "" || len(last) < len("step 1,500 of 1,500") {
		t.Errorf("the line is left as %q, want blanks over all of it", last)
	}
	for _, want := range []string{"compiling", "step 7 of 1,500  loss 2.25", "98.8 ms/step  2:30 left", "evaluating, image 3,000 of 10,000"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is never shown in %q", want, b.String())
		}
	}
}

func TestSummary(t *testing.T) {
	p := New(&bytes.Buffer{})
	for _, e := range sample() {
		p.Show(e)
	}
	var b bytes.Buffer
	if err := p.Summary(&b); err != nil {
		t.Fatal(err)
	}
	want := `   after step 1,500    loss   accuracy   images
              train   0.123     96.0 %    1,000
         validation   0.190     95.1 %      500
               test   0.200     95.0 %   10,000
done: 1,500 steps in 1:02:03, 100 ms/step, backend go
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
