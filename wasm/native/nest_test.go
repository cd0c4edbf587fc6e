//go:build amd64 && (linux || darwin)

package native

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"unpool/wasm/emit"
	"unpool/wasm/ir"
)

// interpreter runs nests by plain loops. All numbers are their bits; a Bool is 0 or 1.
type interpreter struct {
	nest   *ir.Nest
	memory map[*ir.Buffer][]uint32
	at     []int // the loops
	accs   []uint32
}

func (x *interpreter) place(a ir.Affine) int {
	i := a.Base
	for loop, n := range x.at {
		i += n * a.Strides[loop]
	}
	return i
}

func truth(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func (x *interpreter) value(e *ir.Expr) uint32 {
	switch e.Op {
	case ir.Constant:
		return uint32(e.Bits)
	case ir.Load:
		return x.memory[e.Buf][x.place(e.At.Affine)]
	case ir.Accumulator:
		return x.accs[e.Acc]
	case ir.Select:
		if x.value(e.Args[0]) != 0 {
			return x.value(e.Args[1])
		}
		return x.value(e.Args[2])
	}
	a, b := x.value(e.Args[0]), x.value(e.Args[1])
	f, g := math.Float32frombits(a), math.Float32frombits(b)
	type form struct {
		op    ir.Op
		float bool
	}
	switch (form{e.Op, e.Args[0].Type == ir.F32}) {
	case form{ir.Add, true}:
		return math.Float32bits(f + g)
	case form{ir.Sub, true}:
		return math.Float32bits(f - g)
	case form{ir.Mul, true}:
		return math.Float32bits(f * g)
	case form{ir.Gt, true}:
		return truth(f > g)
	case form{ir.Add, false}:
		return a + b
	case form{ir.Xor, false}:
		return a ^ b
	case form{ir.Lt, false}:
		return truth(a < b)
	case form{ir.ShrL, false}:
		return a >> b
	}
	panic(e.Op)
}

// each calls f at every point of some loops.
func (x *interpreter) each(extents []int, f func()) {
	if len(extents) == 0 {
		f()
		return
	}
	for i := range extents[0] {
		x.at = append(x.at, i)
		x.each(extents[1:], f)
		x.at = x.at[:len(x.at)-1]
	}
}

func (x *interpreter) run() {
	x.each(x.nest.Dims, func() {
		x.accs = nil
		for _, a := range x.nest.Accs {
			x.accs = append(x.accs, x.value(a.Init))
		}
		x.each(x.nest.Reduce, func() {
			var next []uint32
			for _, a := range x.nest.Accs {
				next = append(next, x.value(a.Step))
			}
			copy(x.accs, next)
		})
		for _, s := range x.nest.Stores {
			x.memory[s.Buf][x.place(s.At.Affine)] = x.value(s.Value)
		}
	})
}

// nests makes random loop nests of numbers of 32 bits.
type nests struct {
	*rand.Rand
	nest   *ir.Nest
	memory map[*ir.Buffer][]uint32
	known  map[ir.DType][]*ir.Expr
}

// dense is an index into an array of some of the loops, the last of them with stride 1, and the array's size.
func (r *nests) dense(loops []int) (at ir.Affine, size int) {
	at = ir.Affine{Base: r.IntN(4), Strides: make([]int, r.nest.Loops())}
	size = 1
	for _, loop := range slices.Backward(loops) {
		at.Strides[loop] = size
		size *= r.nest.Extent(loop)
	}
	return at, at.Base + size
}

// load reads an array of a random part of the first n loops, in which neighbours along the last of Dims are neighbours.
func (r *nests) load(t ir.DType, n int) *ir.Expr {
	var loops []int
	vector := len(r.nest.Dims) - 1
	for _, loop := range r.Perm(n) {
		if loop != vector && r.IntN(4) > 0 {
			loops = append(loops, loop)
		}
	}
	if r.IntN(4) > 0 {
		loops = append(loops, vector)
	}
	at, size := r.dense(loops)
	b := &ir.Buffer{ID: len(r.memory), Type: t, Len: size}
	numbers := make([]uint32, size)
	for i := range numbers {
		numbers[i] = r.Uint32()
		if t == ir.F32 {
			numbers[i] = math.Float32bits(float32(r.NormFloat64()))
		}
	}
	r.memory[b] = numbers
	return ir.At(b, ir.Index{Affine: at})
}

// expr is a random expression over the first n loops.
func (r *nests) expr(t ir.DType, n, depth int) *ir.Expr {
	if list := r.known[t]; len(list) > 0 && r.IntN(4) == 0 {
		return list[r.IntN(len(list))] // again
	}
	arg := func(t ir.DType) *ir.Expr { return r.expr(t, n, depth-1) }
	var e *ir.Expr
	switch kind := r.IntN(6); {
	case t == ir.Bool && r.IntN(2) == 0:
		e = ir.New(ir.Gt, t, arg(ir.F32), arg(ir.F32))
	case t == ir.Bool:
		e = ir.New(ir.Lt, t, arg(ir.U32), arg(ir.U32))
	case depth <= 0 && kind == 0:
		return ir.Number(t, float64(r.IntN(100)))
	case depth <= 0:
		e = r.load(t, n)
	case kind == 0:
		e = ir.New(ir.Select, t, arg(ir.Bool), arg(t), arg(t))
	case kind == 1 && t == ir.U32:
		e = ir.New(ir.ShrL, t, arg(t), ir.Int(t, int64(r.IntN(32))))
	case kind == 2 && t == ir.U32:
		e = ir.New(ir.Xor, t, arg(t), arg(t))
	case kind < 3 && t == ir.F32:
		e = ir.New(ir.Mul, t, arg(t), arg(t))
	case kind == 3 && t == ir.F32:
		e = ir.New(ir.Sub, t, arg(t), arg(t))
	default:
		e = ir.New(ir.Add, t, arg(t), arg(t))
	}
	if n == len(r.nest.Dims) {
		r.known[t] = append(r.known[t], e)
	}
	return e
}

// next makes a nest of one or two results, with a sum or without.
func (r *nests) next() {
	r.nest, r.memory, r.known = &ir.Nest{}, map[*ir.Buffer][]uint32{}, map[ir.DType][]*ir.Expr{}
	for range r.IntN(3) {
		r.nest.Dims = append(r.nest.Dims, 1+r.IntN(6))
	}
	r.nest.Dims = append(r.nest.Dims, []int{5, 8, 13, 24, 32, 41, 70, 133}[r.IntN(8)])
	if r.IntN(2) == 0 {
		for range 1 + r.IntN(2) {
			r.nest.Reduce = append(r.nest.Reduce, 1+r.IntN(6))
		}
		for range 1 + r.IntN(2) {
			r.nest.Accs = append(r.nest.Accs, ir.Acc{Type: ir.F32, Init: r.expr(ir.F32, len(r.nest.Dims), 1)})
		}
		for i := range r.nest.Accs { // a step sees all of them
			sum := &ir.Expr{Op: ir.Accumulator, Type: ir.F32, Acc: i}
			r.known[ir.F32] = append(r.known[ir.F32], sum)
			r.nest.Accs[i].Step = ir.New(ir.Add, ir.F32, sum, r.expr(ir.F32, r.nest.Loops(), 2))
		}
	}
	loops := make([]int, len(r.nest.Dims))
	for i := range loops {
		loops[i] = i
	}
	for range 1 + r.IntN(2) {
		at, size := r.dense(loops)
		b := &ir.Buffer{ID: len(r.memory), Type: ir.F32, Len: size}
		r.memory[b] = make([]uint32, size)
		r.nest.Stores = append(r.nest.Stores, ir.Store{Buf: b, At: ir.Index{Affine: at}, Value: r.expr(ir.F32, len(loops), 3)})
	}
}

// fenceNest runs a nest in parts, with one buffer at the memory's end, and checks that the memory is what plain loops make of it.
func fenceNest(t *testing.T, memory []byte, r *nests, last int, parts ...int) (native bool) {
	t.Helper()
	p := NewProgram()
	defer p.Close()
	buffers := r.nest.Touched()
	number, ok := p.Nest(emit.NewPlan(r.nest, true), buffers)
	if !ok {
		return false
	}
	if err := p.Load(); err != nil {
		t.Fatal(err)
	}
	copy(memory, bytes.Repeat([]byte{0x7f}, len(memory))) // NaN
	at := emit.NestScratch
	var places []int
	for i, b := range buffers {
		place := at
		at += (b.Size()+63)&^63 + 64
		if i == last%len(buffers) {
			place = len(memory) - slack - b.Size()
		}
		for j, n := range r.memory[b] {
			binary.LittleEndian.PutUint32(memory[place+4*j:], n)
		}
		places = append(places, place)
	}
	if at > len(memory) {
		t.Fatalf("%d bytes of memory are too few", len(memory))
	}
	want := bytes.Clone(memory)
	(&interpreter{nest: r.nest, memory: r.memory}).run()
	for i, b := range buffers {
		for j, n := range r.memory[b] {
			binary.LittleEndian.PutUint32(want[places[i]+4*j:], n)
		}
	}
	n := p.kernels[number].reach().parts
	for i, from := range parts {
		to := n
		if i+1 < len(parts) {
			to = n * parts[i+1] / 8
		}
		for j, place := range places {
			binary.LittleEndian.PutUint32(memory[4*j:], uint32(place))
		}
		if err := p.Call(memory, []uint64{uint64(number), uint64(n * from / 8), uint64(to), 0, 0, 0, 0, 0}); err != nil {
			t.Fatalf("%v:\n%v", err, r.nest)
		}
	}
	copy(want, memory[:emit.NestScratch])
	if !bytes.Equal(memory, want) {
		for i := range memory {
			if memory[i] != want[i] {
				t.Errorf("byte %d of memory with buffers %v at %d is %d, want %d", i, buffers, places, memory[i], want[i])
				break
			}
		}
	}
	return true
}

// Random nests give the numbers of plain loops, whole and in parts, and touch nothing but their results.
func TestNestFenced(t *testing.T) {
	memory := fenced(t, 600)
	r := &nests{Rand: rand.New(rand.NewPCG(11, 12))}
	taken := 0
	for i := range 400 {
		r.next()
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			if fenceNest(t, memory, r, i, [][]int{{0}, {0, 3}, {0, 1, 4}}[i%3]...) {
				taken++
			}
			if t.Failed() {
				t.Error(r.nest)
			}
		})
	}
	if taken < 250 {
		t.Errorf("only %d of 400 nests have native code", taken)
	}
}

