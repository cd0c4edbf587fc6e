package emit

import (
	"math/rand/v2"
	"testing"

	"unpool/wasm/ir"
)

// rowMajor is a product of dense matrices, transposed or not.
func rowMajor(m, n, k int, aT, bT bool) ir.MatMulShape {
	g := ir.MatMulShape{M: m, N: n, K: k, ARow: k, ACol: 1, BRow: n, BCol: 1, CRow: n, Batch: 1}
	if aT {
		g.ARow, g.ACol = 1, m
	}
	if bT {
		g.BRow, g.BCol = 1, k
	}
	return g
}

// reference sums in order of k, each product rounded.
func reference(g ir.MatMulShape, a, b, c, bias []float32) {
	for batch := range g.Batch {
		for m := range g.M {
			for n := range g.N {
				to := &c[batch*g.CBatch+m*g.CRow+n]
				sum := float32(0)
				switch g.Start {
				case ir.FromBias:
					sum = bias[n]
				case ir.FromC:
					sum = *to
				}
				for k := range g.K {
					sum += float32(a[batch*g.ABatch+m*g.ARow+k*g.ACol] * b[batch*g.BBatch+k*g.BRow+n*g.BCol])
				}
				if g.ReLU {
					sum = max(sum, 0)
				}
				*to = sum
			}
		}
	}
}

func matMuls() []ir.MatMulShape {
	with := func(g ir.MatMulShape, change func(*ir.MatMulShape)) ir.MatMulShape {
		change(&g)
		return g
	}
	return []ir.MatMulShape{
		rowMajor(1, 1, 1, false, false),
		rowMajor(7, 8, 3, false, false),
		rowMajor(13, 10, 5, false, true),
		rowMajor(25, 32, 77, true, false),
		rowMajor(128, 128, 128, false, false),
		rowMajor(128, 128, 128, false, true),
		rowMajor(28, 64, 300, true, true),
		rowMajor(5, 67, 513, false, false),
		rowMajor(6, 530, 20, false, true),
		with(rowMajor(17, 35, 29, false, false), func(g *ir.MatMulShape) { g.Start = ir.FromBias; g.ReLU = true }),
		with(rowMajor(17, 9, 600, true, false), func(g *ir.MatMulShape) { g.Start = ir.FromC }),
		with(rowMajor(9, 11, 700, false, false), func(g *ir.MatMulShape) { g.Start = ir.FromBias; g.ReLU = true }),
		with(rowMajor(4, 12, 10, false, false), func(g *ir.MatMulShape) {
			g.Batch, g.ABatch, g.BBatch, g.CBatch = 3, 40, 120, 48
		}),
	}
}

func TestMatMul(t *testing.T) {
	for _, g := range matMuls() {
		t.Run(g.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			a := randoms(r, g.Batch*g.M*g.K)
			b := randoms(r, g.Batch*g.K*g.N)
			c := randoms(r, g.Batch*g.M*g.N)
			bias := randoms(r, g.N)
			want := append([]float32(nil), c...)
			reference(g, a, b, want, bias)
			everyKind(t, func(t *testing.T, w *workbench) {
				to := w.put(c)
				size := w.k.MatMulScratch(g)
				w.run(w.k.MatMul(g), size, w.put(a), w.put(b), to, w.put(bias), w.alloc(w.threads*size))
				if err := sameBits(w.get(to, len(want)), want); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
