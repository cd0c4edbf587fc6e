package ir

import "testing"

// Nests of one signature share their code: it must distinguish all that the code depends on, and nothing else.
func TestSignature(t *testing.T) {
	buffer := func(t DType) *Buffer { return &Buffer{Type: t, Len: 8} }
	// base is sum over j of x[i+2j] times x[i+2j], from 0 on.
	build := func(change func(n *Nest, x *Expr)) string {
		x := At(buffer(F32), at(0, 1, 2))
		n := &Nest{Dims: []int{2}, Reduce: []int{3},
			Accs:   []Acc{{F32, Float(F32, 0), New(Add, F32, acc(0, F32), New(Mul, F32, x, x))}},
			Stores: []Store{{buffer(F32), at(0, 1, 0), acc(0, F32)}}}
		change(n, x)
		return n.Signature()
	}
	signatures := map[string]string{}
	for name, change := range map[string]func(n *Nest, x *Expr){
		"as it is":                func(n *Nest, x *Expr) {},
		"other extents":           func(n *Nest, x *Expr) { n.Dims = []int{4} },
		"a loop of the points":    func(n *Nest, x *Expr) { n.Dims, n.Reduce = []int{2, 3}, nil },
		"in order":                func(n *Nest, x *Expr) { n.Serial = true },
		"no sum":                  func(n *Nest, x *Expr) { n.Accs = nil },
		"another start":           func(n *Nest, x *Expr) { n.Accs[0].Init = Float(F32, 1) },
		"minus zero":              func(n *Nest, x *Expr) { n.Accs[0].Init = &Expr{Op: Constant, Type: F32, Bits: 1 << 31} },
		"a start of another type": func(n *Nest, x *Expr) { n.Accs[0].Init = Int(I32, 0) },
		"another operation":       func(n *Nest, x *Expr) { n.Accs[0].Step.Op = Max },
		"operands of another":     func(n *Nest, x *Expr) { n.Accs[0].Step.Args[1].Op = Sub },
		"operands changed about": func(n *Nest, x *Expr) {
			n.Accs[0].Step.Args[0], n.Accs[0].Step.Args[1] = n.Accs[0].Step.Args[1], acc(0, F32)
		},
		"another accumulator":     func(n *Nest, x *Expr) { n.Stores[0].Value = acc(1, F32) },
		"a result of whole type":  func(n *Nest, x *Expr) { n.Stores[0].Buf = buffer(I32) },
		"stored elsewhere":        func(n *Nest, x *Expr) { n.Stores[0].At = at(1, 1, 0) },
		"stored where data say":   func(n *Nest, x *Expr) { n.Stores[0].At.Dynamic = Int(I32, 0) },
		"stored where it is read": func(n *Nest, x *Expr) { n.Stores[0].Buf = x.Buf },
		"stored twice":            func(n *Nest, x *Expr) { n.Stores = append(n.Stores, Store{buffer(F32), at(0, 1, 0), acc(0, F32)}) },
		"read elsewhere":          func(n *Nest, x *Expr) { x.At.Base = 1 },
		"read in other steps":     func(n *Nest, x *Expr) { x.At.Strides[1] = 1 },
		"read where data say":     func(n *Nest, x *Expr) { x.At.Dynamic = Pos(at(0, 1, 0)) },
		"read from two":           func(n *Nest, x *Expr) { n.Accs[0].Step.Args[1].Args[1] = At(buffer(F32), x.At) },
		"bits of another type":    func(n *Nest, x *Expr) { n.Stores[0].Value = New(Bitcast, F32, Int(I32, 5)) },
		"bits of yet another":     func(n *Nest, x *Expr) { n.Stores[0].Value = New(Bitcast, F32, Int(U32, 5)) },
	} {
		s := build(change)
		if other, ok := signatures[s]; ok {
			t.Errorf("one signature for %q and %q", name, other)
		}
		signatures[s] = name
		if build(change) != s {
			t.Errorf("%s: in other buffers it has another signature", name)
		}
	}
}
