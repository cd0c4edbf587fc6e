package lower

import (
	"slices"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// group is a run of loops that are one: steps along them are a multiple of one stride in every array that has them.
type group struct {
	size    int
	strides []int // in each of some arrays
}

// merge makes one group of the loops of an array's axes, given each array's stride along each loop; ok is false if the
// strides do not let it.
func merge(extents []int, strides ...[]int) (g group, ok bool) {
	g = group{size: ir.Product(extents), strides: make([]int, len(strides))}
	for a, s := range strides {
		next := 0 // what the stride of the loop further out must be; 0 before the first that matters
		for i := len(extents) - 1; i >= 0; i-- {
			if extents[i] == 1 {
				continue
			}
			if next == 0 {
				g.strides[a] = s[i]
			} else if s[i] != next {
				return g, false
			}
			next = s[i] * extents[i]
			if s[i] <= 0 { // kernels walk forwards
				return g, false
			}
		}
		if g.size == 1 {
			g.strides[a] = 1
		}
	}
	return g, true
}

// operand is an f32 array that can be read where it lies: a buffer, and a stride along each axis of the node.
type operand struct {
	buffer  *ir.Buffer
	at      int
	strides []int
}

// inPlace returns a node's value as a buffer with strides, which sees through transposes, slices and the like.
func (l *lowerer) inPlace(n *graph.Node) (operand, bool) {
	if n.Type != ir.F32 {
		return operand{}, false
	}
	t := l.newNest(n.Dims, nil)
	e := t.read(n, t.loops(0, len(n.Dims)))
	if e.Op != ir.Load || e.Type != ir.F32 || e.At.Dynamic != nil {
		return operand{}, false
	}
	return operand{e.Buf, e.At.Base, e.At.Strides}, true
}

func pick(list []int, axes []int) []int {
	out := make([]int, len(axes))
	for i, a := range axes {
		out[i] = list[a]
	}
	return out
}

// others are the axes of an array of some rank that are in neither list.
func others(rank int, lists ...[]int) (axes []int) {
	for a := range rank {
		if !slices.ContainsFunc(lists, func(l []int) bool { return slices.Contains(l, a) }) {
			axes = append(axes, a)
		}
	}
	return axes
}

// matMul describes a Dot as a matrix product into c, if it is one of f32 arrays whose axes merge.
func (l *lowerer) matMul(n *graph.Node, o graph.Dot, c *ir.Buffer) *ir.MatMul {
	if n.Type != ir.F32 || n.Size() == 0 {
		return nil
	}
	a, ok := l.inPlace(n.In[0])
	b, ok2 := l.inPlace(n.In[1])
	if !ok || !ok2 {
		return nil
	}
	left, right := n.In[0].Dims, n.In[1].Dims
	rows, columns := others(len(left), o.LeftContract, o.LeftBatch), others(len(right), o.RightContract, o.RightBatch)
	batch, ok := merge(pick(left, o.LeftBatch), pick(a.strides, o.LeftBatch), pick(b.strides, o.RightBatch))
	sums, ok2 := merge(pick(left, o.LeftContract), pick(a.strides, o.LeftContract), pick(b.strides, o.RightContract))
	m, ok3 := merge(pick(left, rows), pick(a.strides, rows))
	w, ok4 := merge(pick(right, columns), pick(b.strides, columns))
	if !ok || !ok2 || !ok3 || !ok4 || sums.size == 0 {
		return nil
	}
	return &ir.MatMul{A: a.buffer, B: b.buffer, C: c, AAt: a.at, BAt: b.at, MatMulShape: ir.MatMulShape{
		M: m.size, N: w.size, K: sums.size,
		ARow: m.strides[0], ACol: sums.strides[0], BRow: sums.strides[1], BCol: w.strides[0], CRow: w.size,
		Batch: batch.size, ABatch: batch.strides[0], BBatch: batch.strides[1], CBatch: m.size * w.size,
	}}
}
