package host

import "fmt"

// alignment of every block, in bytes: a cache line, four vectors.
const alignment = 64

// heap decides which parts of an address range are in use. It is a best-fit allocator: free blocks stand in a treap
// ordered by size and then address, all blocks in a list ordered by address so that neighbours can be joined.
// Both operations take logarithmic time. It touches no memory itself, so it can manage one it cannot reach.
type heap struct {
	start, end uint64 // the range managed; end moves up as the memory grows
	last       *block // the one with the highest address
	live       map[uint64]*block
	free       *block // root of the treap
	liveBytes  uint64
	peakBytes  uint64
}

// block is a part of the range, free or in use.
type block struct {
	addr, size  uint64
	prev, next  *block // neighbours by address
	free        bool
	left, right *block // children in the treap, if free
}

func newHeap(start uint64) *heap {
	return &heap{start: start, end: start, live: map[uint64]*block{}}
}

// roundUp rounds a number of bytes up to a multiple of the alignment, and to one at least.
func roundUp(size uint64) uint64 { return max(1, (size+alignment-1)/alignment) * alignment }

// alloc reserves size bytes and returns their address, or false if no free block is large enough.
func (h *heap) alloc(size uint64) (uint64, bool) {
	size = roundUp(size)
	b := h.bestFit(size)
	if b == nil {
		return 0, false
	}
	h.free = remove(h.free, b)
	b.free = false
	if b.size > size {
		rest := &block{addr: b.addr + size, size: b.size - size}
		b.size = size
		h.link(b, rest)
		h.insertFree(rest)
	}
	h.live[b.addr] = b
	h.liveBytes += b.size
	h.peakBytes = max(h.peakBytes, h.liveBytes)
	return b.addr, true
}

// release gives a block back. The address must be one that alloc returned.
func (h *heap) release(addr uint64) error {
	b := h.live[addr]
	if b == nil {
		return fmt.Errorf("host: free of address %#x, which is not in use", addr)
	}
	delete(h.live, addr)
	h.liveBytes -= b.size
	if n := b.next; n != nil && n.free {
		h.free = remove(h.free, n)
		h.join(b, n)
	}
	if p := b.prev; p != nil && p.free {
		h.free = remove(h.free, p)
		h.join(p, b)
		b = p
	}
	h.insertFree(b)
	return nil
}

// missing is how many bytes the range must grow by before size bytes fit.
func (h *heap) missing(size uint64) uint64 {
	size = roundUp(size)
	if h.bestFit(size) != nil {
		return 0
	}
	if h.last != nil && h.last.free {
		return size - h.last.size
	}
	return size
}

// extend moves the end of the range up.
func (h *heap) extend(end uint64) {
	end = end / alignment * alignment
	if end <= h.end {
		return
	}
	b := &block{addr: h.end, size: end - h.end}
	h.end = end
	if h.last == nil {
		h.last = b
	} else {
		p := h.last
		h.link(p, b)
		if p.free {
			h.free = remove(h.free, p)
			h.join(p, b)
			b = p
		}
	}
	h.insertFree(b)
}

// link puts b after p in the list.
func (h *heap) link(p, b *block) {
	b.prev, b.next = p, p.next
	if p.next != nil {
		p.next.prev = b
	} else {
		h.last = b
	}
	p.next = b
}

// join merges n, which follows b, into b.
func (h *heap) join(b, n *block) {
	b.size += n.size
	b.next = n.next
	if n.next != nil {
		n.next.prev = b
	} else {
		h.last = b
	}
}

// bestFit finds the smallest free block of at least size bytes, the one with the lowest address of several.
func (h *heap) bestFit(size uint64) *block {
	var best *block
	for b := h.free; b != nil; {
		if b.size >= size {
			best, b = b, b.left
		} else {
			b = b.right
		}
	}
	return best
}

func (h *heap) insertFree(b *block) {
	b.free, b.left, b.right = true, nil, nil
	h.free = insert(h.free, b)
}

// before is the treap's order.
func (b *block) before(o *block) bool {
	return b.size < o.size || b.size == o.size && b.addr < o.addr
}

// priority is a hash of the address: a treap needs its priorities to have nothing to do with its order.
func (b *block) priority() uint64 { return b.addr / alignment * 0x9e3779b97f4a7c15 }

func insert(t, b *block) *block {
	if t == nil {
		return b
	}
	if b.priority() > t.priority() {
		b.left, b.right = split(t, b)
		return b
	}
	if b.before(t) {
		t.left = insert(t.left, b)
	} else {
		t.right = insert(t.right, b)
	}
	return t
}

// split cuts a treap into what comes before b and what comes after.
func split(t, b *block) (before, after *block) {
	if t == nil {
		return nil, nil
	}
	if t.before(b) {
		t.right, after = split(t.right, b)
		return t, after
	}
	before, t.left = split(t.left, b)
	return before, t
}

func remove(t, b *block) *block {
	if t == b {
		return merge(t.left, t.right)
	}
	if b.before(t) {
		t.left = remove(t.left, b)
	} else {
		t.right = remove(t.right, b)
	}
	return t
}

// merge joins two treaps, all of a before all of b.
func merge(a, b *block) *block {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	if a.priority() > b.priority() {
		a.right = merge(a.right, b)
		return a
	}
	b.left = merge(a, b.left)
	return b
}
