// Package kerneltest has what tests of kernels compare with: products and convolutions by plain loops, whose bits every emitter must
// give, and shapes to try.
package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"unpool/wasm/ir"
)

// RowMajor is a product of dense matrices, transposed or not.
func RowMajor(m, n, k int, aT, bT bool) ir.MatMulShape {
	g := ir.MatMulShape{M: m, N: n, K: k, ARow: k, ACol: 1, BRow: n, BCol: 1, CRow: n, Batch: 1}
	if aT {
		g.ARow, g.ACol = 1, m
	}
	if bT {
		g.BRow, g.BCol = 1, k
	}
	return g
}

// MatMul is a product by plain loops: it sums in order of k, each product rounded.
func MatMul(g ir.MatMulShape, a, b, c, bias []float32) {
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

// MatMuls are products of many kinds, some of them odd.
func MatMuls() []ir.MatMulShape {
	with := func(g ir.MatMulShape, change func(*ir.MatMulShape)) ir.MatMulShape {
		change(&g)
		return g
	}
	return []ir.MatMulShape{
		RowMajor(1, 1, 1, false, false),
		RowMajor(7, 8, 3, false, false),
		RowMajor(13, 10, 5, false, true),
		RowMajor(25, 32, 77, true, false),
		RowMajor(128, 128, 128, false, false),
		RowMajor(128, 128, 128, false, true),
		RowMajor(28, 64, 300, true, true),
		RowMajor(5, 67, 513, false, false),
		RowMajor(6, 530, 20, false, true),
		with(RowMajor(17, 35, 29, false, false), func(g *ir.MatMulShape) { g.Start = ir.FromBias; g.ReLU = true }),
		with(RowMajor(17, 9, 600, true, false), func(g *ir.MatMulShape) { g.Start = ir.FromC }),
		with(RowMajor(9, 11, 700, false, false), func(g *ir.MatMulShape) { g.Start = ir.FromBias; g.ReLU = true }),
		with(RowMajor(4, 12, 10, false, false), func(g *ir.MatMulShape) {
			g.Batch, g.ABatch, g.BBatch, g.CBatch = 3, 40, 120, 48
		}),
	}
}

// Same is a convolution of dense arrays, stride 1, padded to the same size.
func Same(images, side, in, window, out int) ir.ConvShape {
	return ir.ConvShape{Images: images, H: side, W: side, In: in, OutH: side, OutW: side, Out: out, WindowH: window, WindowW: window,
		StrideH: 1, StrideW: 1, Top: (window - 1) / 2, Left: (window - 1) / 2,
		KernelH: window * in * out, KernelW: in * out, KernelIn: out, KernelOut: 1}
}

// Backward is the gradient of c by its input: the kernel reversed, its channels exchanged.
func Backward(c ir.ConvShape) ir.ConvShape {
	return ir.ConvShape{Images: c.Images, H: c.OutH, W: c.OutW, In: c.Out, OutH: c.H, OutW: c.W, Out: c.In,
		WindowH: c.WindowH, WindowW: c.WindowW, StrideH: 1, StrideW: 1, Top: c.WindowH - 1 - c.Top, Left: c.WindowW - 1 - c.Left,
		KernelFirst: (c.WindowH-1)*c.KernelH + (c.WindowW-1)*c.KernelW,
		KernelH:     -c.KernelH, KernelW: -c.KernelW, KernelIn: c.KernelOut, KernelOut: c.KernelIn}
}

// Convs are convolutions of many kinds, some of them odd.
func Convs() []ir.ConvShape {
	strided := Same(2, 9, 3, 3, 10)
	strided.StrideH, strided.StrideW, strided.OutH, strided.OutW = 2, 3, 4, 3
	valid := Same(3, 8, 4, 3, 9)
	valid.Top, valid.Left, valid.OutH, valid.OutW = 0, 0, 6, 6
	biased := Same(3, 7, 8, 3, 16)
	biased.Start, biased.ReLU = ir.FromBias, true
	padding := Same(2, 3, 2, 1, 5) // all that the windows reach is padding at the left and at the top
	padding.StrideH, padding.StrideW, padding.OutH, padding.OutW, padding.Left = 9, 9, 1, 1, 5
	above := padding
	above.Top, above.Left = 5, 0
	return []ir.ConvShape{
		padding, above,
		Same(1, 96, 8, 1, 4), // its frame is too large to be broadcast
		Same(1, 3, 1, 1, 1), Same(5, 28, 1, 5, 32), Same(3, 14, 32, 5, 64), Same(2, 7, 64, 3, 12),
		strided, valid, biased, Backward(Same(3, 14, 32, 5, 64)), Backward(Same(2, 7, 12, 3, 20)), Backward(valid),
	}
}

// pixel returns x[n,i,j,c], zero outside the image.
func pixel(x []float32, h, w, channels, n, i, j, c int) float32 {
	if i < 0 || i >= h || j < 0 || j >= w {
		return 0
	}
	return x[((n*h+i)*w+j)*channels+c]
}

// Conv is a convolution by plain loops, in the order of the sums that a ConvShape describes.
func Conv(c ir.ConvShape, x, kernel, bias []float32) []float32 {
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

// ConvFilter is the gradient of a convolution by its kernel by plain loops.
func ConvFilter(c ir.ConvFilterShape, x, dy []float32) []float32 {
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

// FilterOf is the gradient of c by its kernel.
func FilterOf(c ir.ConvShape) ir.ConvFilterShape {
	return ir.ConvFilterShape{Images: c.Images, H: c.H, W: c.W, In: c.In, OutH: c.OutH, OutW: c.OutW, Out: c.Out,
		WindowH: c.WindowH, WindowW: c.WindowW, StrideH: c.StrideH, StrideW: c.StrideW, Top: c.Top, Left: c.Left}
}

// Randoms are n numbers from -1 to 1.
func Randoms(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.Float64()*2 - 1)
	}
	return v
}

// SameBits compares bit for bit and names the first difference.
func SameBits(got, want []float32) error {
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			return fmt.Errorf("element %d is %v, want %v", i, got[i], want[i])
		}
	}
	return nil
}

// LargeMatMuls are products of the catalog's nets at a batch of 128, for benchmarks: of the recurrent nets' steps and gradients, and
// of the convolutional nets' dense layers.
func LargeMatMuls() []ir.MatMulShape {
	return []ir.MatMulShape{
		RowMajor(128, 128, 128, false, false), RowMajor(128, 128, 128, false, true), RowMajor(128, 128, 128, true, false),
		RowMajor(3584, 512, 28, false, false), RowMajor(128, 512, 128, false, false), RowMajor(128, 128, 512, false, true),
		RowMajor(128, 512, 3584, true, false), RowMajor(128, 1024, 3136, false, false), RowMajor(128, 3136, 1024, false, true),
		RowMajor(3136, 1024, 128, true, false), RowMajor(128, 10, 1024, false, false),
	}
}

// LargeConvs are convolutions of the catalog's nets at a batch of 128, for benchmarks: three layers, and the gradients of two of them.
func LargeConvs() []ir.ConvShape {
	c1, c2, c3 := Same(128, 28, 1, 5, 32), Same(128, 14, 32, 5, 64), Same(128, 7, 64, 3, 64)
	return []ir.ConvShape{c1, c2, c3, Backward(c2), Backward(c3)}
}
