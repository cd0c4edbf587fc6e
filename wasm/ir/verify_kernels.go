package ir

// f32 says that an operand must be f32 and have at least n elements.
func (v *verifier) f32(what string, b *Buffer, n int) {
	switch {
	case b == nil:
		v.fail("there is no buffer for the %s", what)
	case b.Type != F32:
		v.fail("the %s, %v, is %v, want f32", what, b, b.Type)
	case n < 0 || n > b.Len:
		v.fail("the %s, %v, has %d elements, want %d", what, b, b.Len, n)
	}
}

// result says that a kernel's result must be f32 and have n elements.
func (v *verifier) result(what string, b *Buffer, n int) {
	v.f32(what, b, n)
	if v.err == nil && b.Len != n {
		v.fail("the %s, %v, has %d elements, of which %d are written", what, b, b.Len, n)
	}
}

// apart says that a kernel's result may not lie in the memory of its operands.
func (v *verifier) apart(result *Buffer, operands ...*Buffer) {
	for _, b := range operands {
		if v.err == nil && b != nil && Overlap(result, b) {
			v.fail("the result %v shares memory with the operand %v", result, b)
		}
	}
}

// start says that there is a bias of n elements if sums begin with it, and only then.
func (v *verifier) start(s Start, bias *Buffer, n int) {
	switch {
	case s == FromBias:
		v.f32("bias", bias, n)
	case bias != nil:
		v.fail("sums do not start with the bias %v", bias)
	}
}

// axes says that an array with these extents and strides, from element first on, lies within the buffer.
func (v *verifier) axes(what string, b *Buffer, first int, extents, strides []int) {
	least, most := first, first
	for i, n := range extents {
		if reach := (n - 1) * strides[i]; reach < 0 {
			least += reach
		} else {
			most += reach
		}
	}
	v.f32(what, b, 0)
	if v.err == nil && (least < 0 || most >= b.Len) {
		v.fail("the %s, %v, has %d elements, of which %d to %d are read", what, b, b.Len, least, most)
	}
}

// forward says that none of some numbers is below a limit, as kernels that walk forwards demand of strides and sizes.
func (v *verifier) forward(what string, limit int, numbers ...int) {
	for _, n := range numbers {
		if n < limit {
			v.fail("%s of %d, want at least %d", what, n, limit)
		}
	}
}

func (v *verifier) matMul(k *MatMul) {
	g := k.MatMulShape
	v.forward("a dimension", 1, g.M, g.N, g.K, g.Batch)
	v.axes("left operand", k.A, k.AAt, []int{g.M, g.K, g.Batch}, []int{g.ARow, g.ACol, g.ABatch})
	v.axes("right operand", k.B, k.BAt, []int{g.K, g.N, g.Batch}, []int{g.BRow, g.BCol, g.BBatch})
	v.axes("product", k.C, 0, []int{g.M, g.N, g.Batch}, []int{g.CRow, 1, g.CBatch})
	v.start(g.Start, k.Bias, g.N)
	if g.M > 1 {
		v.forward("a row of the product", g.N, g.CRow)
	}
	if g.Batch > 1 {
		v.forward("a product of the batch", (g.M-1)*g.CRow+g.N, g.CBatch)
	}
	v.apart(k.C, k.A, k.B, k.Bias)
}

func (v *verifier) conv(k *Conv) {
	c := k.ConvShape
	v.window(c.OutH, c.OutW, c.WindowH, c.WindowW, c.StrideH, c.StrideW, c.Top, c.Left)
	v.forward("a dimension", 1, c.Images, c.H, c.W, c.In, c.Out)
	v.f32("images", k.X, c.Images*c.H*c.W*c.In)
	v.axes("kernel", k.Kernel, c.KernelFirst, []int{c.WindowH, c.WindowW, c.In, c.Out}, []int{c.KernelH, c.KernelW, c.KernelIn, c.KernelOut})
	v.result("result", k.Y, c.Images*c.OutH*c.OutW*c.Out)
	if c.Start == FromC {
		v.fail("a convolution cannot add to what its result holds")
	}
	v.start(c.Start, k.Bias, c.Out)
	v.apart(k.Y, k.X, k.Kernel, k.Bias)
}

func (v *verifier) convFilter(k *ConvFilter) {
	c := k.ConvFilterShape
	v.window(c.OutH, c.OutW, c.WindowH, c.WindowW, c.StrideH, c.StrideW, c.Top, c.Left)
	v.forward("a dimension", 1, c.Images, c.H, c.W, c.In, c.Out)
	v.f32("images", k.X, c.Images*c.H*c.W*c.In)
	v.f32("gradient", k.DY, c.Images*c.OutH*c.OutW*c.Out)
	v.result("gradient with respect to the kernel", k.DKernel, c.WindowH*c.WindowW*c.In*c.Out)
	v.apart(k.DKernel, k.X, k.DY)
}

// maxPool looks at a pool from x to y, or at its windows alone if y is nil.
func (v *verifier) maxPool(p MaxPoolShape, x, y *Buffer) {
	v.window(p.OutH, p.OutW, p.WindowH, p.WindowW, p.StrideH, p.StrideW, p.Top, p.Left)
	v.forward("a dimension", 1, p.Images, p.H, p.W, p.Channels)
	v.f32("images", x, p.Images*p.H*p.W*p.Channels)
	if p.Top >= p.WindowH || p.Left >= p.WindowW || (p.OutH-1)*p.StrideH-p.Top >= p.H || (p.OutW-1)*p.StrideW-p.Left >= p.W {
		v.fail("a window lies outside the image")
	}
	if y != nil {
		v.result("result", y, p.Images*p.OutH*p.OutW*p.Channels)
		v.apart(y, x)
	}
}

func (v *verifier) window(outH, outW, windowH, windowW, strideH, strideW, top, left int) {
	v.forward("a dimension", 1, outH, outW, windowH, windowW)
	v.forward("a window's stride", 1, strideH, strideW)
	v.forward("padding", 0, top, left)
}
