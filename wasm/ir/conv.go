package ir

import "fmt"

// ConvShape is a convolution of f32 images [Images, H, W, In] with a kernel to [Images, OutH, OutW, Out]:
//
//	y[n,i,j,o] = sum over r, s, c of x[n, i·StrideH+r-Top, j·StrideW+s-Left, c] · kernel[r,s,c,o]
//
// where x is zero outside the image. The sum is in order of r, s, c. The kernel may have any strides, also negative
// ones, so that the gradient with respect to the input, a convolution with the kernel reversed, needs no copy of it.
type ConvShape struct {
	Images, H, W, In    int
	OutH, OutW, Out     int
	WindowH, WindowW    int
	StrideH, StrideW    int
	Top, Left           int // padding; what is needed at the bottom and the right follows
	KernelFirst         int // where kernel[0,0,0,0] is, in elements
	KernelH, KernelW    int // from kernel[r,s,c,o] to kernel[r+1,s,c,o] and kernel[r,s+1,c,o], in elements
	KernelIn, KernelOut int // to kernel[r,s,c+1,o] and kernel[r,s,c,o+1]
	Start               Start
	ReLU                bool
}

func (c ConvShape) String() string {
	relu := ""
	if c.ReLU {
		relu = " relu"
	}
	return fmt.Sprintf("conv %dx%dx%dx%d by %dx%d to %dx%dx%d stride %d,%d pad %d,%d kernel %d(%d,%d,%d,%d)%s%s",
		c.Images, c.H, c.W, c.In, c.WindowH, c.WindowW, c.OutH, c.OutW, c.Out, c.StrideH, c.StrideW, c.Top, c.Left,
		c.KernelFirst, c.KernelH, c.KernelW, c.KernelIn, c.KernelOut, c.Start, relu)
}

// Flops is the number of multiplications and additions, including those with padding.
func (c ConvShape) Flops() int64 {
	return 2 * int64(c.Images) * int64(c.OutH*c.OutW) * int64(c.WindowH*c.WindowW*c.In) * int64(c.Out)
}

// ConvFilterShape is the gradient of a convolution by its kernel, f32 [WindowH, WindowW, In, Out], from images
// [Images, H, W, In] and the gradient of the outputs [Images, OutH, OutW, Out]:
//
//	dk[r,s,c,o] = sum over n, i, j of x[n, i·StrideH+r-Top, j·StrideW+s-Left, c] · dy[n,i,j,o]
//
// in order of n, i, j.
type ConvFilterShape struct {
	Images, H, W, In int
	OutH, OutW, Out  int
	WindowH, WindowW int
	StrideH, StrideW int
	Top, Left        int
}

func (c ConvFilterShape) String() string {
	return fmt.Sprintf("conv filter %dx%dx%dx%d by %dx%d to %dx%dx%d stride %d,%d pad %d,%d",
		c.Images, c.H, c.W, c.In, c.WindowH, c.WindowW, c.OutH, c.OutW, c.Out, c.StrideH, c.StrideW, c.Top, c.Left)
}

// Flops is the number of multiplications and additions, including those with padding.
func (c ConvFilterShape) Flops() int64 {
	return 2 * int64(c.Images) * int64(c.OutH*c.OutW) * int64(c.WindowH*c.WindowW*c.In) * int64(c.Out)
}
