//go:build amd64 && (linux || darwin)

package native

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"unpool/wasm/ir"
	"unpool/wasm/kerneltest"
)

// fenced is memory with none before and none after it.
func fenced(t *testing.T, pages int) []byte {
	t.Helper()
	page := unix.Getpagesize()
	all, err := unix.Mmap(-1, 0, (pages+2)*page, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(all) })
	memory := all[page : (pages+1)*page : (pages+1)*page]
	if err := unix.Mprotect(memory, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		t.Fatal(err)
	}
	return memory
}

// fence runs a kernel several times, each time with another operand at the memory's first and at its last bytes. Arrays are A, B, C and
// bias, first where an address points into each; it checks that C becomes what is wanted, and that nothing else but scratch memory changes.
func fence(t *testing.T, memory []byte, k ir.Kernel, threads int, columns bool, arrays [4][]float32, first [4]int, want []float32) {
	t.Helper()
	p := NewProgram()
	defer p.Close()
	number, scratch, ok := p.Kernel(k, columns)
	if !ok {
		t.Fatal("there is no native code for it")
	}
	if err := p.Load(); err != nil {
		t.Fatal(err)
	}
	sizes := [5]int{}
	for i, a := range arrays {
		sizes[i] = 4 * len(a)
	}
	sizes[4] = scratch
	for shift := range sizes {
		var at [5]int
		place, end := 0, (len(memory)-slack-sizes[(shift+4)%5])&^3
		for n := range sizes {
			i := (shift + n) % 5
			at[i] = place
			place += (sizes[i]+63)&^63 + 64
			if n == 4 {
				at[i] = end
			}
		}
		if place > len(memory)-slack {
			t.Fatalf("%d bytes of memory are too few", len(memory))
		}
		copy(memory, bytes.Repeat([]byte{0x7f}, len(memory))) // NaN
		floats := func(i int) []float32 {
			if sizes[i] == 0 {
				return nil
			}
			return unsafe.Slice((*float32)(unsafe.Pointer(&memory[at[i]])), sizes[i]/4)
		}
		for i, a := range arrays {
			copy(floats(i), a)
		}
		before := bytes.Clone(memory)
		for _, part := range p.divide(number, threads) {
			args := []uint64{uint64(number), part[0], part[1]}
			for i := range 4 {
				args = append(args, uint64(at[i]+4*first[i]))
			}
			if err := p.Call(memory, append(args, uint64(at[4]))); err != nil {
				t.Fatalf("operand %d last: %v", (shift+4)%5, err)
			}
		}
		if err := kerneltest.SameBits(floats(2), want); err != nil {
			t.Fatalf("operand %d last: %v", (shift+4)%5, err)
		}
		for _, i := range [...]int{2, 4} {
			copy(before[at[i]:at[i]+sizes[i]], memory[at[i]:])
		}
		if !bytes.Equal(before, memory) {
			t.Fatalf("operand %d last: something else has changed", (shift+4)%5)
		}
	}
}

// lay writes a dense array of these extents to strides, which may be negative, and returns it with the place of its first element.
func lay(r *rand.Rand, dense []float32, extents, strides []int) (laid []float32, first int) {
	e := array(0, extents, strides)
	laid = kerneltest.Randoms(r, (e.to-e.from)/4)
	first = -e.from / 4
	i := 0
	for x := range extents[0] {
		for y := range extents[1] {
			for z := range extents[2] {
				laid[first+x*strides[0]+y*strides[1]+z*strides[2]] = dense[i]
				i++
			}
		}
	}
	return laid, first
}

// Products of random shapes and strides, in either direction, touch nothing but their operands.
func TestMatMulFenced(t *testing.T) {
	memory := fenced(t, 200)
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		g := ir.MatMulShape{M: 1 + r.IntN(20), N: 1 + r.IntN(40), K: 1 + r.IntN(40), Batch: 1 + r.IntN(2)}
		if r.IntN(8) == 0 {
			g.K = 250 + r.IntN(300)
		}
		strides := func(rows, columns, batch int) (row, column, next int) {
			sign := func(n int) int { return n * (1 - 2*r.IntN(2)) }
			pad := func() int { return r.IntN(3) / 2 * r.IntN(9) }
			switch r.IntN(4) {
			case 0:
				column = 1
				row = sign(columns + pad())
			case 1:
				row = 1
				column = sign(rows + pad())
			case 2:
				column = sign(1 + r.IntN(2))
				row = sign(2*columns + pad())
			case 3:
				row = sign(1)
				column = sign(rows + pad())
			}
			return row, column, sign(3*rows*columns + 10*max(rows, columns))
		}
		g.ARow, g.ACol, g.ABatch = strides(g.M, g.K, g.Batch)
		g.BRow, g.BCol, g.BBatch = strides(g.K, g.N, g.Batch)
		g.CRow = g.N + r.IntN(2)*r.IntN(5)
		g.CBatch = (g.M-1)*g.CRow + g.N + r.IntN(9)
		g.Start, g.ReLU = ir.Start(r.IntN(3)), r.IntN(2) == 0
		a, b := kerneltest.Randoms(r, g.Batch*g.M*g.K), kerneltest.Randoms(r, g.Batch*g.K*g.N)
		c := kerneltest.Randoms(r, (g.Batch-1)*g.CBatch+(g.M-1)*g.CRow+g.N)
		var bias []float32
		if g.Start == ir.FromBias {
			bias = kerneltest.Randoms(r, g.N)
		}
		dense := g
		dense.ARow, dense.ACol, dense.ABatch, dense.BRow, dense.BCol, dense.BBatch = g.K, 1, g.M*g.K, g.N, 1, g.K*g.N
		want := slices.Clone(c)
		kerneltest.MatMul(dense, a, b, want, bias)
		aa, aAt := lay(r, a, []int{g.Batch, g.M, g.K}, []int{g.ABatch, g.ARow, g.ACol})
		bb, bAt := lay(r, b, []int{g.Batch, g.K, g.N}, []int{g.BBatch, g.BRow, g.BCol})
		columns := r.IntN(2) == 0
		t.Run(fmt.Sprint(g, columns), func(t *testing.T) {
			fence(t, memory, &ir.MatMul{MatMulShape: g}, 1+r.IntN(3), columns, [4][]float32{aa, bb, c, bias}, [4]int{aAt, bAt, 0, 0}, want)
		})
	}
}

