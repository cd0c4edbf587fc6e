package module

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// Where the functions of this test find their operands and memory, and leave their result.
const (
	argsAt   = 0
	resultAt = 64
	memoryAt = 128 // the address operand; the offset immediate is 8
)

// byTheHost are instructions that wazero does not have, or that do not fit into the scheme below.
// Relaxed SIMD is tested in wasm/host, in a browser.
func byTheHost(in *instruction) bool {
	return strings.Contains(in.name, "relaxed_") || strings.HasPrefix(in.name, "memory.") ||
		strings.Contains(in.name, ".const") || in == shuffle || in.name == "atomic.fence"
}

func load(f *Func, t Type, addr uint32) {
	f.I32Const(0)
	f.Mem(map[Type]MemOp{I32: I32Load, I64: I64Load, F32: F32Load, F64: F64Load, V128: V128Load}[t], addr)
}

func store(f *Func, t Type, value func()) {
	f.I32Const(0)
	value()
	f.Mem(map[Type]MemOp{I32: I32Store, I64: I64Store, F32: F32Store, F64: F64Store, V128: V128Store}[t], resultAt)
}

// build defines a function that runs one instruction on operands in memory.
func build(m *Module, name string, in *instruction, lane int) {
	f := m.Func(name, nil, nil)
	run := func() {
		for i, t := range in.in {
			if in.width > 0 && i == 0 {
				f.I32Const(memoryAt)
			} else {
				load(f, t, uint32(argsAt+16*i))
			}
		}
		switch {
		case in.width > 0 && in.lanes > 0:
			f.MemLane(MemLaneOp{in}, 8, lane)
		case in.width > 0:
			f.Mem(MemOp{in}, 8)
		case in.lanes > 0:
			f.Lane(LaneOp{in}, lane)
		default:
			f.Op(Op{in})
		}
	}
	if len(in.out) == 1 {
		store(f, in.out[0], run)
	} else {
		run()
	}
	f.Export(name)
}

// random gives operands among which are many special ones.
func random(r *rand.Rand, in *instruction, t Type) (w word) {
	for i := range 2 {
		w.set(64, i, r.Uint64())
	}
	floats := []float64{0, math.Copysign(0, -1), 1, -1.5, 2.5, 3.5, 1e10, -1e10, 300, math.Inf(1), math.Inf(-1), math.NaN(), 1e-40}
	if strings.Contains(in.name, "trunc_f") { // traps outside of the integer's range
		floats = []float64{0, 1.5, 3.99, 100, 0.25}
	}
	operands := name(in)
	switch {
	case t == F32 || t == V128 && strings.Contains(operands, "f32"):
		for i := range 4 {
			w.set(32, i, floatBits(32, floats[r.IntN(len(floats))]))
		}
	case t == F64 || t == V128 && strings.Contains(operands, "f64"):
		for i := range 2 {
			w.set(64, i, floatBits(64, floats[r.IntN(len(floats))]))
		}
	case r.IntN(3) == 0: // small numbers, equal ones, extreme ones
		special := []byte{0, 1, 2, 0x7f, 0x80, 0xff}
		for i := range w {
			w[i] = special[r.IntN(len(special))]
		}
	}
	return w
}

// name is an instruction's name without its result, if it says what the operands are.
func name(in *instruction) string {
	shape, op, _ := strings.Cut(in.name, ".")
	if strings.Contains(op, "32") || strings.Contains(op, "64") {
		return op
	}
	return shape
}

// traps reports whether integer division has no result.
func traps(in *instruction, args []word) bool {
	if !strings.Contains(in.name, ".div_") && !strings.Contains(in.name, ".rem_") {
		return false
	}
	width, _, _ := shapeOf(in.name[:3])
	a, b := signed(width, args[0].lane(width, 0)), signed(width, args[1].lane(width, 0))
	return b == 0 || b == -1 && a == signed(width, 1<<(width-1))
}

// same compares results; a NaN equals every other.
func same(in *instruction, got, want word) bool {
	shape, _, _ := strings.Cut(in.name, ".")
	if len(in.out) == 1 && (shape[0] == 'f') && in.out[0] != I32 {
		width, lanes, _ := shapeOf(shape)
		for i := range lanes {
			g, w := got.lane(width, i), want.lane(width, i)
			if g != w && !(math.IsNaN(float(width, g)) && math.IsNaN(float(width, w))) {
				return false
			}
		}
		return true
	}
	return got == want
}

// bytesOf is how many bytes of a word a type has.
func bytesOf(t Type) int { return map[Type]int{I32: 4, F32: 4, I64: 8, F64: 8, V128: 16}[t] }

// Every instruction returns what the specification says, on many operands.
func TestInstructions(t *testing.T) {
	m := New()
	m.DefineMemory("memory", 1, 1, false)
	lanesOf := func(in *instruction) []int { return slices.Compact([]int{0, max(0, in.lanes-1)}) }
	label := func(in *instruction, lane int) string { return in.name + string(rune('a'+lane)) }
	for _, in := range table {
		if !byTheHost(in) {
			for _, lane := range lanesOf(in) {
				build(m, label(in, lane), in, lane)
			}
		}
	}
	instance := instantiate(t, m)
	memory := instance.Memory()
	r := rand.New(rand.NewPCG(1, 2))
	for _, in := range table {
		if byTheHost(in) {
			continue
		}
		for _, lane := range lanesOf(in) {
			f := instance.ExportedFunction(label(in, lane))
			for range 200 {
				if !tryInstruction(t, r, in, lane, f, memory) {
					break
				}
			}
		}
	}
}

