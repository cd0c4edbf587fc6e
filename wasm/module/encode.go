package module

import (
	"fmt"
	"math"
	"slices"
)

const (
	sectionCustom   = 0
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionMemory   = 5
	sectionGlobal   = 6
	sectionExport   = 7
	sectionCode     = 10
	sectionData     = 11
)

// Encode returns the module's binary form. The same calls give the same bytes.
func (m *Module) Encode() []byte {
	out := []byte{0, 'a', 's', 'm', 1, 0, 0, 0}
	types, typeOf := m.types()
	out = appendSection(out, sectionType, len(types), slices.Concat(types...))
	out = m.appendImports(out, typeOf)

	var decls, code []byte
	for i, f := range m.funcs {
		if !f.imported {
			decls = appendUint(decls, uint64(typeOf[i]))
			code = appendBytes(code, f.finish())
		}
	}
	out = appendSection(out, sectionFunction, m.defined, decls)
	if m.memory != nil && !m.memory.imported {
		out = appendSection(out, sectionMemory, 1, m.memory.limits())
	}
	out = m.appendGlobals(out)
	out = m.appendExports(out)
	out = appendSection(out, sectionCode, m.defined, code)
	var data []byte
	for _, d := range m.data {
		data = append(data, 0, 0x41)
		data = appendInt(data, int64(int32(d.offset)))
		data = appendBytes(append(data, 0x0b), d.bytes)
	}
	out = appendSection(out, sectionData, len(m.data), data)
	return m.appendNames(out)
}

// types returns the distinct function types, encoded, in order of first use, and each function's.
func (m *Module) types() (types [][]byte, typeOf []int) {
	seen := map[string]int{}
	for _, f := range m.funcs {
		t := appendTypes(appendTypes([]byte{0x60}, f.params), f.results)
		i, ok := seen[string(t)]
		if !ok {
			i = len(types)
			seen[string(t)] = i
			types = append(types, t)
		}
		typeOf = append(typeOf, i)
	}
	return types, typeOf
}

func (m *Module) appendImports(out []byte, typeOf []int) []byte {
	var b []byte
	n := 0
	for i, f := range m.funcs {
		if f.imported {
			b = append(appendString(appendString(b, f.module), f.name), kindFunc)
			b = appendUint(b, uint64(typeOf[i]))
			n++
		}
	}
	if mem := m.memory; mem != nil && mem.imported {
		b = append(appendString(appendString(b, mem.module), mem.name), kindMemory)
		b = append(b, mem.limits()...)
		n++
	}
	for _, g := range m.globals {
		if g.imported {
			b = append(appendString(appendString(b, g.module), g.name), kindGlobal, byte(g.t), flag(g.mutable))
			n++
		}
	}
	return appendSection(out, sectionImport, n, b)
}

func (mem *memory) limits() []byte {
	flags := byte(1) // has a maximum
	if mem.shared {
		flags = 3
	}
	return appendUint(appendUint([]byte{flags}, uint64(mem.min)), uint64(mem.max))
}

func (m *Module) appendGlobals(out []byte) []byte {
	var b []byte
	n := 0
	for _, g := range m.globals {
		if g.imported {
			continue
		}
		b = append(b, byte(g.t), flag(g.mutable))
		switch g.t {
		case I32:
			b = appendInt(append(b, 0x41), int64(int32(g.bits)))
		case I64:
			b = appendInt(append(b, 0x42), int64(g.bits))
		case F32:
			b = appendFixed(append(b, 0x43), g.bits, 4)
		case F64:
			b = appendFixed(append(b, 0x44), g.bits, 8)
		}
		b = append(b, 0x0b)
		n++
	}
	return appendSection(out, sectionGlobal, n, b)
}

func (m *Module) appendExports(out []byte) []byte {
	var b []byte
	seen := map[string]bool{}
	for _, e := range m.exports {
		if seen[e.name] {
			panic(fmt.Sprintf("module: two exports are named %q", e.name))
		}
		seen[e.name] = true
		b = appendUint(append(appendString(b, e.name), e.kind), uint64(e.index()))
	}
	return appendSection(out, sectionExport, len(m.exports), b)
}

// appendNames writes the functions' names for profilers and stack traces.
func (m *Module) appendNames(out []byte) []byte {
	if len(m.funcs) == 0 {
		return out
	}
	names := appendUint(nil, uint64(len(m.funcs)))
	for i, f := range m.funcs {
		names = appendString(appendUint(names, uint64(i)), f.name)
	}
	custom := appendString(nil, "name")
	custom = appendBytes(append(custom, 1), names)
	return appendBytes(append(out, sectionCustom), custom)
}

// appendSection writes a section that is a list, unless it is empty.
func appendSection(out []byte, id byte, n int, items []byte) []byte {
	if n == 0 {
		return out
	}
	return appendBytes(append(out, id), append(appendUint(nil, uint64(n)), items...))
}

func appendTypes(out []byte, types []Type) []byte {
	out = appendUint(out, uint64(len(types)))
	for _, t := range types {
		out = append(out, byte(t))
	}
	return out
}

func appendBytes(out, b []byte) []byte { return append(appendUint(out, uint64(len(b))), b...) }

func appendString(out []byte, s string) []byte { return append(appendUint(out, uint64(len(s))), s...) }

// appendUint appends an unsigned LEB128 number.
func appendUint(out []byte, v uint64) []byte {
	for v >= 0x80 {
		out = append(out, byte(v)|0x80)
		v >>= 7
	}
	return append(out, byte(v))
}

// appendInt appends a signed LEB128 number.
func appendInt(out []byte, v int64) []byte {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}

// appendFixed appends the low n bytes, least significant first.
func appendFixed(out []byte, v uint64, n int) []byte {
	for range n {
		out = append(out, byte(v))
		v >>= 8
	}
	return out
}

func appendF32(out []byte, v float32) []byte { return appendFixed(out, uint64(math.Float32bits(v)), 4) }

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}
