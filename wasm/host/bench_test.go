package host

import (
	"fmt"
	"testing"

	"unpool/wasm/module"
)

func BenchmarkCall(b *testing.B) {
	e := start(b, Options{Tier: everything(1)})
	f := load(b, e, 2, func(f, _ *module.Func) {})
	b.ReportAllocs()
	for b.Loop() {
		if err := f.Call(1, 2); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			e := start(b, Options{Tier: everything(threads)})
			f := load(b, e, 2, func(f, _ *module.Func) {})
			b.ReportAllocs()
			for b.Loop() {
				if err := f.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBarrier(b *testing.B) {
	for _, threads := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			e := start(b, Options{Tier: everything(threads)})
			f := load(b, e, 3, func(f, barrier *module.Func) {
				left := f.Param(2)
				f.Loop(func(again module.Label) {
					meet(f, barrier)
					f.Get(left)
					f.I32Const(1)
					f.Op(module.I32Sub)
					f.Tee(left)
					f.BrIf(again)
				})
			})
			b.ResetTimer()
			if err := f.Run(uint32(b.N)); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// A batch of 128 images of 28 by 28 floats, there and back.
func BenchmarkCopy(b *testing.B) {
	e := start(b, Options{Tier: everything(2)})
	batch := make([]byte, 128*28*28*4)
	p := alloc(b, e, uint64(len(batch)))
	for name, copy := range map[string]func(uint32, []byte) error{"in": e.Device().Write, "out": e.Device().Read} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(batch)))
			b.ReportAllocs()
			for b.Loop() {
				if err := copy(p, batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
