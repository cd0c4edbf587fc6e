package lower

import (
	"slices"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// fold adds an accumulator of op over x and returns it.
func (t *nest) fold(o ir.Op, x *ir.Expr) *ir.Expr {
	acc := t.accumulate(ir.Identity(o, x.Type))
	t.Accs[acc.Acc].Step = ir.New(o, x.Type, acc, x)
	return acc
}

// reduction starts a nest for n with the reduced axes of its operand as inner loops, and returns the operand's index.
func (l *lowerer) reduction(n *graph.Node, axes []int) (*nest, []ir.Index) {
	x := n.In[0]
	var reduce []int
	for _, a := range axes {
		reduce = append(reduce, x.Dims[a])
	}
	t := l.newNest(n.Dims, reduce)
	idx := make([]ir.Index, len(x.Dims))
	outer := 0
	for a := range idx {
		if i := slices.Index(axes, a); i >= 0 {
			idx[a] = loop(t.Loops(), len(n.Dims)+i)
		} else {
			idx[a] = loop(t.Loops(), outer)
			outer++
		}
	}
	return t, idx
}

func (l *lowerer) reduce(n *graph.Node, o graph.Reduce) {
	t, idx := l.reduction(n, o.Axes)
	acc := t.fold(o.Fn, t.read(n.In[0], idx))
	t.store(l.home(n), t.flat(n.Dims), acc)
	l.emit(t.Nest)
}

func (l *lowerer) argMinMax(n *graph.Node, o graph.ArgMinMax) {
	t, idx := l.reduction(n, []int{o.Axis})
	x := t.read(n.In[0], idx)
	best := t.accumulate(ir.Extreme(x.Type, !o.Min))
	where := t.accumulate(ir.Int(ir.I32, 0))
	better := ir.Gt
	if o.Min {
		better = ir.Lt
	}
	c := ir.New(better, ir.Bool, x, best)
	if x.Type.Float() { // the first NaN beats every number and stays
		is := func(e *ir.Expr) *ir.Expr { return ir.New(ir.IsNaN, ir.Bool, e) }
		c = ir.New(ir.Or, ir.Bool, c, ir.New(ir.And, ir.Bool, is(x), ir.New(ir.Not, ir.Bool, is(best))))
	}
	t.Accs[best.Acc].Step = ir.New(ir.Select, x.Type, c, x, best)
	t.Accs[where.Acc].Step = ir.New(ir.Select, ir.I32, c, ir.Pos(idx[o.Axis]), where)
	t.store(l.home(n), t.flat(n.Dims), ir.New(ir.Convert, n.Type, where))
	l.emit(t.Nest)
}

// dot puts the value of n, a product of its two operands, into a buffer.
func (l *lowerer) dot(n *graph.Node, o graph.Dot, to *ir.Buffer) {
	if m := l.matMul(n, o, to); m != nil {
		l.emit(m)
		return
	}
	left, right := n.In[0], n.In[1]
	var reduce []int
	for _, a := range o.LeftContract {
		reduce = append(reduce, left.Dims[a])
	}
	t := l.newNest(n.Dims, reduce)
	next := len(o.LeftBatch) // the next of n's axes that an operand's own axis becomes
	operand := func(x *graph.Node, contract, batch []int) *ir.Expr {
		idx := make([]ir.Index, len(x.Dims))
		for a := range idx {
			if i := slices.Index(contract, a); i >= 0 {
				idx[a] = loop(t.Loops(), len(n.Dims)+i)
			} else if i := slices.Index(batch, a); i >= 0 {
				idx[a] = loop(t.Loops(), i)
			} else {
				idx[a] = loop(t.Loops(), next)
				next++
			}
		}
		return t.read(x, idx)
	}
	x := operand(left, o.LeftContract, o.LeftBatch)
	y := operand(right, o.RightContract, o.RightBatch)
	acc := t.fold(ir.Add, ir.New(ir.Mul, n.Type, ir.New(ir.Convert, n.Type, x), ir.New(ir.Convert, n.Type, y)))
	t.store(to, t.flat(n.Dims), acc)
	l.emit(t.Nest)
}
