//go:build amd64 && linux

package native

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"unpool/wasm/ir"
	"unpool/wasm/kerneltest"
)

// processorTime is how long this thread has had a processor: other programs' time does not count.
func processorTime() time.Duration {
	var now unix.Timespec
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now)
	return time.Duration(now.Nano())
}

// benchmark runs a kernel in one thread and reports the speed of its fastest run beside the processor's peak, measured in turn with it.
func benchmark(b *testing.B, k ir.Kernel, flops int64, sizes ...int) {
	p := NewProgram()
	defer p.Close()
	number, scratch, ok := p.Kernel(k, false)
	if !ok {
		b.Fatal("there is no native code for it")
	}
	if err := p.Load(); err != nil {
		b.Fatal(err)
	}
	peak, free, err := Peak()
	if err != nil {
		b.Fatal(err)
	}
	defer free()
	m := newBench()
	args := []uint64{uint64(number), 0, uint64(p.kernels[number].reach().parts)}
	for _, n := range sizes {
		args = append(args, uint64(m.alloc(4*n)))
	}
	for len(args) < 7 {
		args = append(args, 0)
	}
	args = append(args, uint64(m.alloc(scratch)))
	const turns = 20_000
	kernelTime, peakTime := time.Hour, time.Hour
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for b.Loop() {
		start := processorTime()
		if err := p.Call(m.memory, args); err != nil {
			b.Fatal(err)
		}
		middle := processorTime()
		peak(turns)
		kernelTime = min(kernelTime, middle-start)
		peakTime = min(peakTime, processorTime()-middle)
	}
	speed := float64(flops) / kernelTime.Seconds() / 1e9
	limit := float64(turns) * PeakFlops / peakTime.Seconds() / 1e9
	b.ReportMetric(speed, "GFLOP/s")
	b.ReportMetric(limit, "peak")
	b.ReportMetric(100*speed/limit, "%peak")
}

func BenchmarkMatMul(b *testing.B) {
	for _, g := range kerneltest.LargeMatMuls() {
		b.Run(g.String(), func(b *testing.B) {
			benchmark(b, &ir.MatMul{MatMulShape: g}, g.Flops(), g.M*g.K, g.K*g.N, g.M*g.N, g.N)
		})
	}
}

func BenchmarkConv(b *testing.B) {
	for _, c := range kerneltest.LargeConvs() {
		b.Run(c.String(), func(b *testing.B) {
			benchmark(b, &ir.Conv{ConvShape: c}, c.Flops(), c.Images*c.H*c.W*c.In, c.WindowH*c.WindowW*c.In*c.Out, c.Images*c.OutH*c.OutW*c.Out, c.Out)
		})
	}
}

func BenchmarkConvFilter(b *testing.B) {
	for _, c := range kerneltest.LargeConvs()[:3] {
		c := kerneltest.FilterOf(c)
		b.Run(c.String(), func(b *testing.B) {
			benchmark(b, &ir.ConvFilter{ConvFilterShape: c}, c.Flops(), c.Images*c.H*c.W*c.In, c.Images*c.OutH*c.OutW*c.Out, c.WindowH*c.WindowW*c.In*c.Out)
		})
	}
}
