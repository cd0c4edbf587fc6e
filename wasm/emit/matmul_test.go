package emit

import (
	"math/rand/v2"
	"testing"

	"unpool/wasm/kerneltest"
)

func TestMatMul(t *testing.T) {
	for _, g := range kerneltest.MatMuls() {
		t.Run(g.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			a := kerneltest.Randoms(r, g.Batch*g.M*g.K)
			b := kerneltest.Randoms(r, g.Batch*g.K*g.N)
			c := kerneltest.Randoms(r, g.Batch*g.M*g.N)
			bias := kerneltest.Randoms(r, g.N)
			want := append([]float32(nil), c...)
			kerneltest.MatMul(g, a, b, want, bias)
			everyKind(t, func(t *testing.T, w *workbench) {
				to := w.put(c)
				size := w.k.MatMulScratch(g)
				w.run(w.k.MatMul(g), size, w.put(a), w.put(b), to, w.put(bias), w.alloc(w.threads*size))
				if err := kerneltest.SameBits(w.get(to, len(want)), want); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
