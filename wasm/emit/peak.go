package emit

import "unpool/wasm/module"

// PeakFlops is how many multiplications and additions one turn of Peak's loop does.
const PeakFlops = 2 * vectorWidth * peakSums * 8

// peakSums is how many sums are under way at once: enough to hide how long an addition takes, and few enough for the registers.
const peakSums = 12

// Peak returns the function (thread, threads, turns, target) that multiplies and adds in registers alone: what no
// kernel can do better. The sums end at target, 16 bytes for each, so that no engine leaves them out.
func (k *Kernels) Peak() *module.Func {
	return k.shared("peak", "peak", 4, func(f *module.Func) {
		turns, target := f.Param(2), f.Param(3)
		sums := f.Locals(module.V128, peakSums)
		x, y := f.Local(module.V128), f.Local(module.V128)
		f.F32x4Const(0.5, 0.25, 0.125, 0.75) // sums stay small: at most twice y
		f.Set(x)
		f.F32x4Const(1, 2, 3, 4)
		f.Set(y)
		f.Loop(func(again module.Label) {
			for range 8 {
				for _, sum := range sums {
					k.multiplyAdd(f, sum, x, y)
					f.Set(sum)
				}
			}
			bump(f, turns, -1)
			f.Get(turns)
			f.BrIf(again)
		})
		for i, sum := range sums {
			storePart(f, target, sum, 16*i, vectorWidth)
		}
	})
}