// Nests that are divided into many calls give the same.
func TestNestShortCalls(t *testing.T) {
	defer func(n int) { longest = n }(longest)
	longest = 1 << 14
	memory := fenced(t, 100)
	r := &nests{Rand: rand.New(rand.NewPCG(13, 14))}
	r.nest, r.memory, r.known = &ir.Nest{Dims: []int{50*vectorWidth + 3}}, map[*ir.Buffer][]uint32{}, map[ir.DType][]*ir.Expr{}
	out := &ir.Buffer{ID: 100, Type: ir.F32, Len: r.nest.Dims[0]}
	r.memory[out] = make([]uint32, out.Len)
	value := ir.New(ir.Mul, ir.F32, r.load(ir.F32, 1), r.load(ir.F32, 1))
	r.nest.Stores = []ir.Store{{Buf: out, At: ir.Index{Affine: ir.Affine{Strides: []int{1}}}, Value: value}}
	for _, longest = range []int{1 << 9, 1 << 12} {
		if !fenceNest(t, memory, r, 0, 0, 3) {
			t.Error("there is no native code")
		}
	}
}

// More values are needed at once than there are registers, with a sum that has some of them.
func TestNestManyValues(t *testing.T) {
	memory := fenced(t, 100)
	r := &nests{Rand: rand.New(rand.NewPCG(15, 16))}
	r.nest, r.memory = &ir.Nest{Dims: []int{3, 45}, Reduce: []int{2}}, map[*ir.Buffer][]uint32{}
	in := &ir.Buffer{Type: ir.F32, Len: 500}
	for range in.Len {
		r.memory[in] = append(r.memory[in], math.Float32bits(float32(r.NormFloat64())))
	}
	sum := &ir.Expr{Op: ir.Accumulator, Type: ir.F32}
	var values []*ir.Expr
	for k := range 30 {
		x := ir.At(in, ir.Index{Affine: ir.Affine{Base: 3 * k, Strides: []int{100, 1, 40}}})
		values = append(values, ir.New(ir.Mul, ir.F32, ir.Float(ir.F32, float64(k)), x))
	}
	step := values[0]
	for _, v := range values[1:] {
		step = ir.New(ir.Mul, ir.F32, step, v)
	}
	for _, v := range values { // again
		step = ir.New(ir.Sub, ir.F32, v, step)
	}
	r.nest.Accs = []ir.Acc{{Type: ir.F32, Init: ir.Float(ir.F32, 1), Step: ir.New(ir.Add, ir.F32, sum, step)}}
	out := &ir.Buffer{ID: 1, Type: ir.F32, Len: 3 * 45}
	r.memory[out] = make([]uint32, out.Len)
	r.nest.Stores = []ir.Store{{Buf: out, At: ir.Index{Affine: ir.Affine{Strides: []int{45, 1, 0}}}, Value: sum}}
	if !fenceNest(t, memory, r, 0, 0, 2) {
		t.Error("there is no native code")
	}
}

