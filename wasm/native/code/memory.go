//go:build amd64 && (linux || darwin)

package code

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Memory is code that can be run. It is never writable at the same time. The collector frees what was not freed, as a safety net.
type Memory struct {
	bytes   []byte
	cleanup runtime.Cleanup
}

// Load copies code to memory of its own. The code must not depend on where it lies.
func Load(code []byte) (*Memory, error) {
	bytes, err := unix.Mmap(-1, 0, max(len(code), 1), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("%d bytes of memory for machine code: %w", len(code), err)
	}
	copy(bytes, code)
	if err := unix.Mprotect(bytes, unix.PROT_READ|unix.PROT_EXEC); err != nil {
		unix.Munmap(bytes)
		return nil, fmt.Errorf("the system does not let memory be executed: %w", err)
	}
	m := &Memory{bytes: bytes}
	m.cleanup = runtime.AddCleanup(m, func(bytes []byte) { unix.Munmap(bytes) }, bytes)
	return m, nil
}

// Free gives the memory back. None of its code may be running, or be called later.
func (m *Memory) Free() {
	m.cleanup.Stop()
	unix.Munmap(m.bytes)
}

// Entry is the address of the code at an offset.
func (m *Memory) Entry(offset int) uintptr { return uintptr(unsafe.Pointer(&m.bytes[offset])) }

// Call calls code, with args in RDI.
//
//go:noescape
func Call(entry uintptr, args unsafe.Pointer)
