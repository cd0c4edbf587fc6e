//go:build amd64 && (linux || darwin)

package native

import (
	"slices"
	"unsafe"

	"unpool/wasm/emit"
	"unpool/wasm/ir"
	"unpool/wasm/native/code"
	"unpool/wasm/native/x86"
)

// A nest's frame is its scratch memory: first the buffers' addresses, from the module; then what the code gets and leaves there.
const (
	frameCount    = 64  // iterations of the outermost loop; of a vector loop, minus the bytes that it passes
	framePointers = 72  // for each pointer, where it begins; where those of a vector loop end
	frameCounters = 160 // of the loops
	frameMask     = 256
	frameSlots    = 288
)

// Registers of a nest. RDI has the frame.
const (
	regPool = x86.R15
	regLane = x86.RAX // bytes to the end of the vector loop, negative
	regTurn = x86.RCX // turns of the innermost loop, if that is not the vector loop
)

var regPointers = []x86.Reg{x86.RBX, x86.RSI, x86.RDX, x86.R8, x86.R9, x86.R10, x86.R11, x86.R12, x86.R13, x86.R14}

// The frame has room for so many addresses and counters.
const (
	maxBuffers = frameCount / 4
	maxLoops   = (frameMask - frameCounters) / 8
)

// pointer is an address that moves with the loops other than the vector loop, in steps of bytes. Accesses to a buffer that move alike share
// one and differ in their displacement.
type pointer struct {
	buffer *ir.Buffer
	number int // of the buffer
	steps  []int
	reg    x86.Reg
}

// nest is a loop nest.
type nest struct {
	*emit.Plan
	pointers []*pointer
	cost     int // of an iteration of the outermost loop, or of one of its vectors, in the units of longest
	pieces   []nestPiece
	touches  reach
}

// nestPiece is code for iterations of the outermost loop, step of them at a time. Where that is the vector loop, a step of 1 means all that
// are left, fewer than a vector has.
type nestPiece struct {
	entry uintptr
	step  int
}

// Nest adds a loop nest, as emit.Native says. It takes nests that run in vectors of neighbouring elements, whose buffers have 32 bits
// an element and whose places data do not decide.
func (p *Program) Nest(plan *emit.Plan, buffers []*ir.Buffer) (number int, ok bool) {
	n := &nest{Plan: plan}
	if len(buffers) > maxBuffers || !n.takes() || !n.findPointers(buffers) {
		return 0, false
	}
	start := p.asm.Here()
	unroll := n.unroll()
	steps := []int{1}
	if n.Vector == 0 {
		steps = slices.Compact([]int{unroll * vectorWidth, vectorWidth, 1})
	}
	for _, step := range steps {
		p.asm.Align(loopAlign)
		n.pieces = append(n.pieces, nestPiece{uintptr(p.asm.Here()), step})
		g := newNestCode(n, &p.asm)
		if n.Vector == 0 {
			g.vectorLoop(step)
		} else {
			g.outermost(unroll)
		}
		ok = g.finish()
		n.cost = max(n.cost, g.cost*n.inner())
		if !ok || n.cost > longest {
			p.asm.Bytes = p.asm.Bytes[:start]
			return 0, false
		}
	}
	p.kernels = append(p.kernels, n)
	return len(p.kernels) - 1, true
}

// takes reports whether there is native code for such a nest.
func (n *nest) takes() bool {
	ok := n.Vector >= 0 && n.Vector == len(n.Dims)-1 && n.Loops() <= maxLoops && len(n.Accs) <= maxPinned
	n.Walk(func(e *ir.Expr) {
		switch {
		case !emit.Vectorizable(e), e.Op == ir.Guard, e.Op == ir.Position, e.Op == ir.Load && !n.near(e.Buf, e.At):
			ok = false
		case e.Op == ir.Load:
			ok = ok && (e.At.Strides[n.Vector] == 0 || e.At.Strides[n.Vector] == 1)
		}
	})
	for i, a := range n.Accs {
		other := a.Step.Op == ir.Accumulator && a.Step.Acc != i // would have to be moved before it is lost
		ok = ok && !other
	}
	for _, s := range n.Stores {
		ok = ok && n.near(s.Buf, s.At) && s.At.Strides[n.Vector] == 1
	}
	return ok
}

