package module

import (
	"fmt"
	"slices"
)

// unknown is the type of an operand of code that cannot be reached; it matches every type.
const unknown Type = 0

// Func is a function: imported, or under construction.
type Func struct {
	m        *Module
	index    int
	name     string
	module   string
	imported bool
	params   []Type
	results  []Type
	locals   []Type // after the parameters
	body     []byte
	count    int // instructions so far, for messages
	stack    []Type
	frames   []frame // open blocks; the first is the function itself
}

// frame is one open block.
type frame struct {
	results     []Type
	branch      []Type // the types a branch to this block takes: its results, or nothing for a loop
	height      int    // of the stack at its start
	unreachable bool
}

// Name is the function's name.
func (f *Func) Name() string { return f.name }

// Size is the number of bytes of code so far.
func (f *Func) Size() int { return len(f.body) }

// Export makes the function callable by the host under a name.
func (f *Func) Export(name string) {
	f.m.exports = append(f.m.exports, export{name, kindFunc, func() int { return f.index }})
}

// Local is a local variable or a parameter of one function.
type Local struct {
	f     *Func
	index int
	t     Type
}

// Type is the variable's type.
func (l Local) Type() Type { return l.t }

// Param is the i-th parameter, counted from 0.
func (f *Func) Param(i int) Local {
	if i < 0 || i >= len(f.params) {
		panic(fmt.Sprintf("module: function %s has %d parameters, and parameter %d was asked for", f.name, len(f.params), i))
	}
	return Local{f, i, f.params[i]}
}

// Local adds a local variable; it is zero when the function is entered.
func (f *Func) Local(t Type) Local {
	f.locals = append(f.locals, t)
	return Local{f, len(f.params) + len(f.locals) - 1, t}
}

// Locals adds n local variables of one type.
func (f *Func) Locals(t Type, n int) []Local {
	l := make([]Local, n)
	for i := range l {
		l[i] = f.Local(t)
	}
	return l
}

// fail panics with the place and the state of the stack.
func (f *Func) fail(instruction, format string, args ...any) {
	panic(fmt.Sprintf("module: function %s, instruction %d, %s: %s; stack %v",
		f.name, f.count, instruction, fmt.Sprintf(format, args...), f.stack))
}

func (f *Func) top() *frame { return &f.frames[len(f.frames)-1] }

// pop takes operands from the stack, the last type first, and checks them.
func (f *Func) pop(instruction string, types []Type) {
	for i, want := range slices.Backward(types) {
		if got := f.popAny(instruction); got != want && got != unknown && want != unknown {
			f.fail(instruction, "operand %d is %v, not %v", i+1, got, want)
		}
	}
}

func (f *Func) popAny(instruction string) Type {
	top := f.top()
	if len(f.stack) == top.height {
		if !top.unreachable {
			f.fail(instruction, "an operand is missing in this block")
		}
		return unknown
	}
	t := f.stack[len(f.stack)-1]
	f.stack = f.stack[:len(f.stack)-1]
	return t
}

func (f *Func) push(types []Type) { f.stack = append(f.stack, types...) }

// begin is called once at the start of every instruction.
func (f *Func) begin(instruction string) {
	if f.imported {
		panic(fmt.Sprintf("module: %s appended to the imported function %s", instruction, f.name))
	}
	f.count++
}

// emit checks an instruction's operands and appends its opcode.
func (f *Func) emit(in *instruction) {
	f.begin(in.name)
	f.pop(in.name, in.in)
	f.push(in.out)
	f.body = append(f.body, in.code...)
}

// Get puts a local variable's value on the stack.
func (f *Func) Get(l Local) {
	f.local("local.get", 0x20, l)
	f.stack = append(f.stack, l.t)
}

// Set takes a value from the stack into a local variable.
func (f *Func) Set(l Local) {
	f.local("local.set", 0x21, l)
	f.pop("local.set", []Type{l.t})
}

// Tee stores the value on the stack into a local variable and leaves it there.
func (f *Func) Tee(l Local) {
	f.local("local.tee", 0x22, l)
	f.pop("local.tee", []Type{l.t})
	f.stack = append(f.stack, l.t)
}

func (f *Func) local(name string, code byte, l Local) {
	f.begin(name)
	if l.f != f {
		f.fail(name, "the variable is not one of this function")
	}
	f.body = appendUint(append(f.body, code), uint64(l.index))
}

// GlobalGet puts a global variable's value on the stack.
func (f *Func) GlobalGet(g *Global) {
	f.global("global.get", 0x23, g)
	f.stack = append(f.stack, g.t)
}

// GlobalSet takes a value from the stack into a global variable.
func (f *Func) GlobalSet(g *Global) {
	f.global("global.set", 0x24, g)
	if !g.mutable {
		f.fail("global.set", "the variable is a constant")
	}
	f.pop("global.set", []Type{g.t})
}

func (f *Func) global(name string, code byte, g *Global) {
	f.begin(name)
	if g.m != f.m {
		f.fail(name, "the variable is not one of this module")
	}
	f.body = appendUint(append(f.body, code), uint64(g.index()))
}

// Call calls a function of the same module, or one that it imports.
func (f *Func) Call(callee *Func) {
	f.begin("call")
	if callee.m != f.m {
		f.fail("call", "function %s is not one of this module", callee.name)
	}
	f.pop("call "+callee.name, callee.params)
	f.push(callee.results)
	f.body = appendUint(append(f.body, 0x10), uint64(callee.index))
}

// Drop discards the value on the stack.
func (f *Func) Drop() {
	f.begin("drop")
	f.popAny("drop")
	f.body = append(f.body, 0x1a)
}

// Select takes two values of one type and an i32 and leaves the first if the i32 is not zero, else the second.
func (f *Func) Select() {
	f.begin("select")
	f.pop("select", []Type{I32})
	b := f.popAny("select")
	a := f.popAny("select")
	if a != b && a != unknown && b != unknown {
		f.fail("select", "the two values are %v and %v", a, b)
	}
	if a == unknown {
		a = b
	}
	f.stack = append(f.stack, a)
	f.body = append(f.body, 0x1b)
}

// finish closes the function and returns its body as in the code section.
func (f *Func) finish() []byte {
	if len(f.frames) != 1 {
		panic(fmt.Sprintf("module: function %s ends inside a block", f.name))
	}
	stack, count := slices.Clone(f.stack), f.count
	f.pop("end", f.results)
	if len(f.stack) != 0 {
		f.fail("end", "values are left over")
	}
	f.stack, f.count = stack, count // encoding twice gives the same twice

	var runs []byte
	n := 0
	for i := 0; i < len(f.locals); {
		j := i
		for j < len(f.locals) && f.locals[j] == f.locals[i] {
			j++
		}
		runs = append(appendUint(runs, uint64(j-i)), byte(f.locals[i]))
		n++
		i = j
	}
	return append(append(append(appendUint(nil, uint64(n)), runs...), f.body...), 0x0b)
}
