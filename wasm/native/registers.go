//go:build amd64 && (linux || darwin)

package native

import (
	"slices"

	"unpool/wasm/native/x86"
)

// A block is code without jumps that computes vectors. First it is a list of values, each made once from others; then emit gives the
// values registers. What outlives a block lies in the frame, the nest's piece of scratch memory, or in a register that is pinned.

// kind says where a value comes from.
type kind byte

const (
	constant kind = iota // it is in the pool of constants
	slot                 // a block before has saved it in the frame
	pinned               // it stays in a register while loops run
	load                 // from memory
	splat                // one number of memory, in all lanes
	arith
	shift
	blend
)

// value is a vector. Equal values are one.
type value struct {
	kind kind
	op   x86.Arith // of arith
	by   x86.Shift // of shift
	n    byte      // of shift: how far; of pinned: the register
	args [3]int    // of arith, shift and blend: earlier values of the block. Unary ones use the second, as their instructions do
	mem  x86.Mem   // of load and splat; of constant and slot, where they are
	age  int       // of load and splat: how many stores came before
}

// operands of a value.
func (v *value) operands() []int {
	switch {
	case v.kind == arith && v.op.Unary:
		return v.args[1:2]
	case v.kind == arith:
		return v.args[:2]
	case v.kind == shift:
		return v.args[:1]
	case v.kind == blend:
		return v.args[:]
	}
	return nil
}

// sink is where a value of a block goes.
type sink struct {
	after  int // so many values are made first
	value  int
	mem    x86.Mem
	masked bool // only the lanes of the frame's mask
	pin    int  // the register to move it to, in place of memory; -1 for none
}

type block struct {
	values []value
	number map[value]int
	sinks  []sink
	stores int
}

func newBlock() *block { return &block{number: map[value]int{}} }

// add returns the number of a value.
func (b *block) add(v value) int {
	if v.kind == load || v.kind == splat {
		v.age = b.stores
	}
	n, ok := b.number[v]
	if !ok {
		n = len(b.values)
		b.values = append(b.values, v)
		b.number[v] = n
	}
	return n
}

// store lets a value go to memory.
func (b *block) store(v int, to x86.Mem, masked bool) {
	b.sinks = append(b.sinks, sink{len(b.values), v, to, masked, -1})
	b.stores++
}

// pin lets a value go to a pinned register.
func (b *block) pin(v int, to x86.Vec) {
	b.sinks = append(b.sinks, sink{after: len(b.values), value: v, pin: int(to)})
}

// registers gives the values of a block registers while their code is appended.
type registers struct {
	*block
	c       *x86.Code
	free    []x86.Vec // none of the pinned ones
	holds   map[x86.Vec]int
	in      map[int]x86.Vec // where a value is, if in a register
	home    map[int]x86.Mem // where it is in memory, if it is
	uses    [][]int         // of each value: when it is needed, in order; the list shrinks
	wish    map[int]x86.Vec // the pinned register that a value goes to in the end
	newSlot func() x86.Mem
	count   int // instructions so far
}

// emit appends the block's code and returns the number of its instructions. Free are the registers it may use; newSlot gives a place in
// the frame for one vector.
func (b *block) emit(c *x86.Code, free []x86.Vec, mask x86.Mem, newSlot func() x86.Mem) int {
	r := &registers{block: b, c: c, free: slices.Clone(free), holds: map[x86.Vec]int{}, in: map[int]x86.Vec{}, home: map[int]x86.Mem{},
		uses: make([][]int, len(b.values)), wish: map[int]x86.Vec{}, newSlot: newSlot}
	r.findUses()
	for v := range b.values {
		r.sinksAfter(v, mask)
		if len(r.uses[v]) > 0 {
			r.make(v)
		}
	}
	r.sinksAfter(len(b.values), mask)
	return r.count
}

// findUses looks from the sinks backwards for values that are needed, and when: value v is made at time 2v+1, and a sink that comes before
// it takes its value at time 2v.
func (r *registers) findUses() {
	for _, s := range r.sinks {
		r.uses[s.value] = append(r.uses[s.value], 2*s.after)
		if s.pin >= 0 {
			r.wish[s.value] = x86.Vec(s.pin)
		}
	}
	for v := len(r.values) - 1; v >= 0; v-- {
		slices.Sort(r.uses[v])
		if len(r.uses[v]) > 0 {
			for _, a := range r.values[v].operands() {
				r.uses[a] = append(r.uses[a], 2*v+1)
			}
		}
	}
}

