//go:build amd64 && (linux || darwin)

package native

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"unpool/wasm/ir"
	"unpool/wasm/kerneltest"
)

// bench is memory for the arrays of a test, given out in order.
type bench struct {
	memory []byte
	used   int
}

var last = &bench{memory: make([]byte, 128<<20)}

// newBench returns memory of zeros, in place of what the last test had.
func newBench() *bench {
	clear(last.memory[:last.used])
	last = &bench{memory: last.memory, used: 64 + -int(uintptr(unsafe.Pointer(&last.memory[0])))&63}
	return last
}

func (b *bench) alloc(bytes int) int {
	at := b.used
	b.used += (bytes+63)&^63 + 64
	return at
}

// put stores numbers between others that no kernel may change or depend on.
func (b *bench) put(v []float32) int {
	at := b.alloc(4 * len(v))
	copy(b.floats(at, len(v)), v)
	b.floats(at+4*len(v), 1)[0] = guard
	return at
}

const guard = 1e30

func (b *bench) floats(at, n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(&b.memory[at])), n)
}

// divide gives each thread a part of a kernel, the later ones larger parts: threads are not equally fast.
func (p *Program) divide(number, threads int) (parts [][2]uint64) {
	n := p.kernels[number].reach().parts
	begin := func(thread int) uint64 { return uint64(n * thread * thread / (threads * threads)) }
	for thread := range threads {
		parts = append(parts, [2]uint64{begin(thread), begin(thread + 1)})
	}
	return parts
}

// run computes a kernel in so many threads at once. The operands are addresses.
func (b *bench) run(t testing.TB, k ir.Kernel, threads int, columns bool, operands ...int) {
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
	for len(operands) < 4 {
		operands = append(operands, 0)
	}
	var all sync.WaitGroup
	for _, part := range p.divide(number, threads) {
		work := b.alloc(scratch)
		for i := range scratch / 4 {
			b.floats(work, scratch/4)[i] = guard
		}
		all.Go(func() {
			args := []uint64{uint64(number), part[0], part[1]}
			for _, o := range append(slices.Clone(operands[:4]), work) {
				args = append(args, uint64(o))
			}
			if err := p.Call(b.memory, args); err != nil {
				t.Error(err)
			}
			if b.floats(work+scratch, 1)[0] != 0 {
				t.Error("it writes behind its scratch memory")
			}
		})
	}
	all.Wait()
}

// check compares n numbers bit for bit, and checks that what is after them is unchanged.
func (b *bench) check(t *testing.T, at int, want []float32) {
	t.Helper()
	if err := kerneltest.SameBits(b.floats(at, len(want)), want); err != nil {
		t.Error(err)
	}
	if b.floats(at+4*len(want), 1)[0] != guard {
		t.Error("it writes behind the result")
	}
}

func testMatMul(t *testing.T, g ir.MatMulShape) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	a := kerneltest.Randoms(r, g.Batch*g.M*g.K)
	w := kerneltest.Randoms(r, g.Batch*g.K*g.N)
	c := kerneltest.Randoms(r, g.Batch*g.M*g.N)
	bias := kerneltest.Randoms(r, g.N)
	want := slices.Clone(c)
	kerneltest.MatMul(g, a, w, want, bias)
	for _, threads := range []int{1, 2, 3} {
		for _, columns := range []bool{false, true} {
			b := newBench()
			to := b.put(c)
			b.run(t, &ir.MatMul{MatMulShape: g}, threads, columns, b.put(a), b.put(w), to, b.put(bias))
			b.check(t, to, want)
			if t.Failed() {
				t.Fatalf("%v with %d threads, by columns: %v", g, threads, columns)
			}
		}
	}
}

func TestMatMul(t *testing.T) {
	for _, g := range kerneltest.MatMuls() {
		t.Run(g.String(), func(t *testing.T) { testMatMul(t, g) })
	}
}

// Every size of a tile and of what is left of panels, blocks and groups, in every order of the operands' elements.
func TestMatMulSizes(t *testing.T) {
	for i, m := range []int{1, 2, 3, 4, 5, 6, 7, 11, 13} {
		for j, n := range []int{1, 3, 7, 8, 9, 15, 16, 17, 24, 31, 33} {
			for l, k := range []int{1, 2, 7, 8, 9, 31, 32, 33, 36, 39, 257} {
				g := kerneltest.RowMajor(m, n, k, (i+j+l)%2 == 0, (i+l)%3 == 0)
				g.Start, g.ReLU = ir.Start((i+2*j+l)%3), j%2 == 0
				testMatMul(t, g)
			}
		}
	}
}

// Operands whose elements lie apart in both directions, rows that are all the same, rows of C that lie apart, and more tiles and
// panels than one block has.
func TestMatMulStrides(t *testing.T) {
	wide := kerneltest.RowMajor(7, 10, 9, false, false)
	wide.ARow, wide.ACol, wide.BRow, wide.BCol = 1, 7, 30, 3
	wide.M, wide.K = 5, 8
	testStrided(t, wide)
	same := kerneltest.RowMajor(7, 10, 9, false, false)
	same.ARow = 0
	testStrided(t, same)
	apart := kerneltest.RowMajor(14, 20, 40, true, true)
	apart.CRow = 23
	testStrided(t, apart)
	testStrided(t, kerneltest.RowMajor(6*blockTiles+7, 16*blockPanels+9, 3, true, false))
	testStrided(t, kerneltest.RowMajor(6*blockTiles+7, 16*blockPanels+9, 300, false, true))
}

