package emit

import (
	"math/rand/v2"
	"testing"

	"unpool/wasm/ir"
)

// same is a convolution of dense arrays, stride 1, padded to the same size.
func same(images, side, in, window, out int) ir.ConvShape {
	return ir.ConvShape{Images: images, H: side, W: side, In: in, OutH: side, OutW: side, Out: out, WindowH: window, WindowW: window,
		StrideH: 1, StrideW: 1, Top: (window - 1) / 2, Left: (window - 1) / 2,
		KernelH: window * in * out, KernelW: in * out, KernelIn: out, KernelOut: 1}
}

// backward is the gradient of c by its input: the kernel reversed, its channels exchanged.
func backward(c ir.ConvShape) ir.ConvShape {
	return ir.ConvShape{Images: c.Images, H: c.OutH, W: c.OutW, In: c.Out, OutH: c.H, OutW: c.W, Out: c.In,
		WindowH: c.WindowH, WindowW: c.WindowW, StrideH: 1, StrideW: 1, Top: c.WindowH - 1 - c.Top, Left: c.WindowW - 1 - c.Left,
		KernelFirst: (c.WindowH-1)*c.KernelH + (c.WindowW-1)*c.KernelW,
		KernelH:     -c.KernelH, KernelW: -c.KernelW, KernelIn: c.KernelOut, KernelOut: c.KernelIn}
}

func convs() []ir.ConvShape {
	strided := same(2, 9, 3, 3, 10)
	strided.StrideH, strided.StrideW, strided.OutH, strided.OutW = 2, 3, 4, 3
	valid := same(3, 8, 4, 3, 9)
	valid.Top, valid.Left, valid.OutH, valid.OutW = 0, 0, 6, 6
	biased := same(3, 7, 8, 3, 16)
	biased.Start, biased.ReLU = ir.FromBias, true
	return []ir.ConvShape{
		same(1, 96, 8, 1, 4), // its frame is too large to be broadcast
		same(1, 3, 1, 1, 1), same(5, 28, 1, 5, 32), same(3, 14, 32, 5, 64), same(2, 7, 64, 3, 12),
		strided, valid, biased, backward(same(3, 14, 32, 5, 64)), backward(same(2, 7, 12, 3, 20)), backward(valid),
	}
}

// at returns x[n,i,j,c], zero outside the image.
func pixel(x []float32, h, w, channels, n, i, j, c int) float32 {
	if i < 0 || i >= h || j < 0 || j >= w {
		return 0
	}
	return x[((n*h+i)*w+j)*channels+c]
}

func referenceConv(c ir.ConvShape, x, kernel, bias []float32) []float32 {
	y := make([]float32, 0, c.Images*c.OutH*c.OutW*c.Out)
	for n := range c.Images {
		for i := range c.OutH {
			for j := range c.OutW {
				for o := range c.Out {
					sum := float32(0)
					if c.Start == ir.FromBias {
						sum = bias[o]
					}
					for r := range c.WindowH {
						for s := range c.WindowW {
							for ch := range c.In {
								v := pixel(x, c.H, c.W, c.In, n, i*c.StrideH+r-c.Top, j*c.StrideW+s-c.Left, ch)
								sum += float32(v * kernel[c.KernelFirst+r*c.KernelH+s*c.KernelW+ch*c.KernelIn+o*c.KernelOut])
							}
						}
					}
					if c.ReLU {
						sum = max(sum, 0)
					}
					y = append(y, sum)
				}
			}
		}
	}
	return y
}

func referenceFilter(c ir.ConvFilterShape, x, dy []float32) []float32 {
	dk := make([]float32, 0, c.WindowH*c.WindowW*c.In*c.Out)
	for r := range c.WindowH {
		for s := range c.WindowW {
			for ch := range c.In {
				for o := range c.Out {
					sum := float32(0)
					for n := range c.Images {
						for i := range c.OutH {
							for j := range c.OutW {
								v := pixel(x, c.H, c.W, c.In, n, i*c.StrideH+r-c.Top, j*c.StrideW+s-c.Left, ch)
								sum += float32(v * dy[((n*c.OutH+i)*c.OutW+j)*c.Out+o])
							}
						}
					}
					dk = append(dk, sum)
				}
			}
		}
	}
	return dk
}

func TestConv(t *testing.T) {
	for _, c := range convs() {
		t.Run(c.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			x := randoms(r, c.Images*c.H*c.W*c.In)
			kernel := randoms(r, c.WindowH*c.WindowW*c.In*c.Out)
			bias := randoms(r, c.Out)
			want := referenceConv(c, x, kernel, bias)
			everyKind(t, func(t *testing.T, w *workbench) {
				to := w.alloc(4 * len(want))
				size := w.k.ConvScratch(c)
				w.run(w.k.Conv(c), size, w.put(x), w.put(kernel), to, w.put(bias), w.alloc(w.threads*size))
				if err := sameBits(w.get(to, len(want)), want); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestConvFilter(t *testing.T) {
	for _, c := range convs() {
		c := filterOf(c)
		t.Run(c.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			x := randoms(r, c.Images*c.H*c.W*c.In)
			dy := randoms(r, c.Images*c.OutH*c.OutW*c.Out)
			want := referenceFilter(c, x, dy)
			everyKind(t, func(t *testing.T, w *workbench) {
				to := w.alloc(4 * len(want))
				size := w.k.ConvFilterScratch(c)
				w.run(w.k.ConvFilter(c), size, w.put(x), w.put(dy), to, w.alloc(w.threads*size))
				if err := sameBits(w.get(to, len(want)), want); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func filterOf(c ir.ConvShape) ir.ConvFilterShape {
	return ir.ConvFilterShape{Images: c.Images, H: c.H, W: c.W, In: c.In, OutH: c.OutH, OutW: c.OutW, Out: c.Out,
		WindowH: c.WindowH, WindowW: c.WindowW, StrideH: c.StrideH, StrideW: c.StrideW, Top: c.Top, Left: c.Left}
}
