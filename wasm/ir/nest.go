package ir

// Nest is a loop nest. For every point of the space Dims it sets the accumulators to their Init, runs over the space
// Reduce, in order, computing all Steps and then assigning them, and evaluates the stores.
// Without Serial the points of Dims may be visited in any order and at the same time.
type Nest struct {
	Dims   []int
	Reduce []int
	Accs   []Acc
	Stores []Store
	Serial bool
}

// Acc is a reduction's variable. Init sees the loops of Dims; Step sees all loops and all accumulators.
// A step of the form op(Accumulator, x), op one of Add, Mul, Max, Min, And, Or and Xor, may be summed in another order, the same for
// every run: it is how partial results in vector lanes are allowed. Others are computed in order.
type Acc struct {
	Type DType
	Init *Expr
	Step *Expr
}

// Store writes a value to an element of a buffer. Its expressions see the loops of Dims and the accumulators' results.
type Store struct {
	Buf   *Buffer
	At    Index
	Value *Expr
}

// Loops is the number of loops.
func (n *Nest) Loops() int { return len(n.Dims) + len(n.Reduce) }

// Extent is the number of iterations of loop i, counted from the outermost.
func (n *Nest) Extent(i int) int {
	if i < len(n.Dims) {
		return n.Dims[i]
	}
	return n.Reduce[i-len(n.Dims)]
}

// Points is the number of points of Dims, and Work that times the points of Reduce.
func (n *Nest) Points() int { return Product(n.Dims) }

// Work is the number of innermost iterations.
func (n *Nest) Work() int { return Product(n.Dims) * Product(n.Reduce) }

// Product is the product of numbers, 1 if there are none.
func Product(dims []int) int {
	p := 1
	for _, d := range dims {
		p *= d
	}
	return p
}

// Walk calls f for every expression of the nest, each once, parents first.
func (n *Nest) Walk(f func(*Expr)) {
	seen := map[*Expr]bool{}
	each := func(e *Expr) bool { f(e); return true }
	for _, a := range n.Accs {
		walk(a.Init, seen, each)
		walk(a.Step, seen, each)
	}
	for _, s := range n.Stores {
		walk(s.Value, seen, each)
		walk(s.At.Dynamic, seen, each)
	}
}

// Reads lists the buffers that the nest loads from.
func (n *Nest) Reads() []*Buffer {
	var all []*Buffer
	n.Walk(func(e *Expr) {
		if e.Op == Load {
			all = append(all, e.Buf)
		}
	})
	return union(all)
}

// Writes lists the buffers that the nest stores to.
func (n *Nest) Writes() []*Buffer {
	var all []*Buffer
	for _, s := range n.Stores {
		all = append(all, s.Buf)
	}
	return union(all)
}
