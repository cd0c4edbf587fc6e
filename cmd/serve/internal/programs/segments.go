package programs

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

// How a WebAssembly module is written, as far as its data goes.
const (
	header      = 8  // bytes before the first section
	dataSection = 11 // the id of the section with what memory has at the start

	memory    = 0x00 // a segment begins with the number of its memory,
	constant  = 0x41 // then its address as a constant expression,
	endOfExpr = 0x0b // then its data
)

// longestGap is how many zeros are written out rather than left out by beginning a new segment.
const longestGap = 256

var errModule = errors.New("it is not a WebAssembly module as Go's linker writes it")

// segment is a part of memory with what it has at the start.
type segment struct {
	at   int64 // address
	data []byte
}

func (s segment) end() int64 { return s.at + int64(len(s.data)) }

// joinSegments returns the program with its data in few segments. Go's linker begins a new segment wherever that leaves out eight zeros, up to
// 100,000 times; but gzip makes less of eight zeros than of an address and a length.
func joinSegments(program []byte) ([]byte, error) {
	if len(program) < header {
		return nil, errModule
	}
	out := slices.Clone(program[:header])
	for r := (reader{rest: program[header:]}); len(r.rest) > 0; {
		id, body := r.byte(), r.bytes()
		if id == dataSection {
			segments, err := readSegments(body)
			if err != nil {
				return nil, err
			}
			joined, err := join(segments)
			if err != nil {
				return nil, err
			}
			body = appendSegments(nil, joined)
		}
		if r.failed {
			return nil, errModule
		}
		out = appendBytes(append(out, id), body)
	}
	return out, nil
}

// join joins segments with the gaps between them, where these are short.
func join(segments []segment) (joined []segment, err error) {
	slices.SortFunc(segments, func(a, b segment) int { return cmp.Compare(a.at, b.at) })
	for _, s := range segments {
		if len(joined) == 0 || s.at-joined[len(joined)-1].end() > longestGap {
			joined = append(joined, segment{at: s.at})
		}
		last := &joined[len(joined)-1]
		if s.at < last.end() {
			return nil, errModule
		}
		last.data = append(append(last.data, make([]byte, s.at-last.end())...), s.data...)
	}
	return joined, nil
}

func readSegments(body []byte) (segments []segment, err error) {
	r := reader{rest: body}
	for n := r.uint(); n > 0 && !r.failed; n-- {
		r.skip(memory)
		r.skip(constant)
		s := segment{at: r.int()}
		r.skip(endOfExpr)
		s.data = r.bytes()
		segments = append(segments, s)
	}
	if r.failed {
		return nil, errModule
	}
	return segments, nil
}

func appendSegments(out []byte, segments []segment) []byte {
	out = binary.AppendUvarint(out, uint64(len(segments)))
	for _, s := range segments {
		out = appendInt(append(out, memory, constant), s.at)
		out = appendBytes(append(out, endOfExpr), s.data)
	}
	return out
}

func appendBytes(out, b []byte) []byte {
	return append(binary.AppendUvarint(out, uint64(len(b))), b...)
}

// appendInt appends a signed integer in LEB128, which differs from encoding/binary's.
func appendInt(out []byte, v int64) []byte {
	for ; v < -64 || v > 63; v >>= 7 {
		out = append(out, byte(v)|0x80)
	}
	return append(out, byte(v)&0x7f)
}

// reader reads a module from its front.
type reader struct {
	rest   []byte
	failed bool // something was not there
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.rest, r.failed = nil, true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) skip(want byte) { r.failed = r.byte() != want || r.failed }

func (r *reader) bytes() []byte { return r.take(r.uint()) }

func (r *reader) uint() (v uint64) {
	for shift := 0; shift < 32; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.failed = true
	return 0
}

func (r *reader) int() (v int64) {
	for shift := 0; shift < 32; shift += 7 {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			return v << (57 - shift) >> (57 - shift) // its seventh bit is the sign
		}
	}
	r.failed = true
	return 0
}
