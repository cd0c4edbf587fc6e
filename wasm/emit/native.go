package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// Native makes machine code for kernels. The module calls it in place of its own code, and does everything else:
// barriers, the order of kernels, and which thread does what.
type Native interface {
	// Kernel returns the number by which the module calls a kernel's code, and the scratch memory that each thread needs for it,
	// a multiple of 64 bytes. ok is false for a kernel that the module must compute itself.
	//
	// A call computes a part, of things from one up to another: images of a convolution, groups of PartColumns output channels of its
	// gradient with respect to the kernel, and of a product groups of PartColumns columns if they are divided, else tiles of its rows.
	Kernel(k ir.Kernel, columns bool) (number, scratch int, ok bool)

	// Nest returns the number by which the module calls a loop nest's code; ok is false for a nest that the module must compute itself.
	// A call computes iterations of the outermost loop from one up to another. It has NestScratch bytes of scratch memory, at whose
	// beginning the module puts the address of each buffer, an i32.
	Nest(p *Plan, buffers []*ir.Buffer) (number int, ok bool)
}

// NestScratch is how much scratch memory the native code of a nest has, in bytes.
const NestScratch = 8192

// PartColumns is how many columns make a group. The last may have fewer.
const PartColumns = panelWidth

// divided is how many things there are of a native kernel that threads divide; of a product, these may be groups of columns.
func (k *Kernels) divided(kernel ir.Kernel) (n int, columns bool) {
	switch kernel := kernel.(type) {
	case *ir.MatMul:
		if k.byColumns(kernel.MatMulShape) {
			return panel(kernel.N).count(), true
		}
		return tile(kernel.M, k.tileRows()).Count, false
	case *ir.Conv:
		return kernel.Images, false
	case *ir.ConvFilter:
		return panel(kernel.Out).count(), true
	}
	return 0, false
}

// native returns the number of a kernel's native code and the scratch memory that it needs, if there is such code.
func (k *Kernels) native(kernel ir.Kernel) (number, scratch int, ok bool) {
	if k.t.Native == nil {
		return 0, 0, false
	}
	_, columns := k.divided(kernel)
	return k.t.Native.Kernel(kernel, columns)
}

// callNative returns a function that runs native code. Its parameters are those of the kernel's own function.
func (k *Kernels) callNative(number int, kernel ir.Kernel) *module.Func {
	type native struct{ number int }
	bias := 1
	if _, ok := kernel.(*ir.ConvFilter); ok {
		bias = 0
	}
	return k.shared(native{number}, name("native %d", number), 6+bias, func(f *module.Func) {
		n, _ := k.divided(kernel)
		from, to := k.part(f, f.Param(0), n)
		f.I32Const(int32(number))
		f.Get(from)
		f.Get(to)
		for i := range 3 + bias {
			f.Get(f.Param(2 + i))
		}
		if bias == 0 {
			f.I32Const(0)
		}
		f.Get(f.Param(5 + bias))
		f.Call(k.Native)
	})
}

// callNativeNest appends the code of a function (thread, threads, address of each buffer…, scratch) that runs a nest's native code.
func (k *Kernels) callNativeNest(f *module.Func, p *Plan, buffers int, split bool, number int) {
	scratch := f.Param(2 + buffers)
	for i := range buffers {
		f.Get(scratch)
		f.Get(f.Param(2 + i))
		f.Mem(module.I32Store, uint32(4*i))
	}
	g := &generator{Func: f, Plan: p, split: split, kernels: k}
	from, to := g.bounds(0)
	from()
	first := let(f)
	if split && p.Rows*p.Unit > p.Dims[0] { // a thread without rows may begin behind the last
		minimum(f, first, p.Dims[0])
		f.Set(first)
	}
	f.I32Const(int32(number))
	f.Get(first)
	to()
	for range 4 {
		f.I32Const(0)
	}
	f.Get(scratch)
	f.Call(k.Native)
}
