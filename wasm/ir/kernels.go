package ir

import "fmt"

// Kernels that are not loop nests but descriptions of well-known computations on f32 buffers, for which an emitter has
// code of its own. Offsets are in elements from a buffer's start.

// MatMul is a matrix product.
type MatMul struct {
	MatMulShape
	A, B, C  *Buffer
	Bias     *Buffer // nil unless the sums start with it
	AAt, BAt int
}

// Conv is a convolution of images.
type Conv struct {
	ConvShape
	X, Kernel, Y *Buffer
	Bias         *Buffer // nil unless the sums start with it
}

// ConvFilter is the gradient of a convolution by its kernel.
type ConvFilter struct {
	ConvFilterShape
	X, DY, DKernel *Buffer
}

// MaxPool is max-pooling.
type MaxPool struct {
	MaxPoolShape
	X, Y *Buffer
}

// MaxPoolGradient is the gradient of max-pooling by its input.
type MaxPoolGradient struct {
	MaxPoolShape
	X, DY, DX *Buffer
}

func some(buffers ...*Buffer) (list []*Buffer) {
	for _, b := range buffers {
		if b != nil {
			list = append(list, b)
		}
	}
	return union(list)
}

// Reads lists the buffers that the kernel reads.
func (k *MatMul) Reads() []*Buffer {
	if k.Start == FromC {
		return some(k.A, k.B, k.C)
	}
	return some(k.A, k.B, k.Bias)
}

// Reads lists the buffers that the kernel reads.
func (k *Conv) Reads() []*Buffer { return some(k.X, k.Kernel, k.Bias) }

// Reads lists the buffers that the kernel reads.
func (k *ConvFilter) Reads() []*Buffer { return some(k.X, k.DY) }

// Reads lists the buffers that the kernel reads.
func (k *MaxPool) Reads() []*Buffer { return some(k.X) }

// Reads lists the buffers that the kernel reads.
func (k *MaxPoolGradient) Reads() []*Buffer { return some(k.X, k.DY) }

// Writes lists the buffers that the kernel writes.
func (k *MatMul) Writes() []*Buffer { return some(k.C) }

// Writes lists the buffers that the kernel writes.
func (k *Conv) Writes() []*Buffer { return some(k.Y) }

// Writes lists the buffers that the kernel writes.
func (k *ConvFilter) Writes() []*Buffer { return some(k.DKernel) }

// Writes lists the buffers that the kernel writes.
func (k *MaxPool) Writes() []*Buffer { return some(k.Y) }

// Writes lists the buffers that the kernel writes.
func (k *MaxPoolGradient) Writes() []*Buffer { return some(k.DX) }

func (k *MatMul) String() string {
	return fmt.Sprintf("%v = %v of %v+%d, %v+%d%s", k.C, k.MatMulShape, k.A, k.AAt, k.B, k.BAt, bias(k.Bias))
}

func (k *Conv) String() string {
	return fmt.Sprintf("%v = %v of %v, %v%s", k.Y, k.ConvShape, k.X, k.Kernel, bias(k.Bias))
}

func (k *ConvFilter) String() string {
	return fmt.Sprintf("%v = %v of %v, %v", k.DKernel, k.ConvFilterShape, k.X, k.DY)
}

func (k *MaxPool) String() string { return fmt.Sprintf("%v = %v of %v", k.Y, k.MaxPoolShape, k.X) }

func (k *MaxPoolGradient) String() string {
	return fmt.Sprintf("%v = gradient of %v of %v, %v", k.DX, k.MaxPoolShape, k.X, k.DY)
}

func bias(b *Buffer) string {
	if b == nil {
		return ""
	}
	return " bias " + b.String()
}
