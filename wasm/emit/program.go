// Package emit turns programs of package ir into WebAssembly modules.
package emit

import (
	"fmt"
	"slices"

	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// Program makes a module that exports run(thread, threads, args), which executes a program. args is the address of a
// table of addresses: of the arena, then of all inputs, outputs and constants. declare imports what the engine gives
// the module, the memory first of all.
// After the arena, each thread needs scratch bytes of memory of its own.
func Program(p *ir.Program, t Target, declare func(*module.Module) Imports) (code []byte, scratch int) {
	m := module.New()
	imports := declare(m)
	d := &driver{program: p, target: t, Imports: imports, nests: map[nestKey]nestFunc{}}
	d.library = &library{m: m, funcs: map[any]*module.Func{}}
	d.kernels = NewKernels(m, t, imports)
	d.scratch = d.kernels.scratch(p.Kernels)
	d.Func = m.Func("run", module.Types(module.I32, module.I32, module.I32), nil)
	d.list(p.Kernels)
	d.Export("run")
	return m.Encode(), d.scratch
}

// Imports are the functions that a module gets from its engine; see host.Env.
type Imports struct {
	Barrier *module.Func // (thread, threads, weight)
	Part    *module.Func // (n, thread) is where a thread's part of n things begins, and the part before it ends
	Native  *module.Func // (number, from, to, a, b, c, bias, scratch) runs native code for a part; nil where there is none
}

// driver appends the function run.
type driver struct {
	*module.Func
	program *ir.Program
	target  Target
	library *library
	kernels *Kernels
	Imports
	nests   map[nestKey]nestFunc
	scratch int // bytes for each thread
	pending []access
	work    int // shared among threads since the last barrier, in products
}

// nestKey is all that the code of a nest depends on.
type nestKey struct {
	signature string
	alone     bool // for thread 0 only
}

// nestFunc is the function of a nest. One that calls native code takes the address of scratch memory after those of the buffers.
type nestFunc struct {
	*module.Func
	native bool
}

// access is what a kernel that ran since the last barrier touched.
type access struct {
	footprint
	alone bool // by thread 0 only
}

func (d *driver) list(kernels []ir.Kernel) {
	for _, k := range kernels {
		switch k := k.(type) {
		case *ir.If:
			d.sync()
			d.condition(k.Cond)
			d.If(func() { d.branch(k.Then) }, func() { d.branch(k.Else) })
		case *ir.While:
			d.sync()
			d.Block(func(exit module.Label) {
				d.Loop(func(again module.Label) {
					d.branch(k.Test)
					d.condition(k.Cond)
					d.Op(module.I32Eqz)
					d.BrIf(exit)
					d.branch(k.Body)
					d.Br(again)
				})
			})
		default:
			d.kernel(k)
		}
	}
}

// branch appends kernels between which and what follows there is a barrier.
func (d *driver) branch(kernels []ir.Kernel) {
	d.list(kernels)
	d.sync()
}

// sync appends a barrier unless nothing has run since the last one.
func (d *driver) sync() {
	if len(d.pending) > 0 {
		d.Get(d.Param(0))
		d.Get(d.Param(1))
		d.I32Const(int32(weight(d.work)))
		d.Call(d.Barrier)
		d.pending, d.work = nil, 0
	}
}

// condition leaves the element of a Bool buffer.
func (d *driver) condition(b *ir.Buffer) {
	d.address(b)
	d.Mem(module.I32Load8U, 0)
}

// address puts a buffer's address on the stack.
func (d *driver) address(b *ir.Buffer) {
	b = b.Root()
	args := d.Param(2)
	d.Get(args)
	slot := func(i int) { d.Mem(module.I32Load, uint32(4*(1+i))) }
	switch b.Place {
	case ir.Temp:
		d.Mem(module.I32Load, 0)
		d.I32Const(int32(b.Offset))
		d.Op(module.I32Add)
	case ir.Input:
		slot(b.Slot)
	case ir.Output:
		slot(len(d.program.Inputs) + b.Slot)
	case ir.Const:
		slot(len(d.program.Inputs) + len(d.program.Outputs) + b.Slot)
	}
}

// kernel appends the call of a kernel's function, after a barrier if a thread may touch what another still uses.
func (d *driver) kernel(k ir.Kernel) {
	n, ok := k.(*ir.Nest)
	if !ok && d.target.Native != nil {
		n = poolNest(k)
		ok = n != nil
	}
	if !ok {
		f := d.kernels.kernel(k)
		d.touch(d.kernels.footprints(k), false)
		d.callKernel(f, k)
		d.work += work(k)
		return
	}
	if n.Points() > 0 {
		f, buffers, footprints, alone := d.nest(n)
		d.touch(footprints, alone)
		d.call(f, buffers, alone)
		if !alone {
			d.work += iteration * n.Work()
		}
	}
}

// touch appends a barrier if one is needed before a kernel with these footprints.
func (d *driver) touch(list []footprint, alone bool) {
	for _, a := range d.pending {
		if !(alone && a.alone) && slices.ContainsFunc(list, func(f footprint) bool { return conflict(a.footprint, f) }) {
			d.sync()
			break
		}
	}
	for _, f := range list {
		d.pending = append(d.pending, access{f, alone})
	}
}

func (d *driver) call(f nestFunc, buffers []*ir.Buffer, alone bool) {
	body := func() {
		d.Get(d.Param(0))
		d.Get(d.Param(1))
		for _, b := range buffers {
			d.address(b)
		}
		if f.native {
			d.ownScratch()
		}
		d.Call(f.Func)
	}
	if !alone {
		body()
		return
	}
	d.Get(d.Param(0))
	d.Op(module.I32Eqz)
	d.If(body, nil)
}

// least is the work, in iterations of the innermost loop, that is worth sharing among threads.
const least = 4096

// nest returns the function of a nest, which equal nests share, and what it touches.
func (d *driver) nest(n *ir.Nest) (f nestFunc, buffers []*ir.Buffer, touched []footprint, alone bool) {
	if slices.Contains(n.Reduce, 0) { // nothing to accumulate: the first values are the results
		n = n.Rewrite(func(e *ir.Expr) *ir.Expr {
			if e.Op == ir.Accumulator {
				return n.Accs[e.Acc].Init
			}
			return e
		}, nil)
		n.Accs = nil
		n = n.WithoutReduce()
	}
	buffers = n.Touched()
	p := NewPlan(n, d.target.SIMD)
	alone = n.Serial || len(p.Dims) == 0 || n.Work() < least
	touched = p.footprints(!alone)
	key := nestKey{n.Signature(), alone}
	if f, ok := d.nests[key]; ok {
		return f, buffers, touched, alone
	}
	number, native := 0, false
	if d.target.Native != nil {
		number, native = d.target.Native.Nest(p, buffers)
	}
	types := make([]module.Type, 2+len(buffers), 3+len(buffers))
	if native {
		types = append(types, module.I32)
	}
	for i := range types {
		types[i] = module.I32
	}
	f = nestFunc{d.library.m.Func(fmt.Sprintf("nest%d", len(d.nests)), types, nil), native}
	d.nests[key] = f
	if native {
		d.kernels.callNativeNest(f.Func, p, len(buffers), !alone, number)
	} else {
		d.library.nest(f.Func, p, buffers, !alone, d.kernels)
	}
	return f, buffers, touched, alone
}
