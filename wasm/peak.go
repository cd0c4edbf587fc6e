package wasm

import (
	"time"

	"github.com/pkg/errors"

	"unpool/wasm/emit"
	"unpool/wasm/module"
)

// Peak measures what one thread of the engine can multiply and add at most, in floating-point operations a second: the
// best of several runs of a loop in registers alone.
func (b *Backend) Peak() (flops float64, err error) {
	m := module.New()
	b.engine.Declare(m)
	emit.NewKernels(m, b.target).Peak().Export("peak")
	p, err := b.engine.Load(m.Encode())
	if err != nil {
		return 0, errors.WithMessage(err, "wasm: the peak loop")
	}
	defer p.Close()
	f, err := p.Func("peak")
	if err != nil {
		return 0, err
	}
	target, err := b.engine.Device().Alloc(1024)
	if err != nil {
		return 0, err
	}
	defer b.engine.Device().Free(target)
	const turns, runs = 50_000, 12
	for range runs {
		start := time.Now()
		if err := f.Call(0, 1, turns, target); err != nil {
			return 0, err
		}
		flops = max(flops, turns*emit.PeakFlops/time.Since(start).Seconds())
	}
	return flops, nil
}
