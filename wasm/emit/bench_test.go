package emit

import (
	"testing"
	"time"

	"unpool/wasm/kerneltest"
	"unpool/wasm/module"
)

// benchmark runs a kernel under wazero and reports its speed beside the engine's peak, measured in turn with it since
// a machine's speed drifts.
func benchmark(b *testing.B, flops int64, scratch func(k *Kernels) int, build func(k *Kernels) *module.Func, sizes ...int) {
	w, p := newWorkbench(b, 1, false), newWorkbench(b, 1, false)
	args := make([]uint32, 0, len(sizes)+1)
	for _, n := range sizes {
		args = append(args, w.alloc(4*n))
	}
	if scratch != nil {
		args = append(args, w.alloc(scratch(w.k)))
	}
	kernel, peak, target := build(w.k), p.k.Peak(), p.alloc(1024)
	const turns = 200_000 // some milliseconds: a shorter loop after a long kernel looks slower than it is
	var kernelTime, peakTime time.Duration
	for b.Loop() {
		start := time.Now()
		w.run(kernel, 0, args...)
		middle := time.Now()
		p.run(peak, 0, turns, target)
		kernelTime += middle.Sub(start)
		peakTime += time.Since(middle)
	}
	speed := float64(flops) * float64(b.N) / kernelTime.Seconds() / 1e9
	limit := float64(turns) * PeakFlops * float64(b.N) / peakTime.Seconds() / 1e9
	b.ReportMetric(speed, "GFLOP/s")
	b.ReportMetric(100*speed/limit, "%peak")
}

func BenchmarkMatMul(b *testing.B) {
	for _, g := range kerneltest.LargeMatMuls() {
		b.Run(g.String(), func(b *testing.B) {
			benchmark(b, g.Flops(), func(k *Kernels) int { return k.MatMulScratch(g) }, func(k *Kernels) *module.Func { return k.MatMul(g) },
				g.M*g.K, g.K*g.N, g.M*g.N, g.N)
		})
	}
}

func BenchmarkConv(b *testing.B) {
	for _, c := range kerneltest.LargeConvs() {
		b.Run(c.String(), func(b *testing.B) {
			benchmark(b, c.Flops(), func(k *Kernels) int { return k.ConvScratch(c) }, func(k *Kernels) *module.Func { return k.Conv(c) },
				c.Images*c.H*c.W*c.In, c.WindowH*c.WindowW*c.In*c.Out, c.Images*c.OutH*c.OutW*c.Out, c.Out)
		})
	}
	for _, c := range kerneltest.LargeConvs()[:3] {
		c := kerneltest.FilterOf(c)
		b.Run(c.String(), func(b *testing.B) {
			benchmark(b, c.Flops(), func(k *Kernels) int { return k.ConvFilterScratch(c) }, func(k *Kernels) *module.Func { return k.ConvFilter(c) },
				c.Images*c.H*c.W*c.In, c.Images*c.OutH*c.OutW*c.Out, c.WindowH*c.WindowW*c.In*c.Out)
		})
	}
}
