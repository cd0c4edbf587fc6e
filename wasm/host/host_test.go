package host

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"unpool/wasm/module"
)

// everything is the best tier there is, with a number of threads.
func everything(threads int) Tier { return Tier{SIMD: true, Relaxed: true, Threads: threads} }

func start(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// meet appends a barrier to a function of thread, threads and more.
func meet(f *module.Func, barrier *module.Func) {
	f.Get(f.Param(0))
	f.Get(f.Param(1))
	f.I32Const(100)
	f.Call(barrier)
}

// load defines the function f with i32 parameters in a module for the engine, and loads it.
func load(t testing.TB, e *Engine, params int, body func(f *module.Func, barrier *module.Func)) *Func {
	t.Helper()
	m := module.New()
	barrier := e.Declare(m).Barrier()
	types := make([]module.Type, params)
	for i := range types {
		types[i] = module.I32
	}
	f := m.Func("f", types, nil)
	body(f, barrier)
	return loaded(t, e, m, f)
}

// loaded is the one function that a module exports.
func loaded(t testing.TB, e *Engine, m *module.Module, f *module.Func) *Func {
	t.Helper()
	f.Export("f")
	p, err := e.Load(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	found, err := p.Func("f")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func alloc(t testing.TB, e *Engine, size uint64) uint32 {
	t.Helper()
	addr, err := e.Device().Alloc(size)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func readU32(t testing.TB, e *Engine, addr uint32) uint32 {
	t.Helper()
	var b [4]byte
	if err := e.Device().Read(addr, b[:]); err != nil {
		t.Fatal(err)
	}
	return binary.LittleEndian.Uint32(b[:])
}

func TestCall(t *testing.T) {
	e := start(t, Options{Tier: everything(1)})
	f := load(t, e, 3, func(f, _ *module.Func) { // *p0 = p1 + p2
		f.Get(f.Param(0))
		f.Get(f.Param(1))
		f.Get(f.Param(2))
		f.Op(module.I32Add)
		f.Mem(module.I32Store, 0)
	})
	p := alloc(t, e, 4)
	if err := f.Call(p, 40, 2); err != nil {
		t.Fatal(err)
	}
	if got := readU32(t, e, p); got != 42 {
		t.Errorf("got %d, want 42", got)
	}
	if err := f.Call(p); err == nil || !strings.Contains(err.Error(), "3 parameters") {
		t.Errorf("a call with too few arguments: %v", err)
	}
}

func TestProgramsShareTheMemory(t *testing.T) {
	e := start(t, Options{Tier: everything(1)})
	store := load(t, e, 2, func(f, _ *module.Func) {
		f.Get(f.Param(0))
		f.Get(f.Param(1))
		f.Mem(module.I32Store, 0)
	})
	double := load(t, e, 1, func(f, _ *module.Func) {
		f.Get(f.Param(0))
		f.Get(f.Param(0))
		f.Mem(module.I32Load, 0)
		f.I32Const(2)
		f.Op(module.I32Mul)
		f.Mem(module.I32Store, 0)
	})
	p := alloc(t, e, 4)
	if err := errors.Join(store.Call(p, 21), double.Call(p)); err != nil {
		t.Fatal(err)
	}
	if got := readU32(t, e, p); got != 42 {
		t.Errorf("got %d, want 42", got)
	}
}

func TestCopies(t *testing.T) {
	e := start(t, Options{Tier: everything(1), MemoryLimit: 4 << 20})
	d := e.Device()
	want := bytes.Repeat([]byte("unpool"), 1000)
	p := alloc(t, e, uint64(len(want)))
	if err := d.Write(p, want); err != nil {
		t.Fatal(err)
	}
	alloc(t, e, 2<<20) // the memory grows; what is in it stays
	got := make([]byte, len(want))
	if err := d.Read(p, got); err != nil || !bytes.Equal(got, want) {
		t.Errorf("read back %d bytes, not those written: %v", len(got), err)
	}
	view, err := d.View(p, len(want))
	if err != nil || view != nil && !bytes.Equal(view, want) {
		t.Errorf("the view shows something else: %v", err)
	}
	for name, err := range map[string]error{
		"read":  d.Read(4<<20-1, got[:2]),
		"write": d.Write(0xffffffff, got[:2]),
	} {
		if err == nil || !strings.Contains(err.Error(), "outside") {
			t.Errorf("%s past the end: %v", name, err)
		}
	}
}

func TestTrap(t *testing.T) {
	e := start(t, Options{Tier: everything(1)})
	f := load(t, e, 1, func(f, _ *module.Func) {
		f.Get(f.Param(0))
		f.If(f.Unreachable, nil)
	})
	var trap *Trap
	if err := f.Call(1); !errors.As(err, &trap) || !strings.Contains(trap.Text, "unreachable") {
		t.Errorf("got error %v, want a trap that says unreachable", err)
	}
	if err := f.Call(0); err != nil {
		t.Errorf("after the trap: %v", err)
	}
}

func TestOutOfMemory(t *testing.T) {
	e := start(t, Options{Tier: everything(1), MemoryLimit: 8 << 20})
	d := e.Device()
	p := alloc(t, e, 5<<20)
	var oom *OutOfMemory
	if _, err := d.Alloc(5 << 20); !errors.As(err, &oom) || oom.Need != 5<<20 || oom.Live != 5<<20 || oom.Limit != 8<<20 {
		t.Errorf("got error %v", err)
	}
	if _, err := d.Alloc(1 << 40); !errors.As(err, &oom) || !strings.Contains(err.Error(), "1099511627776 bytes") {
		t.Errorf("a size beyond 32 bits: got error %v", err)
	}
	if err := d.Free(p); err != nil {
		t.Fatal(err)
	}
	alloc(t, e, 6<<20)
	if d.Live() != 6<<20 || d.Peak() != 6<<20 {
		t.Errorf("live %d, peak %d, want %d", d.Live(), d.Peak(), 6<<20)
	}
}

// Functions may read up to 64 bytes past a block, even past the last.
func TestReadPastBlock(t *testing.T) {
	e := start(t, Options{Tier: everything(1), MemoryLimit: 2 << 20})
	f := load(t, e, 1, func(f, _ *module.Func) {
		f.Get(f.Param(0))
		f.Mem(module.I64Load, 64-8)
		f.Drop()
	})
	d := e.Device()
	for n := 0; ; n++ {
		p, err := d.Alloc(64)
		if err != nil {
			if n == 0 {
				t.Fatal(err)
			}
			break
		}
		if err := f.Call(p + 64); err != nil {
			t.Fatalf("block %d at %#x: %v", n, p, err)
		}
	}
}

func TestClose(t *testing.T) {
	e := start(t, Options{Tier: everything(2)})
	f := load(t, e, 2, func(f, _ *module.Func) {})
	p := alloc(t, e, 4)
	e.Close()
	e.Close()
	_, allocErr := e.Device().Alloc(100 << 20)
	_, loadErr := e.Load(module.New().Encode())
	for name, err := range map[string]error{
		"Run":   f.Run(),
		"Call":  f.Call(0, 0),
		"Read":  e.Device().Read(p, make([]byte, 4)),
		"Write": e.Device().Write(p, make([]byte, 4)),
		"Alloc": allocErr,
		"Load":  loadErr,
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
}

func TestClosedProgram(t *testing.T) {
	e := start(t, Options{Tier: everything(1)})
	f := load(t, e, 0, func(f, _ *module.Func) {})
	f.p.Close()
	if err := f.Call(); !errors.Is(err, ErrClosed) {
		t.Errorf("got error %v", err)
	}
}

func TestBadPrograms(t *testing.T) {
	e := start(t, Options{Tier: everything(1)})
	if _, err := e.Load([]byte("no module")); err == nil {
		t.Error("loading bytes that are no module gave no error")
	}
	m := module.New()
	m.ImportFunc("missing", "f", nil, nil)
	if _, err := e.Load(m.Encode()); err == nil {
		t.Error("loading a module with an unknown import gave no error")
	}
	f := load(t, e, 0, func(f, _ *module.Func) {})
	many := module.New()
	many.Func("f", slices.Repeat(module.Types(module.I32), 129), nil).Export("f")
	p, err := e.Load(many.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Func("f"); err == nil || !strings.Contains(err.Error(), "the limit is 128") {
		t.Errorf("129 parameters: %v", err)
	}
	if _, err := f.p.Func("g"); err == nil || !strings.Contains(err.Error(), `"g"`) {
		t.Errorf("an export that is not there: %v", err)
	}
}

func TestTier(t *testing.T) {
	for _, want := range []Tier{{Threads: 1}, {SIMD: true, Threads: 1}, everything(1), everything(2), Best(), {}} {
		got := start(t, Options{Tier: want}).Tier()
		if got.SIMD != want.SIMD || got.Relaxed && !want.Relaxed || got.Threads < 1 || got.Threads > max(1, want.Threads) {
			t.Errorf("asked for %v, got %v", want, got)
		}
	}
	for tier, want := range map[Tier]string{
		{Threads: 1}:                            "scalar, 1 thread",
		{SIMD: true, Threads: 1}:                "SIMD, 1 thread",
		{SIMD: true, Relaxed: true, Threads: 2}: "relaxed SIMD, 2 threads",
	} {
		if tier.String() != want {
			t.Errorf("%+v is %q, want %q", tier, tier, want)
		}
	}
}

// The memory still grows after a program that used it has been closed.
func TestGrowAfterClose(t *testing.T) {
	e := start(t, Options{Tier: everything(1)})
	m := module.New()
	e.Declare(m)
	m.Func("f", nil, nil).Export("f")
	p, err := e.Load(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	const size = 10 << 20
	addr, err := e.Device().Alloc(size)
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{1, 2, 3}
	if err := e.Device().Write(addr+size-3, want); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 3)
	if err := e.Device().Read(addr+size-3, got); err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %v, error %v, want %v", got, err, want)
	}
}
