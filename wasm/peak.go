package wasm

import (
	"slices"
	"sync"
	"time"

	"github.com/pkg/errors"

	"unpool/wasm/emit"
	"unpool/wasm/host"
	"unpool/wasm/module"
)

// Peak measures what one thread of the engine can multiply and add at most, in floating-point operations a second: the
// best of several runs of a loop in registers alone.
func (b *Backend) Peak() (flops float64, err error) {
	runs, err := b.peaks(1, func(f *host.Func, turns, target uint32) error { return f.Call(0, 1, turns, target) })
	if err != nil {
		return 0, err
	}
	return slices.Max(runs), nil
}

// Throughput measures what all threads of the engine multiply and add at once in that loop, beside whatever else the machine
// does: what the best quarter of the runs reaches, so that a hiccup does not count. It takes a tenth of a second.
func (b *Backend) Throughput() (flops float64, err error) {
	threads := max(b.engine.Tier().Threads, 1)
	runs, err := b.peaks(threads, func(f *host.Func, turns, target uint32) error { return f.Run(turns, target) })
	if err != nil {
		return 0, err
	}
	slices.Sort(runs)
	return runs[len(runs)*3/4], nil
}

// peaks runs the loop several times, in so many threads as call does, and returns the speed of each run.
func (b *Backend) peaks(threads int, call func(f *host.Func, turns, target uint32) error) (flops []float64, err error) {
	if b.native {
		return nativePeaks(threads)
	}
	m := module.New()
	b.engine.Declare(m)
	emit.NewKernels(m, b.target, emit.Imports{}).Peak().Export("peak")
	p, err := b.engine.Load(m.Encode())
	if err != nil {
		return nil, errors.WithMessage(err, "wasm: the peak loop")
	}
	defer p.Close()
	f, err := p.Func("peak")
	if err != nil {
		return nil, err
	}
	target, err := b.engine.Device().Alloc(1024)
	if err != nil {
		return nil, err
	}
	defer b.engine.Device().Free(target)
	for range peakRuns {
		start := time.Now()
		if err := call(f, peakTurns, target); err != nil {
			return nil, err
		}
		flops = append(flops, float64(threads)*peakTurns*emit.PeakFlops/time.Since(start).Seconds())
	}
	return flops, nil
}

const peakTurns, peakRuns = 50_000, 12

// nativePeaks does the same with native code.
func nativePeaks(threads int) (flops []float64, err error) {
	run, turn, free, err := nativePeak()
	if err != nil {
		return nil, err
	}
	defer free()
	for range peakRuns {
		var all sync.WaitGroup
		start := time.Now()
		for range threads - 1 {
			all.Go(func() { run(peakTurns) })
		}
		run(peakTurns)
		all.Wait()
		flops = append(flops, float64(threads)*float64(peakTurns*turn)/time.Since(start).Seconds())
	}
	return flops, nil
}
