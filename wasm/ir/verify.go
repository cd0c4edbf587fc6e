package ir

import (
	"fmt"
	"strings"
)

// Verify says what is wrong with a program whose memory has been planned, or returns nil. In a program that it accepts
//
//   - buffers are what the program's lists say, and constants and views fit;
//   - the operands of every expression have the types that the operation takes;
//   - no index leaves its buffer, whatever the data: indices that data decide are bounded by minima, maxima and guards;
//   - points of a nest that may be visited at the same time do not touch each other's results;
//   - what a kernel reads has been written and not lost since to a buffer that shares its memory; inputs and constants
//     are not written, but for an input whose memory an output takes;
//   - every output is written.
//
// It is there to find mistakes of the passes that make programs, so it takes nothing from them: not the lifetimes
// by which memory was planned, for instance, but the order of the kernels.
func Verify(p *Program) error {
	v := &verifier{p: p, numbers: map[Kernel]int{}, writers: map[*Buffer]int{}, values: map[*Buffer]interval{}}
	for _, look := range []func(){v.buffers, func() { v.count(p.Kernels) }, func() { v.list(p.Kernels) }, v.memory} {
		if look(); v.err != nil {
			break
		}
	}
	return v.err
}

// verifier keeps the first mistake found.
type verifier struct {
	p       *Program
	err     error
	kernel  Kernel               // the kernel being looked at, nil before the first and after the last
	numbers map[Kernel]int       // the kernels' places in the printed program, counted from 0
	writers map[*Buffer]int      // how many stores and kernels write a buffer
	values  map[*Buffer]interval // what numbers an i32 temporary with one writer can hold
}

func (v *verifier) fail(format string, args ...any) {
	if v.err != nil {
		return
	}
	where := ""
	if v.kernel != nil {
		where = fmt.Sprintf("kernel %d (%s): ", v.numbers[v.kernel], head(v.kernel))
	}
	v.err = fmt.Errorf("ir: %s%s", where, fmt.Sprintf(format, args...))
}

// head is a kernel's first line. Of a nest that is no more than its loops: its expressions may be what is wrong.
func head(k Kernel) string {
	if n, ok := k.(*Nest); ok {
		k = &Nest{Dims: n.Dims, Reduce: n.Reduce, Serial: n.Serial}
	}
	line, _, _ := strings.Cut(k.String(), "\n")
	return line
}

// buffers looks at the lists of buffers.
func (v *verifier) buffers() {
	p := v.p
	slots := map[Place][]*Buffer{Input: p.Inputs, Output: p.Outputs, Const: p.Consts}
	replaced := map[*Buffer]*Buffer{}
	for i, b := range p.Buffers {
		if b.ID != i {
			v.fail("buffer %d of the program calls itself %v", i, b)
			continue
		}
		if int(b.Type) >= len(dtypes) || b.Len < 0 {
			v.fail("%v has %d elements of %v", b, b.Len, b.Type)
			continue
		}
		if b.Of != nil {
			switch {
			case b.Of.ID >= i || !v.has(b.Of):
				v.fail("%v is a view of what does not come before it", b)
			case b.Size() > b.Of.Size():
				v.fail("%v has %d bytes, but %v, of which it is a view, has %d", b, b.Size(), b.Of, b.Of.Size())
			case b.Place != b.Of.Place || b.Slot != b.Of.Slot || b.Replaces != nil:
				v.fail("%v is a view of %v, but in another place", b, b.Of)
			}
			continue
		}
		if list, ok := slots[b.Place]; ok && (b.Slot < 0 || b.Slot >= len(list) || list[b.Slot] != b) {
			v.fail("%v is not in slot %d", b, b.Slot)
		}
		if b.Place == Const && len(b.Data) != b.Size() {
			v.fail("%v has %d bytes of data, want %d", b, len(b.Data), b.Size())
		}
		if in := b.Replaces; in != nil {
			switch {
			case b.Place != Output || !v.has(in) || in.Place != Input || in.Of != nil:
				v.fail("%v cannot replace %v: only an output can replace an input", b, in)
			case in.Type != b.Type || in.Len != b.Len:
				v.fail("%v, %v[%d], cannot replace %v, %v[%d]", b, b.Type, b.Len, in, in.Type, in.Len)
			case replaced[in] != nil:
				v.fail("%v and %v both replace %v", replaced[in], b, in)
			}
			replaced[in] = b
		}
	}
	if n := len(p.Inputs) + len(p.Outputs) + len(p.Consts); v.err == nil && n != v.slots() {
		v.fail("%d inputs, outputs and constants are listed, the program has %d", n, v.slots())
	}
}

