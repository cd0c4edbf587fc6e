package emit

import (
	"math/rand/v2"
	"testing"

	"unpool/wasm/ir"
	"unpool/wasm/kerneltest"
)

func pools() []ir.MaxPoolShape {
	halves := func(images, side, channels int) ir.MaxPoolShape {
		return ir.MaxPoolShape{Images: images, H: side, W: side, Channels: channels, OutH: (side + 1) / 2, OutW: (side + 1) / 2,
			WindowH: 2, WindowW: 2, StrideH: 2, StrideW: 2}
	}
	overlapping := ir.MaxPoolShape{Images: 3, H: 7, W: 6, Channels: 6, OutH: 4, OutW: 3, WindowH: 3, WindowW: 3, StrideH: 2, StrideW: 2, Top: 1, Left: 1}
	gaps := ir.MaxPoolShape{Images: 2, H: 9, W: 8, Channels: 4, OutH: 3, OutW: 2, WindowH: 2, WindowW: 1, StrideH: 3, StrideW: 4}
	return []ir.MaxPoolShape{halves(4, 28, 32), halves(3, 7, 64), halves(2, 5, 3), overlapping, gaps}
}

// referencePool returns the pool and the gradient of its input.
func referencePool(p ir.MaxPoolShape, x, dy []float32) (y, dx []float32) {
	dx = make([]float32, len(x))
	for n := range p.Images {
		for i := range p.OutH {
			for j := range p.OutW {
				for c := range p.Channels {
					best := -1
					for r := range p.WindowH {
						for s := range p.WindowW {
							h, w := i*p.StrideH+r-p.Top, j*p.StrideW+s-p.Left
							if h < 0 || h >= p.H || w < 0 || w >= p.W {
								continue
							}
							if at := ((n*p.H+h)*p.W+w)*p.Channels + c; best < 0 || x[at] > x[best] {
								best = at
							}
						}
					}
					dx[best] += dy[len(y)]
					y = append(y, x[best])
				}
			}
		}
	}
	return y, dx
}

func TestMaxPool(t *testing.T) {
	for _, p := range pools() {
		t.Run(p.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 8))
			x := kerneltest.Randoms(r, p.Images*p.H*p.W*p.Channels)
			for i := range x {
				x[i] = float32(int(x[i] * 3)) // many equal ones: the first must win
			}
			dy := kerneltest.Randoms(r, p.Images*p.OutH*p.OutW*p.Channels)
			y, dx := referencePool(p, x, dy)
			everyKind(t, func(t *testing.T, w *workbench) {
				to := w.alloc(4 * len(y))
				w.run(w.k.MaxPool(p), 0, w.put(x), to)
				got := w.get(to, len(y))
				for i := range got {
					if got[i] != y[i] {
						t.Fatalf("pool: element %d is %v, want %v", i, got[i], y[i])
					}
				}
			})
			everyKind(t, func(t *testing.T, w *workbench) {
				junk := kerneltest.Randoms(r, len(dx))
				to := w.put(junk)
				w.run(w.k.MaxPoolGradient(p), 0, w.put(x), w.put(dy), to)
				got := w.get(to, len(dx))
				for i := range got {
					if d := got[i] - dx[i]; d > 1e-6 || d < -1e-6 {
						t.Fatalf("gradient: element %d is %v, want %v", i, got[i], dx[i])
					}
				}
			})
		})
	}
}
