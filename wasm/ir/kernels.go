package ir

import "fmt"

// Kernels that are not loop nests but descriptions of well-known computations on f32 buffers, for which an emitter has
// code of its own. Offsets are in elements from a buffer's start.

// MatMul is a matrix product.
type MatMul struct {
	Gemm
	A, B, C  *Buffer
	Bias     *Buffer // nil unless the sums start with it
	AAt, BAt int
}

// Convolution is a convolution of images.
type Convolution struct {
	Conv
	X, Kernel, Y *Buffer
	Bias         *Buffer // nil unless the sums start with it
}

// FilterGradient is the gradient of a convolution by its kernel.
type FilterGradient struct {
	ConvFilter
	X, DY, DKernel *Buffer
}

// Pool is max-pooling.
type Pool struct {
	MaxPool
	X, Y *Buffer
}

// PoolGradient is the gradient of max-pooling by its input.
type PoolGradient struct {
	MaxPool
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
func (k *Convolution) Reads() []*Buffer { return some(k.X, k.Kernel, k.Bias) }

// Reads lists the buffers that the kernel reads.
func (k *FilterGradient) Reads() []*Buffer { return some(k.X, k.DY) }

// Reads lists the buffers that the kernel reads.
func (k *Pool) Reads() []*Buffer { return some(k.X) }

// Reads lists the buffers that the kernel reads.
func (k *PoolGradient) Reads() []*Buffer { return some(k.X, k.DY) }

// Writes lists the buffers that the kernel writes.
func (k *MatMul) Writes() []*Buffer { return some(k.C) }

// Writes lists the buffers that the kernel writes.
func (k *Convolution) Writes() []*Buffer { return some(k.Y) }

// Writes lists the buffers that the kernel writes.
func (k *FilterGradient) Writes() []*Buffer { return some(k.DKernel) }

// Writes lists the buffers that the kernel writes.
func (k *Pool) Writes() []*Buffer { return some(k.Y) }

// Writes lists the buffers that the kernel writes.
func (k *PoolGradient) Writes() []*Buffer { return some(k.DX) }

func (k *MatMul) String() string {
	return fmt.Sprintf("%v = %v of %v+%d, %v+%d%s", k.C, k.Gemm, k.A, k.AAt, k.B, k.BAt, bias(k.Bias))
}

func (k *Convolution) String() string {
	return fmt.Sprintf("%v = %v of %v, %v%s", k.Y, k.Conv, k.X, k.Kernel, bias(k.Bias))
}

func (k *FilterGradient) String() string {
	return fmt.Sprintf("%v = %v of %v, %v", k.DKernel, k.ConvFilter, k.X, k.DY)
}

func (k *Pool) String() string { return fmt.Sprintf("%v = %v of %v", k.Y, k.MaxPool, k.X) }

func (k *PoolGradient) String() string {
	return fmt.Sprintf("%v = gradient of %v of %v, %v", k.DX, k.MaxPool, k.X, k.DY)
}

func bias(b *Buffer) string {
	if b == nil {
		return ""
	}
	return " bias " + b.String()
}