// sinksAfter lets values go that go when n values have been made.
func (r *registers) sinksAfter(n int, mask x86.Mem) {
	for _, s := range r.sinks {
		if s.after != n {
			continue
		}
		v := r.register(s.value, s.value)
		switch {
		case s.pin < 0 && s.masked:
			m := r.take(s.value)
			r.c.LoadVec(m, mask)
			r.c.StoreMasked(s.mem, m, v)
			r.free = append(r.free, m)
			r.count++
		case s.pin < 0:
			r.c.StoreVec(s.mem, v)
		case v != x86.Vec(s.pin):
			r.c.MoveVec(x86.Vec(s.pin), v)
		}
		r.count++
		r.used(s.value)
	}
}

// used says that a value has served the next of its uses, and frees its register after the last.
func (r *registers) used(v int) {
	r.uses[v] = r.uses[v][1:]
	if reg, ok := r.in[v]; ok && len(r.uses[v]) == 0 {
		delete(r.in, v)
		if holder, ok := r.holds[reg]; ok && holder == v {
			delete(r.holds, reg)
			r.free = append(r.free, reg)
		}
	}
}

// make appends the instruction that computes a value, or notes where it is already.
func (r *registers) make(v int) {
	x := &r.values[v]
	switch x.kind {
	case constant, slot:
		r.home[v] = x.mem
		return
	case pinned:
		r.in[v] = x86.Vec(x.n)
		return
	}
	// All operands but b must be in registers; b may be in memory where the instruction allows it.
	keep := x.operands()
	var regs [3]x86.Vec
	var b x86.Mem
	inMemory := false
	for i, a := range keep {
		if x.kind == arith && i == len(keep)-1 {
			if _, ok := r.in[a]; !ok {
				b, inMemory = r.home[a], true
				break
			}
		}
		regs[i] = r.register(a, keep...)
	}
	for _, a := range keep {
		r.used(a)
	}
	to := r.destination(v, keep...)
	r.in[v] = to
	r.count++
	switch {
	case x.kind == load:
		r.c.LoadVec(to, x.mem)
	case x.kind == splat:
		r.c.Broadcast(to, x.mem)
	case x.kind == shift:
		r.c.Shift(x.by, to, regs[0], x.n)
	case x.kind == blend:
		r.c.Blend(to, regs[0], regs[1], regs[2])
	case x.op.Unary && inMemory:
		r.c.ArithMem(x.op, to, 0, b)
	case x.op.Unary:
		r.c.Arith(x.op, to, 0, regs[0])
	case inMemory:
		r.c.ArithMem(x.op, to, regs[0], b)
	default:
		r.c.Arith(x.op, to, regs[0], regs[1])
	}
}

// destination is a register for a new value: the pinned one where it goes in the end, if nothing needs what that holds any more.
func (r *registers) destination(v int, keep ...int) x86.Vec {
	wish, ok := r.wish[v]
	if !ok {
		return r.claim(v, keep...)
	}
	for other, reg := range r.in {
		if reg == wish && other != v {
			return r.claim(v, keep...)
		}
	}
	for other := range r.values[v:] { // an old value that has not been looked at yet
		if x := &r.values[v+other]; x.kind == pinned && x86.Vec(x.n) == wish && len(r.uses[v+other]) > 0 {
			return r.claim(v, keep...)
		}
	}
	return wish
}

// register puts a value in a register, without driving out those to keep.
func (r *registers) register(v int, keep ...int) x86.Vec {
	if reg, ok := r.in[v]; ok {
		return reg
	}
	reg := r.claim(v, append(keep, v)...)
	r.c.LoadVec(reg, r.home[v])
	r.count++
	r.in[v] = reg
	return reg
}

// claim takes a register for a value.
func (r *registers) claim(v int, keep ...int) x86.Vec {
	reg := r.take(keep...)
	r.holds[reg] = v
	return reg
}

// take takes a register. If none is free the value that is needed last goes to the frame, or back to where it came from.
func (r *registers) take(keep ...int) x86.Vec {
	if n := len(r.free); n > 0 {
		reg := r.free[n-1]
		r.free = r.free[:n-1]
		return reg
	}
	var out x86.Vec
	latest := -1
	for reg := range x86.Vec(16) { // in a fixed order, so that equal nests have equal code
		v, ok := r.holds[reg]
		if !ok || slices.Contains(keep, v) {
			continue
		}
		if next := r.uses[v][0]; next > latest {
			out, latest = reg, next
		}
	}
	if latest < 0 {
		panic("native: more operands than registers")
	}
	v := r.holds[out]
	if _, ok := r.home[v]; !ok {
		r.home[v] = r.newSlot()
		r.c.StoreVec(r.home[v], out)
		r.count++
	}
	delete(r.in, v)
	delete(r.holds, out)
	return out
}
