package wasm_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"unpool/wasm/host"
)

// Batch normalisation adds a channel's numbers one after the other in f32, so its mean and variance lose digits with the batch. The
// bounds are what README.md says of it.
func TestPrecisionOfBatchNorm(t *testing.T) {
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	for _, c := range []struct {
		batch          int
		mean, variance float64 // relative errors
	}{{32, 1e-5, 1e-4}, {128, 1e-5, 2e-4}, {256, 1e-5, 5e-4}, {1024, 5e-5, 2e-3}} {
		t.Run(fmt.Sprint(c.batch), func(t *testing.T) {
			const side, channels = 28, 4
			shape := shapes.Make(dtypes.Float32, c.batch, side, side, channels)
			x := make([]float32, shape.Size())
			r := rand.New(rand.NewPCG(1, 1))
			sums, squares := make([]float64, channels), make([]float64, channels)
			for i := range x {
				x[i] = float32(max(0, r.NormFloat64()+1)) // as after a convolution and relu
				sums[i%channels] += float64(x[i])
			}
			n := float64(len(x) / channels)
			for i, v := range x {
				d := float64(v) - sums[i%channels]/n
				squares[i%channels] += d * d
			}
			mean, variance := moments(t, b, x, shape)
			for k := range channels {
				dm := math.Abs(float64(mean[k])/(sums[k]/n) - 1)
				dv := math.Abs(float64(variance[k])/(squares[k]/n) - 1)
				t.Logf("channel %d: the mean is off by %.1e, the variance by %.1e of their values", k, dm, dv)
				if dm > c.mean || dv > c.variance {
					t.Errorf("channel %d: the mean is off by %.1e and the variance by %.1e, want at most %.0e and %.0e", k, dm, dv, c.mean, c.variance)
				}
			}
		})
	}
}

// moments are the mean and the variance of each channel, as training has them.
func moments(t *testing.T, b compute.Backend, x []float32, shape shapes.Shape) (mean, variance []float32) {
	t.Helper()
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	builder := b.Builder("moments")
	main := builder.Main()
	p, err := main.Parameter("x", shape, nil)
	try(err)
	channels := shape.Dimensions[3]
	one := make([]float32, channels)
	for i := range one {
		one[i] = 1
	}
	scale, err := main.Constant(one, channels)
	try(err)
	_, m, v, err := main.BatchNormForTraining(p, scale, scale, 1e-3, 3)
	try(err)
	try(main.Return([]compute.Value{m, v}, nil))
	e, err := builder.Compile()
	try(err)
	defer e.Finalize()
	in, err := b.BufferFromFlatData(0, x, shape)
	try(err)
	defer in.Finalize()
	out, err := e.Execute([]compute.Buffer{in}, nil, 0)
	try(err)
	mean, variance = make([]float32, channels), make([]float32, channels)
	try(out[0].ToFlatData(mean))
	try(out[1].ToFlatData(variance))
	return mean, variance
}