func tryInstruction(t *testing.T, r *rand.Rand, in *instruction, lane int, f api.Function, memory api.Memory) bool {
	args := make([]word, len(in.in))
	for i, typ := range in.in {
		args[i] = random(r, in, typ)
	}
	mem := random(r, in, V128)
	if strings.HasSuffix(in.name, "cmpxchg") && r.IntN(2) == 0 {
		args[1] = mem
	}
	if traps(in, args) {
		return true
	}
	for i, a := range args {
		memory.Write(uint32(argsAt+16*i), a[:])
	}
	memory.Write(memoryAt+8, mem[:])
	memory.Write(resultAt, make([]byte, 16))
	if _, err := f.Call(context.Background()); err != nil {
		t.Errorf("%s: %v", in.name, err)
		return false
	}

	wantMem := mem
	var want word
	var known bool
	if in.width > 0 {
		want, known = memoryReference(in.name, in.width, lane, &wantMem, args)
	} else {
		want, known = reference(in.name, lane, args)
	}
	if !known {
		t.Errorf("%s: this test does not know it", in.name)
		return false
	}
	if len(in.out) == 1 {
		clear(want[bytesOf(in.out[0]):])
	}
	var got, gotMem word
	b, _ := memory.Read(resultAt, 16)
	copy(got[:], b)
	b, _ = memory.Read(memoryAt+8, 16)
	copy(gotMem[:], b)
	if len(in.out) == 1 && !same(in, got, want) || gotMem != wantMem {
		t.Errorf("%s lane %d of %x with memory %x: got %x and memory %x, want %x and %x", in.name, lane, args, mem, got, gotMem, want, wantMem)
		return false
	}
	return true
}

func TestMemoryInstructions(t *testing.T) {
	m := New()
	m.DefineMemory("memory", 1, 3, false)
	m.Data(0, []byte("abcdefgh"))
	f := m.Func("f", nil, Types(I32, I32))
	f.I32Const(16)
	f.I32Const(0)
	f.I32Const(8)
	f.Op(MemoryCopy)
	f.I32Const(20)
	f.I32Const('x')
	f.I32Const(2)
	f.Op(MemoryFill)
	f.Op(AtomicFence)
	f.I32Const(1)
	f.Op(MemoryGrow)
	f.Op(MemorySize)
	f.Export("f")
	instance := instantiate(t, m)
	got := call(t, instance, "f")
	if got[0] != 1 || got[1] != 2 {
		t.Errorf("the memory had %d pages and then %d, want 1 and 2", got[0], got[1])
	}
	if b, _ := instance.Memory().Read(16, 8); string(b) != "abcdxxgh" {
		t.Errorf("the memory holds %q", b)
	}
}

func TestShuffle(t *testing.T) {
	m := New()
	m.DefineMemory("memory", 1, 1, false)
	f := m.Func("f", nil, nil)
	store(f, V128, func() {
		f.I32x4Const(10, 11, 12, 13)
		f.I32x4Const(20, 21, 22, 23)
		f.Shuffle32([4]int{3, 4, 0, 7})
	})
	f.Export("f")
	instance := instantiate(t, m)
	call(t, instance, "f")
	for i, want := range []uint32{13, 20, 10, 23} {
		if got, _ := instance.Memory().ReadUint32Le(uint32(resultAt + 4*i)); got != want {
			t.Errorf("lane %d is %d, want %d", i, got, want)
		}
	}
}

// Nobody is there to wake the waiter, so it learns that the value differs, or that its time is over.
func TestWaiting(t *testing.T) {
	m := New()
	m.DefineMemory("memory", 1, 1, true)
	f := m.Func("f", nil, Types(I32, I32, I32, I32))
	wait := func(expected int32) {
		f.I32Const(64)
		f.I32Const(expected)
		f.I64Const(1000) // nanoseconds
		f.Mem(MemoryAtomicWait32, 0)
	}
	wait(1)
	wait(0)
	f.I32Const(64)
	f.I64Const(1)
	f.I64Const(1000)
	f.Mem(MemoryAtomicWait64, 0)
	f.I32Const(64)
	f.I32Const(10)
	f.Mem(MemoryAtomicNotify, 0)
	f.Export("f")
	const differs, late, nobody = 1, 2, 0
	if got, want := call(t, instantiate(t, m), "f"), []uint64{differs, late, differs, nobody}; !slices.Equal(got, want) {
		t.Errorf("wait32, wait32, wait64, notify gave %v, want %v", got, want)
	}
}

// The Go name of an instruction is its name in the text format, in camel case.
func TestGoNames(t *testing.T) {
	files, err := filepath.Glob("ops_*.go")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\t(\w+)\s*= (?:\w+\{)?define\("([^"]+)"`)
	rows := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range row.FindAllStringSubmatch(string(source), -1) {
			rows++
			want := ""
			for _, part := range regexp.MustCompile(`[._]`).Split(match[2], -1) {
				want += strings.ToUpper(part[:1]) + part[1:]
			}
			if got := match[1]; !strings.EqualFold(got, want) && got != "shuffle" {
				t.Errorf("%s is called %s, want %s", match[2], got, want)
			}
		}
	}
	if rows != len(table) {
		t.Errorf("found %d rows of %d", rows, len(table))
	}
}
