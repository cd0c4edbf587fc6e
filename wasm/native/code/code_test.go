//go:build amd64 && (linux || darwin)

package code

import (
	"runtime/debug"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"unpool/wasm/native/x86"
)

// plusOne adds one to the number that args points to.
func plusOne() []byte {
	var c x86.Code
	c.Load(x86.RAX, x86.At(x86.RDI, 0))
	c.AddConst(x86.RAX, 1)
	c.Store(x86.At(x86.RDI, 0), x86.RAX)
	c.ZeroUpper()
	c.Ret()
	return c.Bytes
}

func TestCall(t *testing.T) {
	m, err := Load(append(make([]byte, 64), plusOne()...))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Free()
	n := uint64(41)
	Call(m.Entry(64), unsafe.Pointer(&n))
	if n != 42 {
		t.Errorf("41 + 1 = %d", n)
	}
}

// fault calls code that reads memory which the process may not read, or writes its own code, and returns the outcome.
func fault(t *testing.T, entry uintptr, args unsafe.Pointer) (recovered any) {
	t.Helper()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { recovered = recover() }()
	Call(entry, args)
	return nil
}

func TestFaultIsAPanic(t *testing.T) {
	forbidden, err := unix.Mmap(-1, 0, 4096, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(forbidden)
	m, err := Load(plusOne())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Free()
	for what, at := range map[string]unsafe.Pointer{
		"memory without access": unsafe.Pointer(unsafe.SliceData(forbidden)),
		"its own code":          unsafe.Pointer(unsafe.SliceData(m.bytes)),
	} {
		for range 3 { // the goroutine works as before
			got, ok := fault(t, m.Entry(0), at).(interface{ Addr() uintptr })
			if !ok || got.Addr() != uintptr(at) {
				t.Errorf("code that touches %s: %v, want a fault at %#x", what, got, uintptr(at))
			}
		}
	}
	n := uint64(1)
	Call(m.Entry(0), unsafe.Pointer(&n))
	if n != 2 {
		t.Errorf("after that 1 + 1 = %d", n)
	}
}
