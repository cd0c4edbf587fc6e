package looktest

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/look"
)

// arithmeticNets have a layer of each kind, at the edges with padding of different sizes before and after.
var arithmeticNets = []string{
	"conv 4x3x5 stride 2, relu, pool 3 stride 2, conv 3x2x20 valid nobias, tanh, dense 18, sigmoid, dense 4 nobias, leaky",
	"conv 3x3x18, batchnorm, gelu, avgpool 2, layernorm, residual(conv 3x3x18, relu, dropout 0.5, conv 1x1x18, dropout 0.5), dropout 0.5, pool 2, mean",
	"rnn 5 sequence both, dropout 0.5, rnn 20 sequence, dense 3",
	"lstm 18 both columns sequence, mean, layernorm",
	"gru 4 sequence both, gru 18 both",
	"lstm 5, dense 3",
	"rnn 4 both columns",
	"residual(residual(relu), tanh), gru 3",
}

// arithmetic checks that the parts of activations come to what the layers give.
func arithmetic(t *testing.T, b compute.Backend) {
	for _, text := range arithmeticNets {
		s := newSubject(t, b, text, nil)
		image := s.images[:size]
		layers, _, err := s.Maps(image)
		if err != nil {
			t.Fatal(err)
		}
		gives := map[string]look.Activations{"": {Dims: []int{side, side, channels}}}
		for _, v := range pixels(image) {
			gives[""] = look.Activations{Dims: gives[""].Dims, Values: append(gives[""].Values, float32(v))}
		}
		for _, l := range layers {
			gives[l.Layer] = l
			for _, u := range corners(l) {
				a, err := s.Arithmetic(image, layers, u)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				want, _ := l.Value(u)
				if a.Value != want || !near(comesTo(a), float64(want)) {
					t.Errorf("%s: %v comes to %g, want %g", text, u, comesTo(a), want)
				}
				parts(t, a, gives, u)
			}
		}
	}
}

// corners are units of a layer in its corners and inside, of the first and the last map.
func corners(l look.Activations) (all []look.Unit) {
	rows, columns := []int{0}, []int{0}
	if len(l.Dims) > 1 {
		rows = []int{0, l.Dims[0] / 2, l.Dims[0] - 1}
	}
	if len(l.Dims) > 2 {
		columns = []int{0, l.Dims[1] / 2, l.Dims[1] - 1}
	}
	for _, row := range rows {
		for _, column := range columns {
			for _, m := range []int{0, l.Dims[len(l.Dims)-1] - 1} {
				all = append(all, look.Unit{Layer: l.Layer, Row: row, Column: column, Map: m})
			}
		}
	}
	return all
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-4*math.Max(math.Abs(want), 0.1) }

// comesTo is the activation that the parts come to.
func comesTo(a *look.Arithmetic) float64 {
	sum := float64(a.Rest) + float64(a.Bias)
	for _, t := range a.Terms {
		sum += float64(t.Sum)
	}
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	gate := func(i int) float64 { return float64(a.Cell.Gates[i].Value) }
	switch a.Then {
	case "relu":
		return math.Max(sum, 0)
	case "tanh":
		return math.Tanh(sum)
	case "sigmoid":
		return sigmoid(sum)
	case "leaky":
		return math.Max(sum, 0.01*sum)
	case "gelu":
		return sum * (1 + math.Erf(sum/math.Sqrt2)) / 2
	case "rnn":
		return gate(0)
	case "lstm":
		if !near(gate(1)*float64(a.Cell.MemoryBefore)+gate(0)*gate(2), float64(a.Cell.Memory)) {
			return math.NaN()
		}
		return gate(3) * math.Tanh(float64(a.Cell.Memory))
	case "gru":
		return gate(0)*float64(a.Cell.Before) + (1-gate(0))*gate(2)
	}
	return sum
}

// parts checks that what an activation is made of fits together, and is what the layer before gives.
func parts(t *testing.T, a *look.Arithmetic, gives map[string]look.Activations, u look.Unit) {
	t.Helper()
	in, ok := gives[a.From]
	if !ok || len(a.Inputs) != len(a.Terms) || len(a.Terms) > 16 || len(a.Terms) < 16 && a.Others > 0 {
		t.Fatalf("%v of %q: %d terms, %d inputs, %d others", u, a.From, len(a.Terms), len(a.Inputs), a.Others)
	}
	if !slices.IsSortedFunc(a.Terms, func(x, y look.Term) int {
		return int(math.Copysign(1, math.Abs(float64(y.Sum))-math.Abs(float64(x.Sum))))
	}) {
		t.Errorf("%v: the terms are not in order: %v", u, a.Terms)
	}
	rows, columns, maps := 1, 1, in.Dims[len(in.Dims)-1]
	if len(in.Dims) > 1 {
		rows = in.Dims[0]
	}
	if len(in.Dims) > 2 {
		columns = in.Dims[1]
	}
	if a.Kernels != nil && a.Kind != "batchnorm" && a.Kind != "layernorm" && a.Others+len(a.Terms) != maps {
		t.Errorf("%v: %d terms and %d others of %d maps", u, len(a.Terms), a.Others, maps)
	}
	for i, term := range a.Terms {
		if len(a.Inputs[i]) != a.Patch.Height*a.Patch.Width {
			t.Fatalf("%v: %d inputs in %+v", u, len(a.Inputs[i]), a.Patch)
		}
		sum := 0.0
		for j, v := range a.Inputs[i] {
			want, row, column := float32(0), a.Patch.Top+j/a.Patch.Width, a.Patch.Left+j%a.Patch.Width
			if row >= 0 && row < rows && column >= 0 && column < columns {
				want = in.Values[(row*columns+column)*maps+term.Map]
			}
			if term.From == "" && math.Abs(float64(v-want)) > 1e-6 {
				t.Errorf("%v: input %d of map %d is %g, want %g", u, j, term.Map, v, want)
			}
			if a.Kernels != nil {
				if !near(float64(v)*float64(a.Kernels[i][j]), float64(a.Products[i][j])) {
					t.Errorf("%v: %g times %g is %g", u, v, a.Kernels[i][j], a.Products[i][j])
				}
				sum += float64(a.Products[i][j])
			}
		}
		if a.Kernels != nil && !near(sum, float64(term.Sum)) {
			t.Errorf("%v: the products add up to %g, want %g", u, sum, term.Sum)
		}
		if a.Won != nil && in.Values[(a.Won[0]*columns+a.Won[1])*maps+u.Map] != a.Value {
			t.Errorf("%v: the largest is not at %v", u, *a.Won)
		}
	}
	if a.Cell == nil {
		return
	}
	for _, g := range a.Cell.Gates {
		f := math.Tanh
		if g.Then == "sigmoid" {
			f = func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
		}
		if !near(f(float64(g.Input+g.State+g.Bias)), float64(g.Value)) {
			t.Errorf("%v: the gate %+v", u, g)
		}
	}
	candidate := a.Cell.Gates[map[string]int{"rnn": 0, "lstm": 2, "gru": 2}[a.Kind]]
	input, state := float64(a.Rest), float64(a.Cell.RestStates)
	for _, term := range a.Terms {
		input += float64(term.Sum)
	}
	for _, term := range a.Cell.States {
		state += float64(term.Sum)
	}
	if !near(input, float64(candidate.Input)) || !near(state, float64(candidate.State)) || candidate.Bias != a.Bias {
		t.Errorf("%v: the candidate is %+v; the terms come to %g and %g", u, candidate, input, state)
	}
}
