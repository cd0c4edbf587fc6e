// Package ir describes a computation as kernels over flat buffers: loops, expressions and addresses, as data.
//
// It sits between graphs of tensor operations (package lower makes programs from them) and machine code (package emit
// makes a WebAssembly module from a program). It knows neither: no tensors, no operations on whole arrays, and nothing
// of WebAssembly, so that another emitter can take its place. Everything has a fixed size: dimensions are numbers.
package ir

// Place says where a buffer's memory comes from.
type Place int

// The places.
const (
	Temp   Place = iota // scratch memory at Offset of the arena
	Input               // given by the caller: argument Slot
	Output              // given by the caller: argument Slot
	Const               // Data, put into memory before the first run: argument Slot
)

// Buffer is a flat array of numbers of one type.
type Buffer struct {
	ID     int
	Place  Place
	Slot   int // of an input, output or constant: its number among them
	Type   DType
	Len    int    // in elements
	Offset int    // of a temporary: its place in the arena, in bytes
	Data   []byte // of a constant

	// Replaces is the input in whose memory an output may be put, or nil.
	Replaces *Buffer

	// Of is the buffer of whose memory this one is another view, with another type perhaps, or nil.
	Of *Buffer
}

// Root is the buffer that owns the memory.
func (b *Buffer) Root() *Buffer {
	for b.Of != nil {
		b = b.Of
	}
	return b
}

// Size is the buffer's size in bytes.
func (b *Buffer) Size() int { return b.Len * b.Type.Size() }

// Program is a list of kernels, run one after the other.
type Program struct {
	Buffers []*Buffer
	Inputs  []*Buffer
	Outputs []*Buffer
	Consts  []*Buffer
	Kernels []Kernel
	Arena   int // bytes that the temporaries need
}

// NewBuffer adds a buffer to the program.
func (p *Program) NewBuffer(place Place, t DType, n int) *Buffer {
	b := &Buffer{ID: len(p.Buffers), Place: place, Type: t, Len: n}
	p.Buffers = append(p.Buffers, b)
	switch place {
	case Input:
		b.Slot = len(p.Inputs)
		p.Inputs = append(p.Inputs, b)
	case Output:
		b.Slot = len(p.Outputs)
		p.Outputs = append(p.Outputs, b)
	case Const:
		b.Slot = len(p.Consts)
		p.Consts = append(p.Consts, b)
	}
	return b
}

// Alias adds a buffer that is another view of b's memory.
func (p *Program) Alias(b *Buffer, t DType, n int) *Buffer {
	v := &Buffer{ID: len(p.Buffers), Place: b.Place, Slot: b.Slot, Type: t, Len: n, Of: b}
	p.Buffers = append(p.Buffers, v)
	return v
}

// Kernel is one step of a program.
type Kernel interface {
	// Reads and Writes list the buffers that it touches, each once; a buffer may be in both.
	Reads() []*Buffer
	Writes() []*Buffer
	String() string
}

// If runs Then when the element of Cond is not zero, else Else.
type If struct {
	Cond       *Buffer
	Then, Else []Kernel
}

// While runs Test and, as long as the element of Cond is then not zero, Body and Test again.
type While struct {
	Test []Kernel
	Cond *Buffer
	Body []Kernel
}

// Reads lists the buffers that the kernel reads.
func (k *If) Reads() []*Buffer {
	return union([]*Buffer{k.Cond}, reads(k.Then), reads(k.Else))
}

// Writes lists the buffers that the kernel writes.
func (k *If) Writes() []*Buffer { return union(writes(k.Then), writes(k.Else)) }

// Reads lists the buffers that the kernel reads.
func (k *While) Reads() []*Buffer {
	return union([]*Buffer{k.Cond}, reads(k.Test), reads(k.Body))
}

// Writes lists the buffers that the kernel writes.
func (k *While) Writes() []*Buffer { return union(writes(k.Test), writes(k.Body)) }

func reads(kernels []Kernel) (all []*Buffer) {
	for _, k := range kernels {
		all = append(all, k.Reads()...)
	}
	return all
}

func writes(kernels []Kernel) (all []*Buffer) {
	for _, k := range kernels {
		all = append(all, k.Writes()...)
	}
	return all
}

// union lists each buffer once, in order of first appearance.
func union(lists ...[]*Buffer) (all []*Buffer) {
	seen := map[*Buffer]bool{}
	for _, list := range lists {
		for _, b := range list {
			if !seen[b] {
				seen[b] = true
				all = append(all, b)
			}
		}
	}
	return all
}

// Overlap reports whether two buffers may share memory. The caller of a program may give an output the memory of the input
// that it replaces.
func Overlap(a, b *Buffer) bool {
	a, b = a.Root(), b.Root()
	if a.Place == Temp && b.Place == Temp {
		return a.Offset < b.Offset+b.Size() && b.Offset < a.Offset+a.Size()
	}
	return a == b || a.Replaces == b || b.Replaces == a
}
