// Package module writes WebAssembly modules in their binary form.
//
// It is an assembler with a typed operand stack: every instruction appended to a function is checked against the types
// on the stack at that moment, so a mistake in a code generator shows where it was made and not when an engine
// refuses the bytes. Such a mistake is a programmer's error and panics; a caller that needs an error recovers.
//
// The package knows the instruction set and the file format and nothing of tensors, kernels or engines.
// The instructions are those of WebAssembly 2.0, plus relaxed SIMD and threads. Their names in Go are those of the text format:
// I32x4TruncSatF32x4S is i32x4.trunc_sat_f32x4_s.
//
//	m := module.New()
//	m.ImportMemory("env", "memory", 1, 65536, true)
//	f := m.Func("axpy", module.Types(module.I32, module.F32), nil)
//	x, a := f.Param(0), f.Param(1)
//	f.Get(x)
//	f.Get(a)
//	f.Get(x)
//	f.Mem(module.F32Load, 0)
//	f.Op(module.F32Mul)
//	f.Mem(module.F32Store, 4)
//	f.Export("axpy")
//	code := m.Encode()
package module

import (
	"fmt"
	"math"
)

// Type is a value type; its number is its code in the binary format.
type Type byte

const (
	I32  Type = 0x7f
	I64  Type = 0x7e
	F32  Type = 0x7d
	F64  Type = 0x7c
	V128 Type = 0x7b
)

func (t Type) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case unknown:
		return "any"
	}
	return fmt.Sprintf("type(%#x)", byte(t))
}

// Types is a list of types, written without the slice syntax.
func Types(t ...Type) []Type { return t }

// PageSize is the unit in which a memory grows, in bytes; MaxPages is the most a 32-bit memory has.
const (
	PageSize = 65536
	MaxPages = 65536
)

// Module is a WebAssembly module under construction. Imports come first: the format numbers them before definitions.
type Module struct {
	memory  *memory
	globals []*Global
	funcs   []*Func // imported ones first
	defined int     // functions that are not imported
	exports []export
	data    []segment
}

type memory struct {
	module, name string // of an import
	imported     bool
	min, max     uint32
	shared       bool
}

type export struct {
	name  string
	kind  byte
	index func() int
}

type segment struct {
	offset uint32
	bytes  []byte
}

const (
	kindFunc   = 0
	kindMemory = 2
	kindGlobal = 3
)

// New returns an empty module.
func New() *Module { return new(Module) }

// ImportMemory imports the module's memory, of at least min and at most max pages.
// A shared memory can be used by several threads and must have a maximum.
func (m *Module) ImportMemory(module, name string, min, max uint32, shared bool) {
	m.setMemory(&memory{module: module, name: name, imported: true, min: min, max: max, shared: shared})
}

// DefineMemory gives the module a memory of its own, exported under a name.
func (m *Module) DefineMemory(name string, min, max uint32, shared bool) {
	m.setMemory(&memory{min: min, max: max, shared: shared})
	m.exports = append(m.exports, export{name, kindMemory, func() int { return 0 }})
}

func (m *Module) setMemory(mem *memory) {
	if m.memory != nil {
		panic("module: a module has one memory, and a second was asked for")
	}
	if mem.min > mem.max || mem.max > MaxPages {
		panic(fmt.Sprintf("module: memory of %d to %d pages; the limit is %d", mem.min, mem.max, MaxPages))
	}
	m.memory = mem
}

// Global is a global variable. Each instance of a module has its own.
type Global struct {
	m            *Module
	module, name string
	imported     bool
	t            Type
	mutable      bool
	bits         uint64
}

// ImportGlobal imports a global variable.
func (m *Module) ImportGlobal(module, name string, t Type, mutable bool) *Global {
	for _, g := range m.globals {
		if !g.imported {
			panic(fmt.Sprintf("module: import of global %s.%s after a definition", module, name))
		}
	}
	return m.addGlobal(&Global{module: module, name: name, imported: true, t: t, mutable: mutable})
}

// GlobalI32 defines an i32 global with its first value.
func (m *Module) GlobalI32(mutable bool, value int32) *Global {
	return m.addGlobal(&Global{t: I32, mutable: mutable, bits: uint64(uint32(value))})
}

// GlobalI64 defines an i64 global with its first value.
func (m *Module) GlobalI64(mutable bool, value int64) *Global {
	return m.addGlobal(&Global{t: I64, mutable: mutable, bits: uint64(value)})
}

// GlobalF32 defines an f32 global with its first value.
func (m *Module) GlobalF32(mutable bool, value float32) *Global {
	return m.addGlobal(&Global{t: F32, mutable: mutable, bits: uint64(math.Float32bits(value))})
}

// GlobalF64 defines an f64 global with its first value.
func (m *Module) GlobalF64(mutable bool, value float64) *Global {
	return m.addGlobal(&Global{t: F64, mutable: mutable, bits: math.Float64bits(value)})
}

func (m *Module) addGlobal(g *Global) *Global {
	g.m = m
	m.globals = append(m.globals, g)
	return g
}

func (g *Global) index() int {
	for i, other := range g.m.globals {
		if other == g {
			return i
		}
	}
	panic("module: global without a module")
}

// Export makes the global visible to the host under a name.
func (g *Global) Export(name string) {
	g.m.exports = append(g.m.exports, export{name, kindGlobal, g.index})
}

// ImportFunc imports a function.
func (m *Module) ImportFunc(module, name string, params, results []Type) *Func {
	if m.defined > 0 {
		panic(fmt.Sprintf("module: import of function %s.%s after a definition", module, name))
	}
	f := &Func{m: m, index: len(m.funcs), name: name, module: module, imported: true, params: params, results: results}
	m.funcs = append(m.funcs, f)
	return f
}

// Func starts a function. The name is for people: profilers and stack traces show it.
// Instructions are appended by the methods of the result; the end of the function is implied.
func (m *Module) Func(name string, params, results []Type) *Func {
	f := &Func{m: m, index: len(m.funcs), name: name, params: params, results: results}
	f.frames = []frame{{results: results, branch: results}}
	m.funcs = append(m.funcs, f)
	m.defined++
	return f
}

// Data puts bytes into the memory at an address when the module is instantiated.
func (m *Module) Data(offset uint32, bytes []byte) {
	if m.memory == nil {
		panic("module: data without a memory")
	}
	m.data = append(m.data, segment{offset, bytes})
}
