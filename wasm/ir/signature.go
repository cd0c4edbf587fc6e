package ir

import "encoding/binary"

// Signature is the same for nests that are the same but for the memory of their buffers, which are those of Touched, in order.
// It is the nest written as numbers: every list after its length, and an expression with operands once, from then on by its
// place among them.
func (n *Nest) Signature() string {
	s := signer{buffers: map[*Buffer]int{}, exprs: map[*Expr]int{}}
	for i, b := range n.Touched() {
		s.buffers[b] = i
	}
	s.list(n.Dims)
	s.list(n.Reduce)
	serial := 0
	if n.Serial {
		serial = 1
	}
	s.numbers(serial, len(n.Accs), len(n.Stores))
	for _, a := range n.Accs {
		s.numbers(int(a.Type))
		s.expr(a.Init)
		s.expr(a.Step)
	}
	for _, st := range n.Stores {
		s.buffer(st.Buf)
		s.index(st.At)
		s.expr(st.Value)
	}
	return string(s.out)
}

// Touched lists the buffers that the nest reads or writes, each once.
func (n *Nest) Touched() []*Buffer { return union(n.Reads(), n.Writes()) }

// signer writes a nest as numbers.
type signer struct {
	out     []byte
	buffers map[*Buffer]int
	exprs   map[*Expr]int // those written so far
}

func (s *signer) numbers(list ...int) {
	for _, v := range list {
		s.out = binary.AppendVarint(s.out, int64(v))
	}
}

func (s *signer) list(list []int) {
	s.numbers(len(list))
	s.numbers(list...)
}

func (s *signer) buffer(b *Buffer) { s.numbers(int(b.Type), s.buffers[b]) }

func (s *signer) index(x Index) {
	s.numbers(x.Base)
	s.list(x.Strides)
	s.expr(x.Dynamic)
}

// What comes first of an expression: that there is none, that it has been written, or its operation.
const (
	none = -1 - iota
	again
)

func (s *signer) expr(e *Expr) {
	if e == nil {
		s.numbers(none)
		return
	}
	if place, ok := s.exprs[e]; ok {
		s.numbers(again, place)
		return
	}
	s.numbers(int(e.Op), int(e.Type))
	switch e.Op {
	case Constant: // no operands
		s.numbers(int(e.Bits))
		return
	case Position:
		s.index(e.At)
		return
	case Accumulator:
		s.numbers(e.Acc)
		return
	case Load:
		s.buffer(e.Buf)
		s.index(e.At)
	}
	for _, a := range e.Args {
		s.expr(a)
	}
	s.exprs[e] = len(s.exprs)
}