// near reports whether an access is one that code can reach.
func (n *nest) near(b *ir.Buffer, at ir.Index) bool {
	ok := at.Dynamic == nil && b.Type.Size() == 4 && near(4, at.Base)
	for i, s := range at.Strides {
		ok = ok && near(4, s*n.Extent(i))
	}
	return ok
}

// inner is how many vectors the innermost body computes in one iteration of the outermost loop, or for one of its vectors.
func (n *nest) inner() int {
	turns := ir.Product(n.Reduce)
	for k := 1; k < len(n.Dims); k++ {
		turns *= n.Dims[k]
	}
	if len(n.Dims) > 1 {
		turns = turns/vectorWidth + turns/n.Dims[n.Vector]
	}
	return turns
}

// maxPinned is how many registers may be pinned; the others are enough for any instruction.
const maxPinned = 8

// unroll is how many vectors are computed at once: a sum over rows reads whole cache lines of each then, and waits less for itself.
func (n *nest) unroll() int {
	const most = 4
	if len(n.Accs) == 0 || len(n.Accs)*most > maxPinned || n.Dims[n.Vector] < most*vectorWidth {
		return 1
	}
	return most
}

// findPointers makes a pointer for every access, and notes what is touched.
func (n *nest) findPointers(buffers []*ir.Buffer) bool {
	n.touches = reach{parts: n.Dims[0], work: extent{0, emit.NestScratch}, list: make([]extent, len(buffers))}
	extents := make([]int, n.Loops())
	for i := range extents {
		extents[i] = n.Extent(i)
	}
	n.accesses(func(b *ir.Buffer, at ir.Affine) {
		i := slices.Index(buffers, b)
		e := array(at.Base, extents, at.Strides)
		if old := n.touches.list[i]; old != (extent{}) {
			e = extent{min(e.from, old.from), max(e.to, old.to)}
		}
		n.touches.list[i] = e
		if n.pointer(b, at) == nil {
			p := &pointer{buffer: b, number: i}
			for _, s := range at.Strides {
				p.steps = append(p.steps, 4*s)
			}
			n.pointers = append(n.pointers, p)
		}
	})
	if len(n.pointers) > len(regPointers) {
		return false
	}
	for i, p := range n.pointers {
		p.reg = regPointers[i]
	}
	return true
}

// pointer is the one for an access; nil if there is none yet.
func (n *nest) pointer(b *ir.Buffer, at ir.Affine) *pointer {
	for _, p := range n.pointers {
		if p.buffer == b && slices.EqualFunc(p.steps, at.Strides, func(step, stride int) bool { return step == 4*stride }) {
			return p
		}
	}
	return nil
}

func (n *nest) accesses(f func(b *ir.Buffer, at ir.Affine)) {
	n.Walk(func(e *ir.Expr) {
		if e.Op == ir.Load {
			f(e.Buf, e.At.Affine)
		}
	})
	for _, s := range n.Stores {
		f(s.Buf, s.At.Affine)
	}
}

func (n *nest) reach() reach { return n.touches }

func (n *nest) link(entry func(offset int) uintptr) {
	for i := range n.pieces {
		n.pieces[i].entry = entry(int(n.pieces[i].entry))
	}
}

func (n *nest) run(from, to int, o operands) {
	frame := o.at(o.work)
	mask := (*[vectorWidth]int32)(unsafe.Add(frame, frameMask))
	lanes := n.Dims[n.Vector]
	if n.Vector == 0 {
		lanes = to - from
	}
	for i := range mask {
		mask[i] = 0
		if i < lanes%vectorWidth {
			mask[i] = -1
		}
	}
	for _, piece := range n.pieces {
		most := max(1, longest/n.cost)
		if n.Vector == 0 {
			most = max(piece.step, most*vectorWidth/piece.step*piece.step)
		}
		for to-from >= piece.step {
			some := min(to-from, most) / piece.step * piece.step
			first, count := from, int64(some)
			switch {
			case piece.step == 1 && n.Vector == 0: // what is left
				some = to - from
			case n.Vector == 0:
				first, count = from+some, -4*int64(some)
			}
			*(*int64)(unsafe.Add(frame, frameCount)) = count
			for i, p := range n.pointers {
				*(*uintptr)(unsafe.Add(frame, framePointers+8*i)) = uintptr(o.at(o.list[p.number] + first*p.steps[0]))
			}
			code.Call(piece.entry, frame)
			from += some
		}
	}
}