// randomConv is a convolution of a random shape.
func randomConv(r *rand.Rand) ir.ConvShape {
	c := ir.ConvShape{Images: 1 + r.IntN(3), H: 1 + r.IntN(9), W: 1 + r.IntN(9), In: 1 + r.IntN(9), Out: 1 + r.IntN(20),
		OutH: 1 + r.IntN(6), OutW: 1 + r.IntN(6), WindowH: 1 + r.IntN(4), WindowW: 1 + r.IntN(4),
		StrideH: 1 + r.IntN(3), StrideW: 1 + r.IntN(3), Top: r.IntN(6) * r.IntN(2), Left: r.IntN(6) * r.IntN(2)}
	c.KernelIn, c.KernelOut, c.KernelW, c.KernelH = c.Out, 1, c.In*c.Out, c.WindowW*c.In*c.Out
	if r.IntN(2) == 0 {
		c.KernelIn, c.KernelOut = 1, c.In
	}
	if r.IntN(2) == 0 {
		c.KernelFirst = (c.WindowH-1)*c.KernelH + (c.WindowW-1)*c.KernelW
		c.KernelH, c.KernelW = -c.KernelH, -c.KernelW
	}
	c.Start, c.ReLU = ir.Start(r.IntN(2)), r.IntN(2) == 0
	return c
}

// So do convolutions of random shapes, also those whose padding is more than what the windows reach, and their gradients.
func TestConvFenced(t *testing.T) {
	memory := fenced(t, 200)
	r := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		c := randomConv(r)
		x, kernel := kerneltest.Randoms(r, c.Images*c.H*c.W*c.In), kerneltest.Randoms(r, c.WindowH*c.WindowW*c.In*c.Out)
		var bias []float32
		if c.Start == ir.FromBias {
			bias = kerneltest.Randoms(r, c.Out)
		}
		want := kerneltest.Conv(c, x, kernel, bias)
		t.Run(c.String(), func(t *testing.T) {
			y := make([]float32, len(want))
			fence(t, memory, &ir.Conv{ConvShape: c}, 1+r.IntN(3), false, [4][]float32{x, kernel, y, bias}, [4]int{}, want)
		})
		f := kerneltest.FilterOf(c)
		dy := kerneltest.Randoms(r, c.Images*c.OutH*c.OutW*c.Out)
		wantDK := kerneltest.ConvFilter(f, x, dy)
		t.Run(f.String(), func(t *testing.T) {
			dk := make([]float32, len(wantDK))
			fence(t, memory, &ir.ConvFilter{ConvFilterShape: f}, 1+r.IntN(3), true, [4][]float32{x, dy, dk, nil}, [4]int{}, wantDK)
		})
	}
}

// Work that is divided into many calls gives the same.
func TestShortCalls(t *testing.T) {
	defer func(n int) { longest = n }(longest)
	for _, longest = range []int{1, 2 * tileCost} {
		t.Run("products", TestMatMul)
		t.Run("convolutions", TestConv)
		t.Run("gradients", TestConvFilter)
	}
}

// Runs of products so long that code could not go back over their B have no native code.
func TestLongRuns(t *testing.T) {
	c := kerneltest.Same(1, 1, 1<<22+16, 1, 1)
	c.W, c.WindowW, c.OutW = 14, 8, 7
	f := ir.ConvFilterShape{Images: 1, H: 1, W: 1<<25 + 1, In: 1, OutH: 1, OutW: 1<<25 + 1, Out: 1, WindowH: 1, WindowW: 1, StrideH: 1, StrideW: 1}
	for _, k := range []ir.Kernel{&ir.Conv{ConvShape: c}, &ir.ConvFilter{ConvFilterShape: f}} {
		if _, _, ok := NewProgram().Kernel(k, true); ok {
			t.Errorf("there is native code for %+v", k)
		}
	}
}
