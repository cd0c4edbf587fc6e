//go:build unix

package host

import (
	"fmt"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// space is a range of addresses that is reserved at once and gets memory behind it as it grows, so that what lies in it
// never moves. It is outside Go's heap: the collector neither scans nor counts it.
type space struct {
	bytes  []byte // all of the range
	usable uint64
}

func reserve(size uint64) (*space, error) {
	b, err := unix.Mmap(-1, 0, int(size), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("reserving %d bytes of addresses: %w", size, err)
	}
	hugePages(b)
	return &space{bytes: b}, nil
}

// Allocate implements wazero's MemoryAllocator: it gives wazero this range.
func (s *space) Allocate(_, _ uint64) experimental.LinearMemory { return s }

// Reallocate implements wazero's LinearMemory; nil says that there is no memory.
func (s *space) Reallocate(size uint64) []byte {
	if size > uint64(len(s.bytes)) {
		return nil
	}
	if size > s.usable {
		if unix.Mprotect(s.bytes[s.usable:size], unix.PROT_READ|unix.PROT_WRITE) != nil {
			return nil
		}
		s.usable = size
	}
	return s.bytes[:size:len(s.bytes)]
}

// Free implements wazero's LinearMemory. The engine releases the range itself, when nothing can use it any longer.
func (s *space) Free() {}

func (s *space) release() { unix.Munmap(s.bytes) }
