package emit

import (
	"fmt"

	"unpool/wasm/module"
)

// Target says for which engine code is made, as far as that changes the code.
type Target struct {
	SIMD    bool // 128-bit vectors
	Relaxed bool // fused multiply-add; the last bits then differ from the other tiers'
	// Broadcast says that loading one number into all lanes is as cheap as any load. It is in browsers; under wazero
	// it is so slow that numbers are broadcast once, while packing. It also says that the engine checks no address in
	// code, as wazero does.
	Broadcast bool
	Native    Native // if not nil, code for some kernels outside the module
}

// Kernels makes the functions of a module that compute matrix products, convolutions and pools. Two kernels that are
// the same but for addresses are one function, so an unrolled recurrent net is no larger than one of its steps.
type Kernels struct {
	m *module.Module
	t Target
	Imports
	funcs map[any]*module.Func
}

// NewKernels starts with none. Those that threads divide need imports.
func NewKernels(m *module.Module, t Target, imports Imports) *Kernels {
	return &Kernels{Imports: imports, m: m, t: t, funcs: map[any]*module.Func{}}
}

// shared returns the function of a key, made by build if it is new. A key is all that the code depends on, as a value that
// can be compared; the name is for profilers.
func (k *Kernels) shared(key any, name string, params int, build func(f *module.Func)) *module.Func {
	if f, ok := k.funcs[key]; ok {
		return f
	}
	types := make([]module.Type, params)
	for i := range types {
		types[i] = module.I32
	}
	f := k.m.Func(name, types, nil)
	k.funcs[key] = f
	build(f)
	return f
}

// align makes a number of bytes a multiple of a cache line.
func align(bytes int) int { return (bytes + 63) &^ 63 }

// Small pieces of code, named so that what uses them reads like what it does.

// add puts l + bytes on the stack.
func add(f *module.Func, l module.Local, bytes int) {
	f.Get(l)
	if bytes != 0 {
		f.I32Const(int32(bytes))
		f.Op(module.I32Add)
	}
}

// bump makes l larger by bytes.
func bump(f *module.Func, l module.Local, bytes int) {
	if bytes != 0 {
		add(f, l, bytes)
		f.Set(l)
	}
}

// mul puts l·n on the stack.
func mul(f *module.Func, l module.Local, n int) {
	f.Get(l)
	f.I32Const(int32(n))
	f.Op(module.I32Mul)
}

// at puts base + l·n on the stack.
func at(f *module.Func, base, l module.Local, n int) {
	f.Get(base)
	mul(f, l, n)
	f.Op(module.I32Add)
}

// let makes a local of what is on the stack.
func let(f *module.Func) module.Local {
	l := f.Local(module.I32)
	f.Set(l)
	return l
}

// constant makes a local of a number.
func constant(f *module.Func, n int) module.Local {
	f.I32Const(int32(n))
	return let(f)
}

// times runs body n times.
func times(f *module.Func, n int, body func()) {
	switch {
	case n < 1:
		return
	case n == 1:
		body()
		return
	}
	left := constant(f, n)
	f.Loop(func(again module.Label) {
		body()
		bump(f, left, -1)
		f.Get(left)
		f.BrIf(again)
	})
}

// span runs body for i = from, from+step, … below to.
func span(f *module.Func, i, from, to module.Local, step int, body func()) {
	f.Get(from)
	f.Set(i)
	f.Block(func(done module.Label) {
		f.Loop(func(again module.Label) {
			f.Get(i)
			f.Get(to)
			f.Op(module.I32GeU)
			f.BrIf(done)
			body()
			bump(f, i, step)
			f.Br(again)
		})
	})
}

// part gives a thread its part of n things: those from the first result up to the second. With none the function ends.
func (k *Kernels) part(f *module.Func, thread module.Local, n int) (from, to module.Local) {
	begin := func(of func()) module.Local {
		f.I32Const(int32(n))
		of()
		f.Call(k.Part)
		return let(f)
	}
	from, to = begin(func() { f.Get(thread) }), begin(func() { add(f, thread, 1) })
	f.Get(from)
	f.Get(to)
	f.Op(module.I32Eq)
	f.If(f.Return, nil)
	return from, to
}

func name(format string, args ...any) string { return fmt.Sprintf(format, args...) }