// Buffers that do not lie in the memory are an error before anything is touched.
func TestNestOutside(t *testing.T) {
	in, out := &ir.Buffer{Type: ir.F32, Len: 21}, &ir.Buffer{ID: 1, Type: ir.F32, Len: 20}
	at := func(base int) ir.Index { return ir.Index{Affine: ir.Affine{Base: base, Strides: []int{1}}} }
	n := &ir.Nest{Dims: []int{20}, Stores: []ir.Store{{Buf: out, At: at(0), Value: ir.New(ir.Neg, ir.F32, ir.At(in, at(1)))}}}
	p := NewProgram()
	defer p.Close()
	number, ok := p.Nest(emit.NewPlan(n, true), []*ir.Buffer{in, out})
	if !ok {
		t.Fatal("there is no native code for it")
	}
	if err := p.Load(); err != nil {
		t.Fatal(err)
	}
	memory := newBench().memory[:1<<16]
	for i, b := range []*ir.Buffer{in, out} {
		last := len(memory) - slack - b.Size()
		for place, fails := range map[int]bool{last: false, last + 4: true, 1<<32 - 64: true} {
			addresses := []int{1 << 14, 1 << 15}
			addresses[i] = place
			for j, a := range addresses {
				binary.LittleEndian.PutUint32(memory[4*j:], uint32(a))
			}
			if err := p.Call(memory, []uint64{uint64(number), 0, 20, 0, 0, 0, 0, 0}); (err != nil) != fails {
				t.Errorf("buffer %d at %#x of %#x: %v", i, place, len(memory), err)
			}
		}
	}
}
