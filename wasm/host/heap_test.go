package host

import (
	"math/rand/v2"
	"testing"
)

// model is the plainest heap: it knows which blocks are live, and nothing else.
type model map[uint64]uint64 // address to size

// check compares a heap with the model and looks for violations.
func (m model) check(t *testing.T, h *heap) {
	t.Helper()
	var live uint64
	for addr, size := range m {
		if b := h.live[addr]; b == nil || b.size != size || b.free {
			t.Fatalf("block %#x of %d bytes is %+v in the heap", addr, size, b)
		}
		live += size
	}
	if h.liveBytes != live || len(h.live) != len(m) {
		t.Fatalf("%d live bytes in %d blocks, want %d in %d", h.liveBytes, len(h.live), live, len(m))
	}
	free := map[*block]bool{}
	walk(t, h.free, free)
	at, count := h.end, 0 // the list, from the end, covers the range without gaps
	for b := h.last; b != nil; b = b.prev {
		if b.addr+b.size != at || b.size == 0 || b.addr%alignment != 0 {
			t.Fatalf("block %#x of %d bytes, the next begins at %#x", b.addr, b.size, at)
		}
		at = b.addr
		if b.free != free[b] {
			t.Fatalf("block %#x: free is %v, in the treap is %v", b.addr, b.free, free[b])
		}
		if b.free {
			count++
			if b.prev != nil && b.prev.free {
				t.Fatalf("free blocks %#x and %#x are not joined", b.prev.addr, b.addr)
			}
		}
	}
	if at != h.start || count != len(free) {
		t.Fatalf("the list begins at %#x with %d free blocks, want %#x and %d", at, count, h.start, len(free))
	}
}

// walk collects a treap's blocks, and checks its order.
func walk(t *testing.T, b *block, all map[*block]bool) {
	t.Helper()
	if b == nil {
		return
	}
	for _, child := range []*block{b.left, b.right} {
		if child != nil && (child.priority() > b.priority() || child.before(b) != (child == b.left)) {
			t.Fatalf("block %#x is a wrong child of %#x", child.addr, b.addr)
		}
	}
	all[b] = true
	walk(t, b.left, all)
	walk(t, b.right, all)
}

func TestHeapBestFit(t *testing.T) {
	h := newHeap(1024)
	h.extend(1024 + 64*10)
	var p [4]uint64
	for i, size := range []uint64{64, 192, 64, 128} {
		p[i], _ = h.alloc(size)
	}
	h.release(p[1])
	h.release(p[3]) // joins the rest: free are 192 bytes at 1088 and 320 at 1344
	if addr, ok := h.alloc(150); !ok || addr != 1088 {
		t.Errorf("150 bytes at %d, want the smaller hole at 1088", addr)
	}
	if addr, ok := h.alloc(320); !ok || addr != 1344 {
		t.Errorf("320 bytes at %d, want all of the rest at 1344", addr)
	}
	if _, ok := h.alloc(1); ok {
		t.Error("a full heap gave a block")
	}
	if missing := h.missing(100); missing != 128 {
		t.Errorf("missing %d bytes for 100, want 128", missing)
	}
	h.release(1344)
	if missing := h.missing(1000); missing != 1024-320 {
		t.Errorf("missing %d bytes for 1000, want what the free end lacks, 704", missing)
	}
}

func TestHeapRefuses(t *testing.T) {
	h := newHeap(1024)
	h.extend(4096)
	p, _ := h.alloc(100)
	q, _ := h.alloc(0)
	if p == q {
		t.Error("an empty block has the address of another one")
	}
	for _, addr := range []uint64{0, p + 64, 4096} {
		if h.release(addr) == nil {
			t.Errorf("free of %d, which is no block, gave no error", addr)
		}
	}
	if err := h.release(p); err != nil {
		t.Error(err)
	}
	if h.release(p) == nil {
		t.Error("a second free gave no error")
	}
	if h.liveBytes != 64 || h.peakBytes != 192 {
		t.Errorf("live %d and peak %d, want 64 and 192", h.liveBytes, h.peakBytes)
	}
}

// The same sizes allocated and freed, as a training step does, need no more memory in the end than in the beginning.
func TestHeapDoesNotFragment(t *testing.T) {
	h := newHeap(1024)
	r := rand.New(rand.NewPCG(3, 4))
	sizes := make([]uint64, 100)
	for i := range sizes {
		sizes[i] = 64 << r.IntN(14)
	}
	var first uint64
	for round := range 200 {
		var blocks []uint64
		r.Shuffle(len(sizes), func(i, j int) { sizes[i], sizes[j] = sizes[j], sizes[i] })
		for _, size := range sizes {
			addr, ok := h.alloc(size)
			if !ok {
				h.extend(h.end + h.missing(size))
				addr, _ = h.alloc(size)
			}
			blocks = append(blocks, addr)
		}
		r.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		for _, addr := range blocks {
			h.release(addr)
		}
		if round == 0 {
			first = h.end
		}
	}
	if h.end > first+first/4 {
		t.Errorf("the heap grew from %d to %d bytes over equal rounds", first, h.end)
	}
}

// FuzzHeap runs a program of allocations, frees and growth against the model.
func FuzzHeap(f *testing.F) {
	f.Add([]byte{1, 10, 1, 200, 0, 0, 2, 5, 1, 255, 0, 0})
	r := rand.New(rand.NewPCG(5, 6))
	long := make([]byte, 2000)
	for i := range long {
		long[i] = byte(r.Uint32())
	}
	f.Add(long)
	f.Fuzz(func(t *testing.T, program []byte) {
		h, m := newHeap(1024), model{}
		h.extend(1 << 16)
		var order []uint64
		for ; len(program) >= 2; program = program[2:] {
			n := uint64(program[1])
			switch op := program[0] % 8; {
			case op < 3 && len(order) > 0:
				i := int(n) % len(order)
				if err := h.release(order[i]); err != nil {
					t.Fatal(err)
				}
				delete(m, order[i])
				order = append(order[:i], order[i+1:]...)
			case op == 7 && h.end < 1<<24:
				h.extend(h.end + n*100)
			default:
				size := n * n
				missing := h.missing(size)
				addr, ok := h.alloc(size)
				if ok != (missing == 0) {
					t.Fatalf("%d bytes missing for %d, but alloc says %v", missing, size, ok)
				}
				if !ok {
					continue
				}
				if m[addr] != 0 || addr < h.start || addr+roundUp(size) > h.end {
					t.Fatalf("alloc gave %#x for %d bytes", addr, size)
				}
				m[addr] = roundUp(size)
				order = append(order, addr)
			}
			if len(program)%32 < 2 || len(program) < 256 {
				m.check(t, h)
			}
		}
		m.check(t, h)
	})
}
