package host

import (
	"fmt"
	"unsafe"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/windows"
)

// space is a range of addresses that is reserved at once and gets memory behind it as it grows, so that what lies in it
// never moves. It is outside Go's heap: the collector neither scans nor counts it.
type space struct {
	bytes  []byte // all of the range
	usable uint64
}

func reserve(size uint64) (*space, error) {
	addr, err := windows.VirtualAlloc(0, uintptr(size), windows.MEM_RESERVE, windows.PAGE_NOACCESS)
	if err != nil {
		return nil, fmt.Errorf("reserving %d bytes of addresses: %w", size, err)
	}
	start := *(*unsafe.Pointer)(unsafe.Pointer(&addr)) // the system's address, which Go's collector does not know
	return &space{bytes: unsafe.Slice((*byte)(start), size)}, nil
}

// Allocate implements wazero's MemoryAllocator: it gives wazero this range.
func (s *space) Allocate(_, _ uint64) experimental.LinearMemory { return s }

// Reallocate implements wazero's LinearMemory; nil says that there is no memory.
func (s *space) Reallocate(size uint64) []byte {
	if size > uint64(len(s.bytes)) {
		return nil
	}
	if size > s.usable {
		start := uintptr(unsafe.Pointer(unsafe.SliceData(s.bytes)))
		if _, err := windows.VirtualAlloc(start, uintptr(size), windows.MEM_COMMIT, windows.PAGE_READWRITE); err != nil {
			return nil
		}
		s.usable = size
	}
	return s.bytes[:size:len(s.bytes)]
}

// Free implements wazero's LinearMemory. The engine releases the range itself, when nothing can use it any longer.
func (s *space) Free() {}

func (s *space) release() {
	windows.VirtualFree(uintptr(unsafe.Pointer(unsafe.SliceData(s.bytes))), 0, windows.MEM_RELEASE)
}
