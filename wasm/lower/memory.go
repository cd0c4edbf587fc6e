package lower

import (
	"slices"

	"unpool/wasm/ir"
)

// span is the time in which a buffer holds something that is needed: the numbers of the first and the last kernel.
type span struct {
	buffer      *ir.Buffer
	first, last int
}

// planMemory gives every temporary a place in the arena such that two that are needed at the same time do not overlap.
func planMemory(p *ir.Program) {
	spans := map[*ir.Buffer]*span{}
	time := 0
	touch := func(b *ir.Buffer, from, to int) {
		b = b.Root()
		if b.Place != ir.Temp {
			return
		}
		s, ok := spans[b]
		if !ok {
			s = &span{b, from, to}
			spans[b] = s
		}
		s.first, s.last = min(s.first, from), max(s.last, to)
	}
	var visit func(kernels []ir.Kernel)
	visit = func(kernels []ir.Kernel) {
		for _, k := range kernels {
			from := time
			switch k := k.(type) {
			case *ir.If:
				visit(k.Then)
				visit(k.Else)
			case *ir.While:
				visit(k.Test)
				visit(k.Body)
			}
			// What a loop touches is needed in all of its rounds.
			for _, b := range append(k.Reads(), k.Writes()...) {
				touch(b, from, time)
			}
			time++
		}
	}
	visit(p.Kernels)

	all := make([]*span, 0, len(spans))
	for _, s := range spans {
		all = append(all, s)
	}
	// The largest first, each at the lowest place that is free all of its time.
	slices.SortFunc(all, func(a, b *span) int {
		if d := b.buffer.Size() - a.buffer.Size(); d != 0 {
			return d
		}
		return a.buffer.ID - b.buffer.ID
	})
	var placed []*span // by offset
	for _, s := range all {
		size := roundUp(s.buffer.Size())
		at := 0
		for _, o := range placed {
			if o.first > s.last || s.first > o.last {
				continue
			}
			if at+size <= o.buffer.Offset {
				break
			}
			at = max(at, o.buffer.Offset+roundUp(o.buffer.Size()))
		}
		s.buffer.Offset = at
		p.Arena = max(p.Arena, at+size)
		i, _ := slices.BinarySearchFunc(placed, at, func(o *span, at int) int { return o.buffer.Offset - at })
		placed = slices.Insert(placed, i, s)
	}
}

// roundUp makes a size a multiple of a cache line.
func roundUp(size int) int { return (size + 63) &^ 63 }
