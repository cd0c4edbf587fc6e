package wasm_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"

	"unpool/wasm/host"
)

// execute builds the graph of a script on a backend and runs it.
func execute(b compute.Backend, bytes []byte) (outputs []value, results [][]float32, err error) {
	builder := b.Builder("fuzz")
	outputs, err = build(builder.Main(), bytes)
	if err != nil {
		return nil, nil, err
	}
	e, err := builder.Compile()
	if err != nil {
		return nil, nil, err
	}
	defer e.Finalize()
	var in []compute.Buffer
	for i, dims := range inputs {
		shape := shapes.Make(dtypes.Float32, dims...)
		flat := make([]float32, shape.Size())
		for j := range flat {
			flat[j] = float32((j*7+i*3)%11)/4 - 1.25
		}
		buffer, err := b.BufferFromFlatData(0, flat, shape)
		if err != nil {
			return nil, nil, err
		}
		defer buffer.Finalize()
		in = append(in, buffer)
	}
	out, err := e.Execute(in, nil, 0)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range out {
		shape, err := o.Shape()
		if err != nil {
			return nil, nil, err
		}
		flat := make([]float32, shape.Size())
		if err := o.ToFlatData(flat); err != nil {
			return nil, nil, err
		}
		results = append(results, flat)
		o.Finalize()
	}
	return outputs, results, nil
}

// apart names the first element of which two results differ by more than the outputs' rounding, if that is allowed.
func apart(outputs []value, got, want [][]float32, rounding bool) error {
	for i, v := range outputs {
		most := 0.0
		if rounding && !v.exact() {
			most = math.Ldexp(1e-5, v.whole)
		}
		for j := range want[i] {
			g, w := float64(got[i][j]), float64(want[i][j])
			if g != w && !(math.IsNaN(g) && math.IsNaN(w)) && !(math.Abs(g-w) <= most) {
				return fmt.Errorf("output %d, element %d of %v is %v, want %v", i, j, v.dims, g, w)
			}
		}
	}
	return nil
}

// addScripts adds scripts of random graphs.
func addScripts(f *testing.F) {
	state := uint32(1)
	for range 300 {
		seed := make([]byte, 96)
		for i := range seed {
			state = state*1664525 + 1013904223
			seed[i] = byte(state >> 24)
		}
		f.Add(seed)
	}
}

// Random graphs give the same bits on every exact tier, and the numbers that they give on GoMLX's Go backend, where that has
// all of their operations.
func FuzzGraphs(f *testing.F) {
	reference, err := gobackend.New("")
	if err != nil {
		f.Fatal(err)
	}
	first := newBackend(f, host.Tier{SIMD: true, Threads: 1})
	others := map[string]compute.Backend{
		"scalar":       newBackend(f, host.Tier{Threads: 1}),
		"two threads":  newBackend(f, host.Tier{SIMD: true, Threads: 2}),
		"both of them": newBackend(f, host.Tier{Threads: 2}),
	}
	addScripts(f)
	f.Fuzz(func(t *testing.T, bytes []byte) {
		_, want, missing := execute(reference, bytes)
		if missing != nil && !errors.Is(missing, compute.ErrNotImplemented) {
			t.Skip(missing) // not a graph that GoMLX takes
		}
		outputs, got, err := execute(first, bytes)
		if err != nil {
			t.Fatal(err)
		}
		if missing == nil {
			if err := apart(outputs, got, want, true); err != nil {
				t.Errorf("%v as on the Go backend", err)
			}
		}
		for name, b := range others {
			if _, other, err := execute(b, bytes); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if err := apart(outputs, other, got, false); err != nil {
				t.Errorf("%s: %v as with vectors and one thread", name, err)
			}
		}
	})
}
