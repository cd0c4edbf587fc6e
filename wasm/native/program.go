//go:build amd64 && (linux || darwin)

package native

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"unsafe"

	"unpool/wasm/ir"
	"unpool/wasm/native/code"
	"unpool/wasm/native/x86"
)

// Program is the kernels of one program. Kernel adds to them, and Load makes them ready to run, in several threads at once.
type Program struct {
	asm     x86.Code
	offsets map[any]int // of the code of a micro or a way of packing
	kernels []kernel
	numbers map[any]int // of the kernels by their shapes
	memory  *code.Memory
}

// NewProgram starts with no kernels.
func NewProgram() *Program { return &Program{offsets: map[any]int{}, numbers: map[any]int{}} }

// kernel is one kernel for all threads.
type kernel interface {
	// link finds the addresses of the code that the kernel has asked for.
	link(entry func(offset int) uintptr)
	// reach is what runs compute and touch.
	reach() reach
	// run computes a part, of what emit.Native says, which is not empty.
	run(from, to int, o operands)
}

// operands are where a run finds its arrays.
type operands struct {
	memory              []byte
	a, b, c, bias, work int             // offsets into memory; work is the thread's scratch memory
	list                [maxBuffers]int // the buffers of a nest
}

// at is an address of the memory.
func (o *operands) at(offset int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(o.memory)), offset)
}

// reach is how many things are divided into parts, and for each operand the bytes, from its offset on, that are touched.
type reach struct {
	parts               int
	a, b, c, bias, work extent
	list                []extent // of a nest's buffers, whose addresses lie in its scratch memory
}

// extent is the bytes from from up to to; from may be negative.
type extent struct{ from, to int }

// array is the extent of an f32 array: extents and strides of its axes, in elements, from an element on.
func array(first int, extents, strides []int) extent {
	e := extent{4 * first, 4 * (first + 1)}
	for i, n := range extents {
		if d := 4 * (n - 1) * strides[i]; d < 0 {
			e.from += d
		} else {
			e.to += d
		}
	}
	return e
}

// slack is how many bytes after an operand may be read, in whole vectors. The engine's memory has as many after every block.
const slack = 64

// farthest is the most bytes between two numbers that one piece of code reaches from one address.
const farthest = 1 << 28

// Kernel adds a kernel, as emit.Native says. A shape always comes with the same columns.
func (p *Program) Kernel(k ir.Kernel, columns bool) (number, scratch int, ok bool) {
	var shape any
	var build func() kernel
	switch k := k.(type) {
	case *ir.MatMul:
		shape, build = k.MatMulShape, func() kernel { return p.matMul(k.MatMulShape, columns) }
	case *ir.Conv:
		shape, build = k.ConvShape, func() kernel { return p.conv(k.ConvShape) }
	case *ir.ConvFilter:
		shape, build = k.ConvFilterShape, func() kernel { return p.convFilter(k.ConvFilterShape) }
	default:
		return 0, 0, false
	}
	number, ok = p.numbers[shape]
	if !ok {
		made := build()
		if made == nil {
			return 0, 0, false
		}
		number = len(p.kernels)
		p.numbers[shape] = number
		p.kernels = append(p.kernels, made)
	}
	return number, p.kernels[number].reach().work.to, true
}

// piece is code that other code may share.
type piece interface{ emit(c *x86.Code) }

// offset returns where the code of a piece is, made if it is new.
func (p *Program) offset(of piece) uintptr {
	at, ok := p.offsets[of]
	if !ok {
		p.asm.Align(loopAlign)
		at = p.asm.Here()
		of.emit(&p.asm)
		p.offsets[of] = at
	}
	return uintptr(at)
}

// Load makes the kernels ready to run. None can be added after that.
func (p *Program) Load() (err error) {
	if p.memory, err = code.Load(p.asm.Bytes); err != nil {
		return fmt.Errorf("native: %w", err)
	}
	for _, k := range p.kernels {
		k.link(p.memory.Entry)
	}
	return nil
}

// Close frees the code, which must not be running.
func (p *Program) Close() {
	if p.memory != nil {
		p.memory.Free()
		p.memory = nil
	}
}

// Call runs a part of a kernel. args are the kernel's number, the part's begin and end, the addresses of A, B, C and bias in memory, as they
// are for package emit's kernels, and of the thread's scratch memory. It is an error if the kernel has no such part or an array does not
// lie in memory, and if the system refuses an access.
func (p *Program) Call(memory []byte, args []uint64) (err error) {
	k := p.kernels[uint32(args[0])]
	o := operands{memory: memory}
	r := k.reach()
	from, to := int(uint32(args[1])), int(uint32(args[2]))
	if from > to || to > r.parts {
		return fmt.Errorf("native: a kernel of %d parts was asked for those from %d to %d", r.parts, from, to)
	}
	for i, place := range [...]struct {
		at *int
		extent
	}{{&o.a, r.a}, {&o.b, r.b}, {&o.c, r.c}, {&o.bias, r.bias}, {&o.work, r.work}} {
		*place.at = int(uint32(args[3+i]))
		if *place.at+place.from < 0 || *place.at+place.to+slack > len(memory) {
			return fmt.Errorf("native: operand %d of a kernel, bytes %d to %d from address %#x, lies outside the memory's %d", i, place.from, place.to, *place.at, len(memory))
		}
	}
	for i, e := range r.list {
		at := int(*(*uint32)(o.at(o.work + 4*i)))
		if at+e.from < 0 || at+e.to+slack > len(memory) {
			return fmt.Errorf("native: buffer %d of a nest, bytes %d to %d from address %#x, lies outside the memory's %d",
				i, e.from, e.to, at, len(memory))
		}
		o.list[i] = at
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(interface{ Addr() uintptr })
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("native: a kernel touched address %#x, which it may not", fault.Addr())
		}
	}()
	if from < to {
		k.run(from, to, o)
	}
	runtime.KeepAlive(p)
	return nil
}
