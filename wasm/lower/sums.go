package lower

import (
	"cmp"
	"slices"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// gatherSums finds the sums that differentiation leaves where a value had many readers, and makes one operation of each.
// The slices of an array give a sum of their gradients, each padded with zeros to the array's full size: a PaddedConcat. The
// uses of one weight matrix at every step of a recurrent net give a sum of products: a DotSum.
func gatherSums(f *graph.Func) {
	users := map[*graph.Node]int{}
	count(f, users)
	inner := map[*graph.Node]bool{} // additions that belong to a sum further down
	for _, n := range slices.Backward(f.Nodes) {
		if !isAdd(n) || inner[n] {
			continue
		}
		var terms []*graph.Node
		var visit func(n *graph.Node)
		visit = func(n *graph.Node) {
			for _, in := range n.In {
				if isAdd(in) && users[in] == 1 && in.Home == n.Home {
					inner[in] = true
					visit(in)
				} else {
					terms = append(terms, in)
				}
			}
		}
		visit(n)
		if !padConcat(n, terms) {
			sumDots(n, terms, users)
		}
	}
}

func count(f *graph.Func, users map[*graph.Node]int) {
	for _, n := range f.Nodes {
		for _, in := range n.In {
			users[in]++
		}
		for _, inner := range functionsOf(n) {
			count(inner, users)
		}
	}
	for _, n := range f.Outputs {
		users[n]++
	}
}

func isAdd(n *graph.Node) bool {
	m, ok := n.Op.(graph.Map)
	return ok && m.Fn == ir.Add && n.Type.Float()
}

// padConcat makes n a PaddedConcat if all terms are padded with zeros along one axis and do not overlap. A -0 in one of them
// stays -0, where the sum would be 0.
func padConcat(n *graph.Node, terms []*graph.Node) bool {
	axis := -1
	for _, t := range terms {
		p, ok := t.Op.(graph.Pad)
		if !ok || slices.ContainsFunc(p.Interior, func(i int) bool { return i != 0 }) {
			return false
		}
		if zero := scalarConst(t.In[1]); zero == nil || !isZero(zero) {
			return false
		}
		for a, d := range t.In[0].Dims {
			switch {
			case d == t.Dims[a] && p.Start[a] == 0:
			case axis >= 0 && axis != a, p.Start[a] < 0, p.Start[a]+d > t.Dims[a]:
				return false
			default:
				axis = a
			}
		}
	}
	if axis < 0 {
		return false
	}
	start := func(t *graph.Node) int { return t.Op.(graph.Pad).Start[axis] }
	terms = slices.Clone(terms)
	slices.SortStableFunc(terms, func(a, b *graph.Node) int { return cmp.Compare(start(a), start(b)) })
	o := graph.PaddedConcat{Axis: axis}
	var parts []*graph.Node
	end := 0
	for _, t := range terms {
		if start(t) < end {
			return false
		}
		end = start(t) + t.In[0].Dims[axis]
		o.Starts, parts = append(o.Starts, start(t)), append(parts, t.In[0])
	}
	n.Op, n.In = o, parts
	return true
}

// sumDots makes n a DotSum if all terms are products that nothing else uses, or such products transposed.
func sumDots(n *graph.Node, terms []*graph.Node, users map[*graph.Node]int) {
	var o graph.DotSum
	var factors []*graph.Node
	for _, t := range terms {
		d, in, ok := product(t, users)
		if !ok || t.Home != n.Home || in[0].Type != n.Type || in[1].Type != n.Type {
			return
		}
		o.Dots, factors = append(o.Dots, d), append(factors, in...)
	}
	n.Op, n.In = o, factors
}

// product takes a Dot that one node uses apart, and a transposed Dot of two matrices as the product the other way round.
func product(n *graph.Node, users map[*graph.Node]int) (d graph.Dot, in []*graph.Node, ok bool) {
	if users[n] > 1 {
		return d, nil, false
	}
	if d, ok = n.Op.(graph.Dot); ok {
		return d, n.In, true
	}
	if t, is := n.Op.(graph.Transpose); !is || !slices.Equal(t.Perm, []int{1, 0}) || users[n.In[0]] > 1 || n.In[0].Home != n.Home {
		return d, nil, false
	}
	n = n.In[0]
	if d, ok = n.Op.(graph.Dot); !ok || len(d.LeftBatch) > 0 || len(n.In[0].Dims) != 1+len(d.LeftContract) {
		return d, nil, false
	}
	d.LeftContract, d.RightContract = d.RightContract, d.LeftContract
	return d, []*graph.Node{n.In[1], n.In[0]}, true
}

// dotSum adds one product after the other.
func (l *lowerer) dotSum(n *graph.Node, o graph.DotSum) {
	to := l.home(n)
	for i, d := range o.Dots {
		one := &graph.Node{Op: d, In: n.In[2*i : 2*i+2], Home: n.Home, Shape: n.Shape}
		if i == 0 {
			l.dot(one, d, to)
			continue
		}
		if m := l.matMul(one, d, to); m != nil {
			m.Start = ir.FromC
			l.emit(m)
			continue
		}
		product := l.p.NewBuffer(ir.Temp, n.Type, n.Size())
		l.dot(one, d, product)
		t := l.newNest([]int{n.Size()}, nil)
		at := loop(1, 0)
		t.store(to, at, ir.New(ir.Add, n.Type, ir.At(to, at), ir.At(product, at)))
		l.emit(t.Nest)
	}
}

// paddedConcat writes each operand into its place, and zeros into the rest.
func (l *lowerer) paddedConcat(n *graph.Node, o graph.PaddedConcat) {
	to := l.home(n)
	put := func(start, size int, value func(t *nest, idx []ir.Index) *ir.Expr) {
		dims := slices.Clone(n.Dims)
		if dims[o.Axis] = size; size == 0 {
			return
		}
		t := l.newNest(dims, nil)
		idx := t.loops(0, len(dims))
		v := value(t, idx)
		idx = slices.Clone(idx)
		idx[o.Axis] = linear(idx[o.Axis], 1, start)
		t.store(to, flat(t.Loops(), idx, n.Dims), v)
		l.emit(t.Nest)
	}
	end := 0
	zero := func(*nest, []ir.Index) *ir.Expr { return ir.Number(n.Type, 0) }
	for i, part := range n.In {
		put(end, o.Starts[i]-end, zero)
		end = o.Starts[i] + part.Dims[o.Axis]
		put(o.Starts[i], part.Dims[o.Axis], func(t *nest, idx []ir.Index) *ir.Expr { return t.read(part, idx) })
	}
	put(end, n.Dims[o.Axis]-end, zero)
}
