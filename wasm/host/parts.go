package host

import (
	"encoding/binary"

	"unpool/wasm/module"
)

// Threads are not equally fast: a machine may have fast and slow cores, and something else may run on one of them. So work is
// not divided evenly. Each thread has a part of all work, and the one that arrives last at a barrier gives some of its part to its
// neighbours. The others wait at that moment, so all divide alike until the next barrier, and each thread continues with what
// it has computed itself. (If threads took pieces from a common counter, nobody would know whose piece is ready.)

// whole is all work. Of a table at addrParts, thread i's part is from word i up to word i + 1.
const (
	wholeBits = 28
	whole     = 1 << wholeBits
)

// even is the table that gives each thread the same.
func even(threads int) (table []byte) {
	for i := range threads + 1 {
		table = binary.LittleEndian.AppendUint32(table, uint32(i*whole/threads))
	}
	return table
}

// Part defines the function part(n, i i32) i32: thread i's part of n things are those from part(n, i) up to part(n, i + 1). It stays the
// same from one barrier to the next.
func (env *Env) Part() *module.Func {
	f := env.m.Func("part", module.Types(module.I32, module.I32), module.Types(module.I32))
	f.Get(f.Param(0))
	f.Op(module.I64ExtendI32U)
	word(f, f.Param(1))
	f.Mem(module.I64Load32U, addrParts)
	f.Op(module.I64Mul)
	f.I64Const(whole / 2) // to the nearest
	f.Op(module.I64Add)
	f.I64Const(wholeBits)
	f.Op(module.I64ShrU, module.I32WrapI64)
	return f
}

// word puts on the stack how far word i of the table is from its start.
func word(f *module.Func, i module.Local) {
	f.Get(i)
	f.I32Const(2)
	f.Op(module.I32Shl)
}

// asleep stands for more looks than anyone makes.
const asleep = 1 << 30

// looksPerWeight is how often a waiting thread looks for the others in about the time that work of weight 1 takes.
const looksPerWeight = 1024

// give moves a boundary between the thread that has arrived last and each of its neighbours. The neighbour gets a 65536th of the last thread's
// part for each looksPerWeight that it has waited, at most weight of them; weight is at most 32768. A long wait for little work comes
// from another program that has taken the processor for a moment, so it must not count for more. And a short wait must count for
// less than a long one: rows are moved in whole tiles, and the better of two divisions is to last longer than the other.
func give(f *module.Func, thread, threads, weight module.Local) {
	next, unit, gift := f.Local(module.I32), f.Local(module.I32), f.Local(module.I32)
	load := func(i module.Local) {
		word(f, i)
		f.Mem(module.I32Load, addrParts)
	}
	// to moves the boundary i for the neighbour that is so many lines from thread i's.
	to := func(i module.Local, neighbour int32, op module.Op) {
		f.Get(i)
		f.I32Const(neighbour)
		f.Op(module.I32Add)
		f.I32Const(64)
		f.Op(module.I32Mul)
		f.Mem(module.I32Load, addrWaited)
		f.I32Const(looksPerWeight)
		f.Op(module.I32DivU)
		f.Tee(gift)
		f.Get(weight)
		f.Get(gift)
		f.Get(weight)
		f.Op(module.I32LtU)
		f.Select()
		f.Get(unit)
		f.Op(module.I32Mul)
		f.Set(gift)
		word(f, i)
		load(i)
		f.Get(gift)
		f.Op(op)
		f.Mem(module.I32Store, addrParts)
	}
	f.Get(thread)
	f.I32Const(1)
	f.Op(module.I32Add)
	f.Set(next)
	load(next)
	load(thread)
	f.Op(module.I32Sub)
	f.I32Const(16)
	f.Op(module.I32ShrU)
	f.Set(unit)
	f.Get(thread)
	f.If(func() { to(thread, -1, module.I32Add) }, nil)
	f.Get(next)
	f.Get(threads)
	f.Op(module.I32LtU)
	f.If(func() { to(next, 0, module.I32Sub) }, nil)
}
