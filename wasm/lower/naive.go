package lower

import "unpool/wasm/ir"

// naive replaces matrix products and convolutions by loop nests, for emitters without code of their own for them. Every sum has
// the same terms in the same order, and so the same bits.
func naive(p *ir.Program, kernels []ir.Kernel) (out []ir.Kernel) {
	for _, k := range kernels {
		switch k := k.(type) {
		case *ir.If:
			k.Then, k.Else = naive(p, k.Then), naive(p, k.Else)
			out = append(out, k)
		case *ir.While:
			k.Test, k.Body = naive(p, k.Test), naive(p, k.Body)
			out = append(out, k)
		case *ir.MatMul:
			out = append(out, naiveMatMul(k))
		case *ir.Conv:
			c := k.ConvShape
			x, copied := frame(p, k.X, c.Images, c.H, c.W, c.In, c.Top, c.Left,
				(c.OutH-1)*c.StrideH+c.WindowH, (c.OutW-1)*c.StrideW+c.WindowW)
			out = append(append(out, copied...), naiveConv(k, x))
		case *ir.ConvFilter:
			c := k.ConvFilterShape
			x, copied := frame(p, k.X, c.Images, c.H, c.W, c.In, c.Top, c.Left,
				(c.OutH-1)*c.StrideH+c.WindowH, (c.OutW-1)*c.StrideW+c.WindowW)
			out = append(append(out, copied...), naiveConvFilter(k, x))
		default:
			out = append(out, k)
		}
	}
	return out
}

// along is the index that steps by the given strides along the first loops of n.
func along(n, base int, strides ...int) ir.Index {
	x := fixed(n, base)
	copy(x.Strides, strides)
	return x
}

// ordered is a nest that sums a·b over the loops of reduce, in their order, from a start on, and stores the sum to a
// buffer. A sum written as x + sum is not split among lanes.
func ordered(dims, reduce []int, a, b, start *ir.Expr, relu bool, to *ir.Buffer, at ir.Index) *ir.Nest {
	sum := &ir.Expr{Op: ir.Accumulator, Type: ir.F32}
	value := sum
	if relu {
		value = ir.New(ir.Max, ir.F32, sum, ir.Float(ir.F32, 0))
	}
	return &ir.Nest{Dims: dims, Reduce: reduce,
		Accs:   []ir.Acc{{Type: ir.F32, Init: start, Step: ir.New(ir.Add, ir.F32, ir.New(ir.Mul, ir.F32, a, b), sum)}},
		Stores: []ir.Store{{Buf: to, At: at, Value: value}}}
}

// first is what a sum begins with: zero, the bias of its column, or what the result holds.
func first(s ir.Start, bias *ir.Buffer, column ir.Index, to *ir.Buffer, at ir.Index) *ir.Expr {
	switch s {
	case ir.FromBias:
		return ir.At(bias, column)
	case ir.FromC:
		return ir.At(to, at)
	}
	return ir.Float(ir.F32, 0)
}

func naiveMatMul(k *ir.MatMul) *ir.Nest {
	const loops = 4 // the batch, rows, columns; products
	at := along(loops, 0, k.CBatch, k.CRow, 1)
	return ordered([]int{k.Batch, k.M, k.N}, []int{k.K},
		ir.At(k.A, along(loops, k.AAt, k.ABatch, k.ARow, 0, k.ACol)), ir.At(k.B, along(loops, k.BAt, k.BBatch, 0, k.BCol, k.BRow)),
		first(k.Start, k.Bias, along(loops, 0, 0, 0, 1), k.C, at), k.ReLU, k.C, at)
}

// framed is images in a buffer, with the zeros around them that windows reach.
type framed struct {
	*ir.Buffer
	image, row, column int // strides
}

// frame returns images of h x w with as much padding around them that they are height x width, and the kernels that copy
// them there if there is padding.
func frame(p *ir.Program, x *ir.Buffer, images, h, w, channels, top, left, height, width int) (framed, []ir.Kernel) {
	if top == 0 && left == 0 && height <= h && width <= w {
		return framed{x, h * w * channels, w * channels, channels}, nil
	}
	to := framed{p.NewBuffer(ir.Temp, ir.F32, images*height*width*channels), height * width * channels, width * channels, channels}
	const loops = 4
	dims := []int{images, height, width, channels}
	row, column := along(loops, -top, 0, 1), along(loops, -left, 0, 0, 1)
	inside := both(below(row, 0, h, dims), below(column, 0, w, dims))
	from := along(loops, -(top*w+left)*channels, h*w*channels, w*channels, channels, 1)
	return to, []ir.Kernel{&ir.Nest{Dims: dims, Stores: []ir.Store{{Buf: to.Buffer, At: along(loops, 0, ir.Strides(dims)...),
		Value: guard(inside, ir.At(x, from), ir.Float(ir.F32, 0))}}}}
}

func naiveConv(k *ir.Conv, x framed) *ir.Nest {
	const loops = 7 // images, rows, columns, channels; the window's rows, columns, channels
	dims, reduce := []int{k.Images, k.OutH, k.OutW, k.Out}, []int{k.WindowH, k.WindowW, k.In}
	pixel := ir.At(x.Buffer, along(loops, 0, x.image, k.StrideH*x.row, k.StrideW*x.column, 0, x.row, x.column, 1))
	kernel := ir.At(k.Kernel, along(loops, k.KernelFirst, 0, 0, 0, k.KernelOut, k.KernelH, k.KernelW, k.KernelIn))
	at := along(loops, 0, ir.Strides(dims)...)
	return ordered(dims, reduce, pixel, kernel, first(k.Start, k.Bias, loop(loops, 3), k.Y, at), k.ReLU, k.Y, at)
}

func naiveConvFilter(k *ir.ConvFilter, x framed) *ir.Nest {
	const loops = 7 // the window's rows, columns, channels, the result's channels; images, rows, columns
	dims, reduce := []int{k.WindowH, k.WindowW, k.In, k.Out}, []int{k.Images, k.OutH, k.OutW}
	pixel := ir.At(x.Buffer, along(loops, 0, x.row, x.column, 1, 0, x.image, k.StrideH*x.row, k.StrideW*x.column))
	dy := ir.At(k.DY, along(loops, 0, 0, 0, 0, 1, k.OutH*k.OutW*k.Out, k.OutW*k.Out, k.Out))
	return ordered(dims, reduce, pixel, dy, ir.Float(ir.F32, 0), false, k.DKernel, along(loops, 0, ir.Strides(dims)...))
}
