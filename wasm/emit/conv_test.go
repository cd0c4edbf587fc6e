package emit

import (
	"math/rand/v2"
	"testing"

	"unpool/wasm/kerneltest"
)

func TestConv(t *testing.T) {
	for _, c := range kerneltest.Convs() {
		t.Run(c.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			x := kerneltest.Randoms(r, c.Images*c.H*c.W*c.In)
			kernel := kerneltest.Randoms(r, c.WindowH*c.WindowW*c.In*c.Out)
			bias := kerneltest.Randoms(r, c.Out)
			want := kerneltest.Conv(c, x, kernel, bias)
			everyKind(t, func(t *testing.T, w *workbench) {
				to := w.alloc(4 * len(want))
				size := w.k.ConvScratch(c)
				w.run(w.k.Conv(c), size, w.put(x), w.put(kernel), to, w.put(bias), w.alloc(w.threads*size))
				if err := kerneltest.SameBits(w.get(to, len(want)), want); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestConvFilter(t *testing.T) {
	for _, c := range kerneltest.Convs() {
		c := kerneltest.FilterOf(c)
		t.Run(c.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			x := kerneltest.Randoms(r, c.Images*c.H*c.W*c.In)
			dy := kerneltest.Randoms(r, c.Images*c.OutH*c.OutW*c.Out)
			want := kerneltest.ConvFilter(c, x, dy)
			everyKind(t, func(t *testing.T, w *workbench) {
				to := w.alloc(4 * len(want))
				size := w.k.ConvFilterScratch(c)
				w.run(w.k.ConvFilter(c), size, w.put(x), w.put(dy), to, w.alloc(w.threads*size))
				if err := kerneltest.SameBits(w.get(to, len(want)), want); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
