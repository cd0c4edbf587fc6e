package emit

import (
	"fmt"

	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// scratch is the most memory that a thread needs for any of the kernels.
func (k *Kernels) scratch(kernels []ir.Kernel) (most int) {
	if k.t.Native != nil {
		most = NestScratch
	}
	for _, kernel := range kernels {
		_, need, native := k.native(kernel)
		switch kernel := kernel.(type) {
		case *ir.MatMul:
			if !native {
				need = k.MatMulScratch(kernel.MatMulShape)
			}
		case *ir.Conv:
			if !native {
				need = k.ConvScratch(kernel.ConvShape)
			}
		case *ir.ConvFilter:
			if !native {
				need = k.ConvFilterScratch(kernel.ConvFilterShape)
			}
		case *ir.If:
			need = max(k.scratch(kernel.Then), k.scratch(kernel.Else))
		case *ir.While:
			need = max(k.scratch(kernel.Test), k.scratch(kernel.Body))
		}
		most = max(most, need)
	}
	return most
}

// kernel returns the function of a kernel that is not a loop nest.
func (k *Kernels) kernel(kernel ir.Kernel) *module.Func {
	if number, _, ok := k.native(kernel); ok {
		return k.callNative(number, kernel)
	}
	switch kernel := kernel.(type) {
	case *ir.MatMul:
		return k.MatMul(kernel.MatMulShape)
	case *ir.Conv:
		return k.Conv(kernel.ConvShape)
	case *ir.ConvFilter:
		return k.ConvFilter(kernel.ConvFilterShape)
	case *ir.MaxPool:
		return k.MaxPool(kernel.MaxPoolShape)
	case *ir.MaxPoolGradient:
		return k.MaxPoolGradient(kernel.MaxPoolShape)
	}
	panic(fmt.Sprintf("emit: no code for kernel %T", kernel))
}

// callKernel calls the function of a kernel that is not a loop nest.
func (d *driver) callKernel(f *module.Func, kernel ir.Kernel) {
	d.Get(d.Param(0))
	d.Get(d.Param(1))
	switch k := kernel.(type) {
	case *ir.MatMul:
		d.element(k.A, k.AAt)
		d.element(k.B, k.BAt)
		d.address(k.C)
		d.optional(k.Bias)
		d.ownScratch()
	case *ir.Conv:
		d.address(k.X)
		d.address(k.Kernel)
		d.address(k.Y)
		d.optional(k.Bias)
		d.ownScratch()
	case *ir.ConvFilter:
		d.address(k.X)
		d.address(k.DY)
		d.address(k.DKernel)
		d.ownScratch()
	case *ir.MaxPool:
		d.address(k.X)
		d.address(k.Y)
	case *ir.MaxPoolGradient:
		d.address(k.X)
		d.address(k.DY)
		d.address(k.DX)
	}
	d.Call(f)
}

// element puts the address of an element of an f32 buffer on the stack.
func (d *driver) element(b *ir.Buffer, at int) {
	d.address(b)
	d.I32Const(int32(4 * at))
	d.Op(module.I32Add)
}

func (d *driver) optional(b *ir.Buffer) {
	if b == nil {
		d.I32Const(0)
		return
	}
	d.address(b)
}

// ownScratch puts the address of the thread's scratch memory on the stack.
func (d *driver) ownScratch() {
	d.Get(d.Param(2))
	d.Mem(module.I32Load, 0)
	d.I32Const(int32(align(d.program.Arena)))
	d.Op(module.I32Add)
	mul(d.Func, d.Param(0), d.scratch)
	d.Op(module.I32Add)
}