func testStrided(t *testing.T, g ir.MatMulShape) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	a := kerneltest.Randoms(r, (g.M-1)*g.ARow+(g.K-1)*g.ACol+1)
	w := kerneltest.Randoms(r, (g.K-1)*g.BRow+(g.N-1)*g.BCol+1)
	c := kerneltest.Randoms(r, (g.M-1)*g.CRow+g.N)
	want := slices.Clone(c)
	kerneltest.MatMul(g, a, w, want, nil)
	b := newBench()
	to := b.put(c)
	b.run(t, &ir.MatMul{MatMulShape: g}, 2, false, b.put(a), b.put(w), to)
	b.check(t, to, want)
}

func TestConv(t *testing.T) {
	for _, c := range convs() {
		t.Run(c.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			x := kerneltest.Randoms(r, c.Images*c.H*c.W*c.In)
			kernel := kerneltest.Randoms(r, c.WindowH*c.WindowW*c.In*c.Out)
			bias := kerneltest.Randoms(r, c.Out)
			want := kerneltest.Conv(c, x, kernel, bias)
			for _, threads := range []int{1, 2, 3} {
				b := newBench()
				to := b.put(make([]float32, len(want)))
				b.run(t, &ir.Conv{ConvShape: c}, threads, false, b.put(x), b.put(kernel), to, b.put(bias))
				b.check(t, to, want)
			}
		})
	}
}

func TestConvFilter(t *testing.T) {
	for _, c := range convs() {
		c := kerneltest.FilterOf(c)
		t.Run(c.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			x := kerneltest.Randoms(r, c.Images*c.H*c.W*c.In)
			dy := kerneltest.Randoms(r, c.Images*c.OutH*c.OutW*c.Out)
			want := kerneltest.ConvFilter(c, x, dy)
			for _, threads := range []int{1, 2, 3} {
				b := newBench()
				to := b.put(make([]float32, len(want)))
				b.run(t, &ir.ConvFilter{ConvFilterShape: c}, threads, true, b.put(x), b.put(dy), to)
				b.check(t, to, want)
			}
		})
	}
}

// convs are convolutions of many kinds; those of this package's own have an image that is its own frame.
func convs() []ir.ConvShape {
	still := kerneltest.Same(2, 6, 5, 1, 7)
	cut := kerneltest.Same(2, 8, 4, 3, 17) // no padding at the sides, and rows left over at the bottom
	cut.Top, cut.Left, cut.OutH, cut.OutW, cut.StrideH = 0, 0, 3, 6, 2
	return append(kerneltest.Convs(), still, cut)
}

// WebAssembly's rules for special numbers: a ReLU leaves no negative zero, and NaN stays, without its payload; small numbers are not
// flushed to zero.
func TestSpecialNumbers(t *testing.T) {
	g := kerneltest.RowMajor(1, 8, 1, false, false)
	g.Start, g.ReLU = ir.FromC, true
	inf := float32(math.Inf(1))
	negative := float32(math.Copysign(0, -1))
	b := newBench()
	to := b.put([]float32{negative, math.Float32frombits(0xffc12345), -1, 1, -inf, inf, 1e-42, -1e-42})
	b.run(t, &ir.MatMul{MatMulShape: g}, 1, false, b.put([]float32{negative}), b.put(make([]float32, 8)), to)
	got := b.floats(to, 8)
	if want := "[0 NaN 0 1 0 +Inf 1e-42 0]"; fmt.Sprint(got) != want || math.Signbit(float64(got[0])) {
		t.Errorf("%v, want %s", got, want)
	}
	if bits := math.Float32bits(got[1]); bits != 0xffc00000 {
		t.Errorf("the NaN's bits are %#x", bits)
	}
}

// Operands that do not lie in the memory are an error before anything is touched, and so are parts that a kernel does not have.
func TestOperandsOutside(t *testing.T) {
	g := kerneltest.RowMajor(7, 9, 5, false, false)
	g.Start = ir.FromBias
	k := &ir.MatMul{MatMulShape: g}
	p := NewProgram()
	defer p.Close()
	number, scratch, ok := p.Kernel(k, false)
	if !ok {
		t.Fatal("there is no native code for it")
	}
	if err := p.Load(); err != nil {
		t.Fatal(err)
	}
	sizes := []int{4 * 7 * 5, 4 * 5 * 9, 4 * 7 * 9, 4 * 9, scratch}
	b := newBench()
	memory := b.memory[:1<<20]
	for operand, size := range sizes {
		for last, fails := range map[int]bool{len(memory) - size - slack: false, len(memory) - size - slack + 1: true, 1<<32 - 64: true} {
			args := []uint64{uint64(number), 0, 2, 1 << 12, 2 << 12, 3 << 12, 4 << 12, 5 << 12}
			args[3+operand] = uint64(last)
			if err := p.Call(memory, args); (err != nil) != fails {
				t.Errorf("operand %d of %d bytes at %#x of %#x: %v", operand, size, last, len(memory), err)
			}
		}
	}
	for _, part := range [][2]uint64{{0, 3}, {2, 1}, {1 << 31, 2}} { // there are two tiles of rows
		if p.Call(memory, []uint64{uint64(number), part[0], part[1], 1 << 12, 2 << 12, 3 << 12, 4 << 12, 5 << 12}) == nil {
			t.Errorf("there is no error for part %v", part)
		}
	}
}
