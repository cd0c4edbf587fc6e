//go:build amd64 && (linux || darwin)

package native

import (
	"unpool/wasm/emit"
	"unpool/wasm/ir"
	"unpool/wasm/native/x86"
)

// begin starts a block.
func (g *nestCode) begin() { g.lanes, g.made = newLanes(g.pool), map[vectorOf]int{} }

// end appends the block.
func (g *nestCode) end() {
	var free []x86.Vec
	for v := 15 - len(g.Accs)*g.vectors; v >= 0; v-- {
		free = append(free, x86.Vec(v))
	}
	const perInstruction = 64 // it may wait for memory
	count := g.lanes.emit(g.c, free, x86.At(x86.RDI, frameMask), g.slot)
	g.cost = max(g.cost, perInstruction*(count/g.vectors+1))
}

// place is where an element of a buffer is, the i-th of the vectors.
func (g *nestCode) place(b *ir.Buffer, at ir.Affine, i int) x86.Mem {
	m := x86.At(g.pointer(b, at).reg, 4*at.Base)
	if at.Strides[g.Vector] != 0 {
		m.Disp += int32(g.offset + i*vectorBytes)
		if g.indexed {
			m.Index = regLane
		}
	}
	return m
}

// value is the i-th of the vectors of an expression.
func (g *nestCode) value(e *ir.Expr, i int) int {
	if e.Op == ir.Constant {
		v := uint32(e.Bits)
		if e.Type == ir.Bool && v != 0 {
			v = ones
		}
		return g.lanes.bits(v)
	}
	if g.Uniform(e) {
		i = 0
	}
	key := vectorOf{e, i}
	if v, ok := g.made[key]; ok {
		return v
	}
	v := g.compute(e, i)
	g.made[key] = v
	return v
}

func (g *nestCode) compute(e *ir.Expr, i int) int {
	l := g.lanes
	if place, ok := g.saved[vectorOf{e, i}]; ok {
		return l.add(value{kind: slot, mem: place})
	}
	switch e.Op {
	case ir.Load:
		k := splat
		if e.At.Strides[g.Vector] != 0 {
			k = load
		}
		return l.add(value{kind: k, mem: g.place(e.Buf, e.At.Affine, i)})
	case ir.Accumulator:
		return l.add(value{kind: pinned, n: byte(g.accumulator(e.Acc, i))})
	case ir.Select: // the condition comes last
		values := []int{g.value(e.Args[1], i), g.value(e.Args[2], i), g.value(e.Args[0], i)}
		l.stack = append(l.stack, values...)
	case ir.Shl, ir.ShrL, ir.ShrA:
		l.push(g.value(e.Args[0], i))
		l.I32Const(int32(e.Args[1].Bits))
	default:
		var values []int
		for _, a := range e.Args {
			values = append(values, g.value(a, i))
		}
		l.stack = append(l.stack, values...)
	}
	emit.VectorOp(l, e, e.Args[len(e.Args)-1].Type)
	return l.pop()
}
