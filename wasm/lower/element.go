package lower

import (
	"encoding/binary"
	"fmt"
	"slices"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// scalarConst is the value of a constant of one element, or nil.
func scalarConst(n *graph.Node) *ir.Expr {
	c, ok := n.Op.(graph.Const)
	if !ok || n.Size() != 1 {
		return nil
	}
	return constAt(n.Type, c.Data)
}

// constAt is the first number in data.
func constAt(t ir.DType, data []byte) *ir.Expr {
	var wide [8]byte
	copy(wide[:], data[:t.Size()])
	v := binary.LittleEndian.Uint64(wide[:])
	switch t {
	case ir.BF16:
		v <<= 16
	case ir.F16:
		return ir.New(ir.Bitcast, ir.F16, ir.Int(ir.U16, int64(v)))
	case ir.I8, ir.I16, ir.I32:
		shift := 64 - 8*t.Size()
		v = uint64(int64(v<<shift) >> shift)
	}
	return &ir.Expr{Op: ir.Constant, Type: t, Bits: v}
}

// element is the expression of one element of a node that is not in a buffer: its operation, on elements of its
// operands.
func (t *nest) element(n *graph.Node, idx []ir.Index) *ir.Expr {
	loops := t.Loops()
	switch o := n.Op.(type) {
	case graph.Map:
		args := make([]*ir.Expr, len(n.In))
		for i, in := range n.In {
			args[i] = t.read(in, idx)
		}
		return simplify(o.Fn, n.Type, args)
	case graph.Const:
		if n.Size() == 1 {
			return scalarConst(n)
		}
	case graph.Iota:
		return ir.New(ir.Convert, n.Type, ir.Pos(idx[o.Axis]))
	case graph.Broadcast:
		in := make([]ir.Index, len(o.Axes))
		for i, a := range o.Axes {
			in[i] = idx[a]
			if n.In[0].Dims[i] == 1 {
				in[i] = fixed(loops, 0)
			}
		}
		return t.read(n.In[0], in)
	case graph.Reshape:
		return t.read(n.In[0], reshaped(loops, n.Dims, n.In[0].Dims, idx))
	case graph.Transpose:
		in := make([]ir.Index, len(o.Perm))
		for i, a := range o.Perm {
			in[a] = idx[i]
		}
		return t.read(n.In[0], in)
	case graph.Slice:
		in := make([]ir.Index, len(idx))
		for i := range idx {
			in[i] = linear(idx[i], o.Strides[i], o.Starts[i])
		}
		return t.read(n.In[0], in)
	case graph.Reverse:
		in := append([]ir.Index{}, idx...)
		for _, a := range o.Axes {
			in[a] = linear(idx[a], -1, n.Dims[a]-1)
		}
		return t.read(n.In[0], in)
	case graph.Concat:
		return t.concat(n, o, idx)
	case graph.Pad:
		in, ok := t.dilated(idx, n.In[0].Dims, o.Start, o.Interior)
		return t.guarded(ok, func() *ir.Expr { return t.read(n.In[0], in) }, t.read(n.In[1], nil))
	case graph.DynamicSlice:
		in := make([]ir.Index, len(idx))
		for i := range idx {
			in[i] = plus(idx[i], t.clamped(n.In[1+i], nil, n.In[0].Dims[i]-n.Dims[i]))
		}
		return t.read(n.In[0], in)
	case graph.DynamicUpdate:
		update := n.In[1]
		in := make([]ir.Index, len(idx))
		var ok *ir.Expr
		for i := range idx {
			start := t.clamped(n.In[2+i], nil, n.Dims[i]-update.Dims[i])
			in[i] = plus(idx[i], linear(start, -1, 0))
			ok = both(ok, below(in[i], 0, update.Dims[i], t.extents()))
		}
		return guard(ok, t.read(update, in), t.read(n.In[0], idx))
	case graph.Gather:
		return t.gather(n, o, idx)
	}
	panic(fmt.Sprintf("lower: no expression for an element of %v", n))
}

func (t *nest) guarded(ok *ir.Expr, then func() *ir.Expr, otherwise *ir.Expr) *ir.Expr {
	if never(ok) {
		return otherwise
	}
	return guard(ok, then(), otherwise)
}

// dilated finds the element of an array that lies at idx of the array padded by start and with gaps between its
// elements, and the condition that there is one.
func (t *nest) dilated(idx []ir.Index, dims, start, gaps []int) (in []ir.Index, ok *ir.Expr) {
	in = make([]ir.Index, len(idx))
	for i := range idx {
		x := linear(idx[i], 1, -start[i])
		step := gaps[i] + 1
		span := (dims[i]-1)*step + 1
		if dims[i] == 0 {
			span = 0
		}
		ok = both(ok, below(x, 0, span, t.extents()))
		if step > 1 {
			p, by := ir.Pos(x), ir.Int(ir.I32, int64(step))
			ok = both(ok, ir.New(ir.Eq, ir.Bool, ir.New(ir.Rem, ir.I32, p, by), ir.Int(ir.I32, 0)))
			x = dynamic(t.Loops(), ir.New(ir.Div, ir.I32, p, by))
		}
		in[i] = x
	}
	return in, ok
}

// clamped is the integer that a node has at idx, moved into [0, most].
func (t *nest) clamped(n *graph.Node, idx []ir.Index, most int) ir.Index {
	v := t.read(n, idx)
	if n.Type.Size() == 8 || n.Type == ir.U32 { // may not fit into an i32
		wide := ir.I64
		if n.Type.Unsigned() {
			wide = ir.U64
		}
		v = ir.New(ir.Min, wide, ir.New(ir.Convert, wide, v), ir.Int(wide, 1<<31-1))
		if wide == ir.I64 {
			v = ir.New(ir.Max, wide, v, ir.Int(wide, 0))
		}
	}
	v = ir.New(ir.Convert, ir.I32, v)
	v = ir.New(ir.Max, ir.I32, v, ir.Int(ir.I32, 0))
	return dynamic(t.Loops(), ir.New(ir.Min, ir.I32, v, ir.Int(ir.I32, int64(most))))
}

func (t *nest) concat(n *graph.Node, o graph.Concat, idx []ir.Index) *ir.Expr {
	at := n.Dims[o.Axis]
	var e *ir.Expr
	for i := len(n.In) - 1; i >= 0; i-- {
		part := n.In[i]
		end := at
		at -= part.Dims[o.Axis]
		if part.Size() == 0 {
			continue
		}
		in := append([]ir.Index{}, idx...)
		in[o.Axis] = linear(idx[o.Axis], 1, -at)
		var c *ir.Expr
		if e != nil { // later parts are the other case
			c = below(idx[o.Axis], anything, end, t.extents())
		}
		if c != nil && c.Op == ir.Constant {
			continue
		}
		if v := t.read(part, in); c == nil {
			e = v
		} else {
			e = guard(c, v, e)
		}
	}
	return e
}

func (t *nest) gather(n *graph.Node, o graph.Gather, idx []ir.Index) *ir.Expr {
	x, starts := n.In[0], n.In[1]
	offset := map[int]bool{}
	for _, a := range o.Offset {
		offset[a] = true
	}
	var batch, window []ir.Index
	for a := range idx {
		if offset[a] {
			window = append(window, idx[a])
		} else {
			batch = append(batch, idx[a])
		}
	}
	collapsed := map[int]bool{}
	for _, a := range o.Collapsed {
		collapsed[a] = true
	}
	in := make([]ir.Index, len(x.Dims))
	for a := range in {
		if collapsed[a] {
			in[a] = fixed(t.Loops(), 0)
		} else {
			in[a], window = window[0], window[1:]
		}
	}
	for k, a := range o.Starts {
		at := t.vectorElement(batch, len(starts.Dims), o.VectorAxis, k)
		in[a] = plus(in[a], t.clamped(starts, at, x.Dims[a]-o.Sizes[a]))
	}
	return t.read(x, in)
}

// vectorElement is the index of component k of the index vector that belongs to a batch index.
func (t *nest) vectorElement(batch []ir.Index, rank, axis, k int) []ir.Index {
	at := append([]ir.Index{}, batch...)
	if axis < rank {
		at = append(at[:axis:axis], append([]ir.Index{fixed(t.Loops(), k)}, at[axis:]...)...)
	}
	return at
}

// reshaped translates an index where only axes of length 1 differ.
func reshaped(loops int, from, to []int, idx []ir.Index) []ir.Index {
	in := make([]ir.Index, len(to))
	j := 0
	for i, d := range to {
		if d == 1 {
			in[i] = fixed(loops, 0)
			continue
		}
		for from[j] == 1 {
			j++
		}
		in[i] = idx[j]
		j++
	}
	return in
}

// onlyOnes reports whether two shapes are the same but for axes of length 1.
func onlyOnes(a, b []int) bool {
	without := func(dims []int) (rest []int) {
		for _, d := range dims {
			if d != 1 {
				rest = append(rest, d)
			}
		}
		return rest
	}
	return slices.Equal(without(a), without(b))
}
