package host

import (
	"errors"
	"fmt"
	"sync"
)

// ErrClosed is returned by every use of an engine after Close.
var ErrClosed = errors.New("host: the engine is closed")

// OutOfMemory says that a block does not fit into the device's memory.
type OutOfMemory struct {
	Need  uint64 // bytes asked for
	Live  uint64 // bytes in use
	Limit uint64 // the most bytes the memory may have
	Cause error  // why the engine would not grow the memory below its limit, or nil
}

func (e *OutOfMemory) Error() string {
	s := fmt.Sprintf("out of device memory: %d bytes (%.1f MB) needed, %d in use, the limit is %d", e.Need, float64(e.Need)/1e6, e.Live, e.Limit)
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *OutOfMemory) Unwrap() error { return e.Cause }

// Device is the one WebAssembly memory that all modules of an engine share, with an allocator. Addresses are offsets
// into it; 0 is never the address of a block. All methods may be called from several goroutines; two that touch the
// same bytes, or bytes a running function touches, must be ordered by the caller.
type Device struct {
	e     *Engine
	mu    sync.Mutex
	heap  *heap
	limit uint64
}

// growBy is the least by which the memory grows, in bytes: growing costs a system call natively and new views in a browser.
const growBy = 1 << 20

// slack is how many bytes past the end of any block can be read without a trap.
const slack = 64

// Alloc reserves size bytes and returns their address, a multiple of 64. What they hold is not defined. Reading (not
// writing) up to 64 bytes past the block's end does no harm, so that kernels may load whole vectors.
// The error is an *OutOfMemory if they do not fit.
func (d *Device) Alloc(size uint64) (uint32, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if size > d.limit {
		return 0, &OutOfMemory{Need: size, Live: d.heap.liveBytes, Limit: d.limit}
	}
	if addr, ok := d.heap.alloc(size); ok {
		return uint32(addr), nil
	}
	need := d.heap.end + d.heap.missing(size) + slack
	if need > d.limit {
		return 0, &OutOfMemory{Need: size, Live: d.heap.liveBytes, Limit: d.limit}
	}
	grown, err := d.e.grow(min(d.limit, (need+growBy-1)/growBy*growBy))
	if errors.Is(err, ErrClosed) {
		return 0, err
	}
	if err != nil {
		return 0, &OutOfMemory{Need: size, Live: d.heap.liveBytes, Limit: d.limit, Cause: err}
	}
	d.heap.extend(grown - slack)
	addr, _ := d.heap.alloc(size)
	return uint32(addr), nil
}

// Free gives a block back. Freeing an address that is not in use is an error and changes nothing.
func (d *Device) Free(addr uint32) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heap.release(uint64(addr))
}

// Live is the number of bytes in use, each block rounded up to a multiple of 64.
func (d *Device) Live() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heap.liveBytes
}

// Peak is the most bytes that were in use at one time.
func (d *Device) Peak() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heap.peakBytes
}

// Size is the number of bytes the memory has grown to. It never shrinks.
func (d *Device) Size() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heap.end + slack
}

// Limit is the most bytes the memory may have.
func (d *Device) Limit() uint64 { return d.limit }

// Read copies from the memory.
func (d *Device) Read(addr uint32, to []byte) error {
	return d.e.access(func(m machine) error {
		if err := checkRange(m, addr, len(to)); err != nil {
			return err
		}
		m.read(addr, to)
		return nil
	})
}

// Write copies into the memory.
func (d *Device) Write(addr uint32, from []byte) error {
	return d.e.access(func(m machine) error {
		if err := checkRange(m, addr, len(from)); err != nil {
			return err
		}
		m.write(addr, from)
		return nil
	})
}

// View returns size bytes of the memory itself, without a copy, or nil where Go cannot reach the memory: in a browser.
// The view must not be used after the engine is closed.
func (d *Device) View(addr uint32, size int) (view []byte, err error) {
	err = d.e.access(func(m machine) error {
		if err := checkRange(m, addr, size); err != nil {
			return err
		}
		view = m.view(addr, size)
		return nil
	})
	return view, err
}

func checkRange(m machine, addr uint32, n int) error {
	if uint64(addr)+uint64(n) > m.size() {
		return fmt.Errorf("host: %d bytes at address %#x end outside the memory's %d", n, addr, m.size())
	}
	return nil
}
