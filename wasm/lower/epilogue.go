package lower

import (
	"slices"

	"unpool/wasm/ir"
)

// fuseEpilogues lets products and convolutions do what follows each of their sums: start it with a bias, and clamp it
// at zero. Their results are then not read and written once more.
func fuseEpilogues(p *ir.Program) {
	u := uses{}
	for i := 0; i < len(p.Kernels); i++ {
		s := sumsOf(p.Kernels[i])
		if s == nil || (*s.c).Place != ir.Temp {
			continue
		}
		readers, ok := s.readers(u, p.Kernels, i)
		if !ok {
			continue
		}
		s.fuseBias(u, p.Kernels, i, readers)
		at := s.fuseReLU(u, p.Kernels, i, readers)
		delete(u, p.Kernels[i]) // it may have changed; nests that change are new ones
		if at >= 0 {
			p.Kernels = slices.Delete(p.Kernels, at, at+1)
		}
	}
}

// uses remembers what kernels read and write: each is asked about once for every kernel that writes sums, and finding it
// out takes a walk through all of a nest's expressions.
type uses map[ir.Kernel]use

type use struct{ reads, writes []*ir.Buffer }

func (u uses) of(k ir.Kernel) use {
	it, ok := u[k]
	if !ok {
		it = use{k.Reads(), k.Writes()}
		u[k] = it
	}
	return it
}

// sums is a kernel that writes a sum for each element of a buffer whose rows have so many columns.
type sums struct {
	c, bias **ir.Buffer
	start   *ir.Start
	relu    *bool
	columns int
}

// sumsOf returns nil for a kernel of another kind.
func sumsOf(k ir.Kernel) *sums {
	switch k := k.(type) {
	case *ir.MatMul:
		if k.Batch == 1 && k.CRow == k.N {
			return &sums{&k.C, &k.Bias, &k.Start, &k.ReLU, k.N}
		}
	case *ir.Conv:
		return &sums{&k.Y, &k.Bias, &k.Start, &k.ReLU, k.Out}
	}
	return nil
}

// readers lists the kernels that read what kernel i writes; ok is false unless it alone writes it and nests alone read it.
func (s *sums) readers(u uses, kernels []ir.Kernel, i int) (readers []int, ok bool) {
	c := (*s.c).Root()
	for j, k := range kernels {
		_, nest := k.(*ir.Nest)
		switch {
		case j != i && touches(u.of(k).writes, c):
			return nil, false
		case touches(u.of(k).reads, c):
			if !nest || j < i {
				return nil, false
			}
			readers = append(readers, j)
		}
	}
	return readers, true
}

// fuseBias starts the sums with a vector that every reader adds to them.
func (s *sums) fuseBias(u uses, kernels []ir.Kernel, i int, readers []int) {
	if *s.start != ir.FromZero {
		return
	}
	c := *s.c
	var bias *ir.Buffer
	if !rewriteAll(kernels, readers, c, func(n *ir.Nest, e *ir.Expr) *ir.Expr {
		if e.Op != ir.Add {
			return nil
		}
		for a, sum := range e.Args {
			b := e.Args[1-a]
			if isLoad(sum, c) && b.Op == ir.Load && b.Type == ir.F32 && b.Buf.Len == s.columns && b.Buf.Of == nil &&
				(bias == nil || bias == b.Buf) && column(n, sum.At, b.At, s.columns) {
				bias = b.Buf
				return ir.At(c, sum.At)
			}
		}
		return nil
	}, func() bool {
		return bias != nil && !slices.ContainsFunc(kernels[i:], func(k ir.Kernel) bool { return touches(u.of(k).writes, bias) })
	}) {
		return
	}
	*s.start, *s.bias = ir.FromBias, bias
}

// column reports whether index b is a's column, in rows of so many.
func column(n *ir.Nest, a, b ir.Index, columns int) bool {
	if a.Dynamic != nil || b.Dynamic != nil || b.Base < 0 || (a.Base-b.Base)%columns != 0 {
		return false
	}
	last := b.Base
	for i, stride := range b.Strides {
		if stride < 0 || (a.Strides[i]-stride)%columns != 0 {
			return false
		}
		last += stride * (n.Extent(i) - 1)
	}
	return last < columns
}

// fuseReLU makes the kernel write max(sum, 0) in place of a nest that does nothing else, and returns that nest's number
// among the kernels; -1 if there is none. Others may only ask whether the sum is above zero, as the gradient does: that
// is the same as whether the maximum is.
func (s *sums) fuseReLU(u uses, kernels []ir.Kernel, i int, readers []int) int {
	c := *s.c
	at := slices.IndexFunc(readers, func(j int) bool { return isReLU(kernels[j].(*ir.Nest), c) })
	if at < 0 {
		return -1
	}
	j := readers[at]
	to := kernels[j].(*ir.Nest).Stores[0].Buf
	if to.Of != nil || slices.ContainsFunc(kernels[:j], func(k ir.Kernel) bool { return touches(u.of(k).reads, to) || touches(u.of(k).writes, to) }) {
		return -1
	}
	if !rewriteAll(kernels, slices.Delete(slices.Clone(readers), at, at+1), c, func(_ *ir.Nest, e *ir.Expr) *ir.Expr {
		if e.Op == ir.Gt && isLoad(e.Args[0], c) && isZero(e.Args[1]) {
			return ir.New(ir.Gt, ir.Bool, ir.At(to, e.Args[0].At), e.Args[1])
		}
		return nil
	}, func() bool { return true }) {
		return -1
	}
	*s.c, *s.relu = to, true
	return j
}

// isReLU reports whether all that a nest does is to store max(c, 0), element by element.
func isReLU(n *ir.Nest, c *ir.Buffer) bool {
	if len(n.Accs) > 0 || len(n.Stores) != 1 {
		return false
	}
	s := n.Stores[0]
	v := s.Value
	contiguous := func(at ir.Index) bool {
		return at.Dynamic == nil && at.Base == 0 && slices.Equal(at.Strides, ir.Strides(n.Dims))
	}
	return v.Op == ir.Max && isLoad(v.Args[0], c) && isZero(v.Args[1]) && n.Points() == c.Len && s.Buf.Len == c.Len &&
		contiguous(s.At) && contiguous(v.Args[0].At)
}

func isLoad(e *ir.Expr, b *ir.Buffer) bool { return e.Op == ir.Load && e.Buf == b }

// isZero reports whether e is the constant 0 of a float type, and not -0.
func isZero(e *ir.Expr) bool { return e.Op == ir.Constant && e.Type.Float() && e.Bits == 0 }

// rewriteAll puts in place of each expression of the nests among kernels what change makes of it, unless that is nil. It
// leaves all as they were and reports false if a nest would still load from c but in what change made, or if confirm
// then says no.
func rewriteAll(kernels []ir.Kernel, nests []int, c *ir.Buffer, change func(*ir.Nest, *ir.Expr) *ir.Expr, confirm func() bool) bool {
	made := map[*ir.Expr]bool{}
	var changed []*ir.Nest
	for _, j := range nests {
		old := kernels[j].(*ir.Nest)
		n := old.Rewrite(func(e *ir.Expr) *ir.Expr {
			if r := change(old, e); r != nil {
				made[r] = true
				return r
			}
			return e
		}, nil)
		ok := true
		n.Walk(func(e *ir.Expr) { ok = ok && (made[e] || e.Op != ir.Load || e.Buf.Root() != c.Root()) })
		if !ok {
			return false
		}
		changed = append(changed, n)
	}
	if !confirm() {
		return false
	}
	for i, j := range nests {
		kernels[j] = changed[i]
	}
	return true
}
