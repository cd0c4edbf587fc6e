package look

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/models/net"
)

// What a reading says is what the net does: the unit's gates come to its states, the last answer is the net's, and the gradients are
// those of the saliency.
func TestReading(t *testing.T) {
	b, black := backends(t)["exact"], &data.Dataset{Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1, Classes: make([]string, 10)}
	open := func(text string) *Net {
		n, err := Untrained(b, withNet(text), black)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(n.Close)
		return n
	}
	for _, kind := range []string{"rnn", "lstm", "gru"} {
		n := open(kind + " 6")
		image := make([]byte, n.size())
		for i := range image {
			image[i] = byte(i * 7)
		}
		r, err := n.Reading(t.Context(), image, kind, 4, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Cells) != 28 || len(r.Answers) != 28 || len(r.Gradients) != 28 || len(r.Directions) != 1 || len(r.Directions[0].Traces[0].Values) != 28*6 {
			t.Fatalf("%s: %+v", kind, r)
		}
		modelled := modelled(t, n, image, kind, 4)
		for row, cell := range r.Cells {
			if got, want := stateOf(kind, &cell), float64(modelled[row]); math.Abs(got-want) > 1e-5 || math.Abs(float64(cell.State)-want) > 1e-5 || cell.Step != row {
				t.Errorf("%s: the gates of row %d come to %g, the cell's state is %g, the model's %g", kind, row, got, cell.State, want)
			}
		}
		_, probabilities, err := n.Maps(image)
		if err != nil {
			t.Fatal(err)
		}
		best := 0
		for class, p := range r.Answers[27] {
			if want := float64(probabilities[0][class]); math.Abs(float64(p)-want) > 1e-5 {
				t.Errorf("%s: class %d has %g, the net says %g", kind, class, p, want)
			}
			if p > r.Answers[27][best] {
				best = class
			}
		}
		if r.Gradients[27] <= 0 {
			t.Errorf("%s: the last row has the gradient %g", kind, r.Gradients[27])
		}
		saliency, err := n.Project(Saliency, image, []Unit{{Layer: "logits", Map: best}})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, g := range saliency[0][3*28 : 4*28] {
			sum += float64(g) * float64(g)
		}
		if math.Abs(math.Sqrt(sum)-float64(r.Gradients[3])) > 1e-6 {
			t.Errorf("%s: row 3 has the gradient %g, not %g", kind, r.Gradients[3], math.Sqrt(sum))
		}
	}
	n := open("rnn 9")
	for says, c := range map[string]struct {
		layer string
		unit  int
		image []byte
	}{"no unit 9": {"rnn", 9, make([]byte, 784)}, "no unit -1": {"", -1, make([]byte, 784)}, "not recurrent": {"logits", 0, make([]byte, 784)}, "5 bytes": {"rnn", 0, make([]byte, 5)}} {
		if _, err := n.Reading(t.Context(), c.image, c.layer, c.unit, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	if _, err := open("dense 9").Reading(t.Context(), make([]byte, 784), "", 0, nil); !errors.Is(err, ErrNoCell) {
		t.Error(err)
	}
}

// stateOf is the state that a cell's gates come to.
func stateOf(kind string, c *Cell) float64 {
	gate := map[string]float64{}
	for _, g := range c.Gates {
		gate[g.Name] = float64(g.Value)
	}
	switch kind {
	case "lstm":
		return gate["output"] * math.Tanh(gate["forget"]*float64(c.MemoryBefore)+gate["input"]*gate["candidate"])
	case "gru":
		return gate["update"]*float64(c.Before) + (1-gate["update"])*gate["candidate"]
	}
	return gate["state"]
}

// modelled are the states of a unit as the model's graph has them.
func modelled(t *testing.T, n *Net, image []byte, layer string, unit int) []float32 {
	t.Helper()
	d := &data.Dataset{Classes: make([]string, 10), Test: data.Split{Images: image, Labels: []byte{0}}}
	all, err := n.Across(t.Context(), d, layer, unit, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return all.States
}

// Layers that are stacked, that read both ways, columns or maps: each unit's states are those of the model, and the answers are the model's for an
// image that ends there.
func TestReadingOfStacks(t *testing.T) {
	b := backends(t)["fast"]
	for text, layers := range map[string][]string{
		"lstm 5 sequence, gru 4": {"lstm", "gru2"},
		"gru 4 both sequence, dropout 0.5, gru 3 both, dense 6, tanh": {"gru", "gru2"},
		"rnn 5 columns both": {"rnn"},
		"conv 3x3x2, relu, pool 2, lstm 4 sequence, rnn 3": {"lstm", "rnn2"},
		"lstm 4 sequence": {"lstm"}, // whose states the logits read all
	} {
		n, d := smallOn(t, b, text, 1)
		image := d.Test.Images
		_, probabilities, err := n.Maps(image)
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range layers {
			p, c, err := n.cell(layer)
			if err != nil {
				t.Fatal(err)
			}
			features := p.Out[len(p.Out)-1]
			for unit := range features {
				r, err := n.Reading(t.Context(), image, layer, unit, nil)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				direction := r.Directions[unit/c.Units]
				if direction.Backward != (unit >= c.Units) || len(r.Gradients) != r.Steps || r.Columns != c.Columns || len(r.Cells) != r.Steps {
					t.Fatalf("%s: %+v", text, r)
				}
				for step, want := range modelled(t, n, image, layer, unit) {
					if got := direction.Traces[0].Values[step*c.Units+unit%c.Units]; math.Abs(float64(got-want)) > 1e-4 || r.Cells[step].State != got || r.Cells[step].Step != step {
						t.Errorf("%s: unit %d of %s is %g after step %d, the model says %g", text, unit, layer, got, step, want)
					}
				}
				if text == "lstm 4 sequence" {
					if r.Answers != nil || r.Decided() != -1 {
						t.Errorf("the net answers after each step: %v", r.Answers)
					}
					continue
				}
				for class, want := range probabilities[0] {
					if got := r.Answers[r.Steps-1][class]; math.Abs(float64(got-want)) > 1e-4 {
						t.Errorf("%s: class %d has %g, the net says %g", text, class, got, want)
					}
				}
			}
		}
	}

	// A net for images of 9 rows has the same weights, and says what this one would answer after 9 rows.
	n, d := smallOn(t, b, "gru 3 both sequence, lstm 4 both", 1)
	r, err := n.Reading(t.Context(), d.Test.Images, "lstm2", 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	task := n.Plan.Task
	task.Height = 9
	parsed, err := net.Parse(n.Recipe.Net)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := parsed.Plan(task)
	if err != nil {
		t.Fatal(err)
	}
	short := *n
	short.Plan = plan
	short.program = &program{backend: n.backend, store: n.store, initial: n.initial, normalizer: n.normalizer, execs: map[string]*model.Exec{}, nets: 2}
	_, want, err := short.Maps(d.Test.Images[:9*28])
	if err != nil {
		t.Fatal(err)
	}
	for class, p := range want[0] {
		if got := r.Answers[8][class]; math.Abs(float64(got-p)) > 1e-4 {
			t.Errorf("after 9 rows class %d has %g, want %g", class, got, p)
		}
	}
}

// One unit, of which everything is known: it begins below zero and rises above with the third row, and the answer changes there.
func TestReadingInClosedForm(t *testing.T) {
	const recurrent, bias, out = 0.5, -0.25, 2.0
	b := backends(t)["exact"]
	first, d := smallOn(t, b, "rnn 1", 1)
	c, set := weightsOf(t, first.Recipe)
	weights := make([]float32, 28)
	weights[5] = 1
	set("/rnn/weights", weights...)
	set("/rnn/recurrent", recurrent)
	set("/rnn/bias", bias)
	set("/logits/weights", out, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	set("/logits/bias", 0)
	n, err := first.With(c)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	image := d.Test.Images
	var states []float64
	h := 0.0
	for row := range 28 {
		image[row*28+5] = 0
		if row >= 2 {
			image[row*28+5] = 204 // 0.8
		}
		h = math.Tanh(float64(image[row*28+5])/255 + recurrent*h + bias)
		states = append(states, h)
	}
	r, err := n.Reading(t.Context(), image, "", 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Decided(); got != 2 {
		t.Errorf("the answer is decided at row %d", got)
	}
	gradient := out
	for row := 27; row >= 0; row-- {
		near := func(what string, got float32, want float64) {
			if math.Abs(float64(got)-want) > 1e-5*math.Abs(want) {
				t.Errorf("row %d: %s is %g, want %g", row, what, got, want)
			}
		}
		near("the state", r.Directions[0].Traces[0].Values[row], states[row])
		near("the probability", r.Answers[row][0], math.Exp(out*states[row])/(math.Exp(out*states[row])+9))
		gradient *= 1 - states[row]*states[row]
		near("the gradient", r.Gradients[row], gradient)
		gradient *= recurrent
	}
}

// Gates that read nothing are constants, which makes of an LSTM's memory a geometric sequence, of a GRU's state one minus another, and of the
// gradient through the memory the powers of the forget gate.
func TestGatesInClosedForm(t *testing.T) {
	b := backends(t)["exact"]
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	near := func(what string, got float32, want float64) {
		t.Helper()
		if math.Abs(float64(got)-want) > 2e-5*math.Abs(want) {
			t.Errorf("%s is %g, want %g", what, got, want)
		}
	}
	read := func(text string, bias []float32, weights ...float32) *Reading {
		first, d := smallOn(t, b, text, 1)
		c, set := weightsOf(t, first.Recipe)
		layer := strings.Fields(text)[0]
		set("/"+layer+"/weights", weights...)
		set("/"+layer+"/recurrent", 0)
		set("/"+layer+"/bias", bias...)
		set("/logits/weights", 3, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		set("/logits/bias", 0)
		n, err := first.With(c)
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		clear(d.Test.Images)
		r, err := n.Reading(t.Context(), d.Test.Images, "", 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	trace := func(r *Reading, name string, row int) float32 {
		at := slices.IndexFunc(r.Directions[0].Traces, func(t Trace) bool { return t.Name == name })
		return r.Directions[0].Traces[at].Values[row]
	}

	const w = 0.125 // what each of a row's 28 pixels adds to the candidate
	lstm := read("lstm 1", []float32{net.LSTMInput: -1, net.LSTMForget: 2, net.LSTMCandidate: 0.5, net.LSTMOutput: 1}, 0, 0, w, 0)
	input, forget, candidate, output := sigmoid(-1), sigmoid(2), math.Tanh(0.5), sigmoid(1)
	last := input * candidate * (1 - math.Pow(forget, 28)) / (1 - forget)
	for row := range 28 {
		memory := input * candidate * (1 - math.Pow(forget, float64(row+1))) / (1 - forget)
		near("the input gate", trace(lstm, "input", row), input)
		near("the forget gate", trace(lstm, "forget", row), forget)
		near("the candidate", trace(lstm, "candidate", row), candidate)
		near("the output gate", trace(lstm, "output", row), output)
		near("the memory", trace(lstm, "memory", row), memory)
		near("the state", trace(lstm, "state", row), output*math.Tanh(memory))
		near("the gradient", lstm.Gradients[row], math.Sqrt(28)*w*3*output*(1-math.Tanh(last)*math.Tanh(last))*math.Pow(forget, float64(27-row))*input*(1-candidate*candidate))
	}
	gru := read("gru 1", []float32{net.GRUUpdate: 1, net.GRUReset: -1, net.GRUCandidate: 0.5}, 0, 0, w)
	update := sigmoid(1)
	for row := range 28 {
		near("the update gate", trace(gru, "update", row), update)
		near("the reset gate", trace(gru, "reset", row), sigmoid(-1))
		near("the state", trace(gru, "state", row), candidate*(1-math.Pow(update, float64(row+1))))
		near("the gradient", gru.Gradients[row], math.Sqrt(28)*w*3*math.Pow(update, float64(27-row))*(1-update)*(1-candidate*candidate))
	}
}

// The units that do the same at other strengths follow each other; one that does nothing is the last.
func TestSimilar(t *testing.T) {
	rows := [][]float32{
		// unit 0 rises, 1 swings, 2 does nothing, 3 rises faster, 4 swings against 1, 5 swings a little off 1
		{0, 1, 5, 0, -1, 1},
		{1, -1, 5, 3, 1, -0.9},
		{2, 1, 5, 6, -1, 1},
		{3, -1, 5, 9, 1, -1},
	}
	if got := Similar(slices.Concat(rows...), 6); !slices.Equal(got, []int{0, 3, 4, 2, 1, 5}) {
		t.Errorf("the order is %v", got)
	}
	if got := Similar([]float32{1, 1, 1, 1}, 2); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("of units that do nothing the order is %v", got)
	}
}

// The first images of each class, and what a unit does on them.
func TestAcross(t *testing.T) {
	n, d := small(t, "gru 4 both sequence, rnn 3", 20)
	d.Test.Labels = []byte{2, 0, 1, 0, 2, 0, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}
	a, err := n.Across(t.Context(), d, "gru", 6, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Images, []int{1, 3, 2, 0, 4, 7, 8}) || !slices.Equal(a.Classes, []int{0, 0, 1, 2, 2, 4, 4}) || a.Steps != 28 {
		t.Fatalf("%+v", a)
	}
	means := make([]float64, 28*10)
	for i, image := range a.Images {
		r, err := n.Reading(t.Context(), n.pick(d.Test, []int32{int32(image)}), "gru", 6, nil)
		if err != nil {
			t.Fatal(err)
		}
		for step := range 28 {
			want := r.Directions[1].Traces[0].Values[4*step+2]
			if got := a.States[7*step+i]; math.Abs(float64(got-want)) > 1e-4 {
				t.Errorf("image %d, step %d: %g, want %g", image, step, got, want)
			}
			means[10*step+a.Classes[i]] += float64(want) / []float64{2, 1, 2, 0, 2}[a.Classes[i]]
		}
	}
	for i, want := range means {
		if math.Abs(float64(a.Means[i])-want) > 1e-4 {
			t.Errorf("step %d, class %d: the mean is %g, want %g", i/10, i%10, a.Means[i], want)
		}
	}
	if _, err := n.Across(t.Context(), d, "rnn2", 3, 1, nil); err == nil || !strings.Contains(err.Error(), "no unit 3, but 3") {
		t.Error(err)
	}
	if _, err := n.Across(t.Context(), d, "rnn2", 1, 0, nil); err == nil || !strings.Contains(err.Error(), "are none") {
		t.Error(err)
	}
}
