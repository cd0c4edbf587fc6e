package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
	"unpool/wasm/tiling"
)

// Native makes code of the processor's own for kernels. The module calls it where its own code would stand, and keeps all else:
// barriers, the order of kernels, and which thread does what.
type Native interface {
	// Kernel returns the number by which the module calls a kernel's code, and the scratch memory that each thread needs for it,
	// a multiple of 64 bytes. Parts are what the threads do. ok is false for a kernel that the module must compute itself.
	Kernel(k ir.Kernel, parts []Part) (number, scratch int, ok bool)
}

// Part is what one thread computes of a kernel: rows of a product or groups of its columns, images of a convolution, groups of
// output channels of its gradient by the kernel. They are those from From up to To.
type Part struct {
	From, To int
	Columns  bool // they are groups of PartColumns columns, or channels, of which the last may have fewer
}

// PartColumns is how many columns make a group.
const PartColumns = panelWidth

// parts divides a kernel among threads, as the functions do that MatMul, Conv and ConvFilter return.
func (k *Kernels) parts(kernel ir.Kernel) (list []Part) {
	for thread := range k.t.Threads {
		var p Part
		switch kernel := kernel.(type) {
		case *ir.MatMul:
			if p.Columns = k.byColumns(kernel.MatMulShape); p.Columns {
				p.From, p.To = tiling.Part(panel(kernel.N).count(), thread, k.t.Threads)
			} else {
				tiles := tile(kernel.M, k.tileRows())
				from, to := tiling.Part(tiles.Count, thread, k.t.Threads)
				p.From, p.To = tiles.First(from), tiles.First(to)
			}
		case *ir.Conv:
			p.From, p.To = tiling.Part(kernel.Images, thread, k.t.Threads)
		case *ir.ConvFilter:
			p.Columns = true
			p.From, p.To = tiling.Part(panel(kernel.Out).count(), thread, k.t.Threads)
		}
		list = append(list, p)
	}
	return list
}

// native returns the number of a kernel's native code and the scratch memory that it needs, if there is such code.
func (k *Kernels) native(kernel ir.Kernel) (number, scratch int, ok bool) {
	if k.t.Native == nil {
		return 0, 0, false
	}
	return k.t.Native.Kernel(kernel, k.parts(kernel))
}

// callNative returns a function that runs native code. Its parameters are those of the kernel's own function.
func (k *Kernels) callNative(number int, kernel ir.Kernel) *module.Func {
	type native struct{ number int }
	bias := 1
	if _, ok := kernel.(*ir.ConvFilter); ok {
		bias = 0
	}
	return k.shared(native{number}, name("native %d", number), 6+bias, func(f *module.Func) {
		f.I32Const(int32(number))
		f.Get(f.Param(0))
		for i := range 3 + bias { // all but the number of threads
			f.Get(f.Param(2 + i))
		}
		if bias == 0 {
			f.I32Const(0)
		}
		f.Get(f.Param(5 + bias))
		f.Call(k.run)
	})
}