// slots is the number of buffers that have one.
func (v *verifier) slots() (n int) {
	for _, b := range v.p.Buffers {
		if b.Of == nil && b.Place != Temp {
			n++
		}
	}
	return n
}

// has reports whether a buffer is one of the program's.
func (v *verifier) has(b *Buffer) bool {
	return b != nil && b.ID >= 0 && b.ID < len(v.p.Buffers) && v.p.Buffers[b.ID] == b
}

// count numbers the kernels and fills writers.
func (v *verifier) count(kernels []Kernel) {
	for _, k := range kernels {
		v.numbers[k] = len(v.numbers)
		switch k := k.(type) {
		case *If:
			v.count(k.Then)
			v.count(k.Else)
		case *While:
			v.count(k.Test)
			v.count(k.Body)
		default:
			for _, b := range k.Writes() {
				if v.has(b) {
					v.writers[b.Root()]++
				}
			}
		}
	}
}

// list looks at each kernel by itself.
func (v *verifier) list(kernels []Kernel) {
	for _, k := range kernels {
		if v.err != nil {
			return
		}
		v.kernel = k
		if !v.touches(k) {
			return
		}
		switch k := k.(type) {
		case *If:
			v.condition(k.Cond)
			v.list(k.Then)
			v.list(k.Else)
		case *While:
			v.condition(k.Cond)
			v.list(k.Test)
			v.list(k.Body)
		case *Nest:
			v.nest(k)
		case *MatMul:
			v.matMul(k)
		case *Conv:
			v.conv(k)
		case *ConvFilter:
			v.convFilter(k)
		case *MaxPool:
			v.maxPool(k.MaxPoolShape, k.X, k.Y)
		case *MaxPoolGradient:
			v.f32("gradient", k.DY, k.Images*k.OutH*k.OutW*k.Channels)
			v.maxPool(k.MaxPoolShape, k.X, nil)
			v.result("gradient with respect to the images", k.DX, k.Images*k.H*k.W*k.Channels)
			v.apart(k.DX, k.X, k.DY)
		default:
			v.fail("there is no kernel %T", k)
		}
	}
	v.kernel = nil
}

// touches reports whether all buffers of a kernel are the program's, in its memory, and those it writes ones to be written.
func (v *verifier) touches(k Kernel) bool {
	reads, writes := k.Reads(), k.Writes()
	for _, b := range append(reads, writes...) {
		if !v.has(b) {
			v.fail("%v is not a buffer of the program", b)
			return false
		}
		if r := b.Root(); r.Place == Temp && (r.Offset < 0 || r.Offset%8 != 0 || r.Offset+r.Size() > v.p.Arena) {
			v.fail("%v lies at %d to %d of an arena of %d bytes", r, r.Offset, r.Offset+r.Size(), v.p.Arena)
		}
	}
	for _, b := range writes {
		if place := b.Root().Place; place == Input || place == Const {
			v.fail("%v is written, and is not an output or a temporary", b)
		}
	}
	return v.err == nil
}

func (v *verifier) condition(b *Buffer) {
	if b.Type != Bool || b.Len < 1 {
		v.fail("the condition %v is %v[%d], want bool[1]", b, b.Type, b.Len)
	}
}
