package module

import "slices"

// Label is an open block that code inside it can branch to.
type Label struct {
	f     *Func
	depth int // of its frame
}

// Block runs body; a branch to its label leaves it. The block leaves values of the given types on the stack.
func (f *Func) Block(body func(exit Label), results ...Type) {
	f.open("block", 0x02, nil, results, results)
	body(f.label())
	f.close("block")
}

// Loop runs body once; a branch to its label starts body again.
func (f *Func) Loop(body func(again Label), results ...Type) {
	f.open("loop", 0x03, nil, results, nil)
	body(f.label())
	f.close("loop")
}

// If takes an i32 and runs then if it is not zero, else otherwise, which may be nil if there are no results.
func (f *Func) If(then, otherwise func(), results ...Type) {
	f.open("if", 0x04, []Type{I32}, results, results)
	then()
	if otherwise == nil && len(results) > 0 {
		f.fail("if", "it has results, so the other branch cannot be left out")
	}
	if otherwise != nil {
		f.leave("else")
		f.begin("else")
		f.body = append(f.body, 0x05)
		top := f.top()
		top.unreachable = false
		f.stack = f.stack[:top.height]
		otherwise()
	}
	f.close("if")
}

// open starts a block: takes operands, leaves results at its end, and a branch to it takes the types in branch.
func (f *Func) open(name string, code byte, operands, results, branch []Type) {
	f.begin(name)
	f.pop(name, operands)
	f.body = append(f.body, code)
	switch len(results) {
	case 0:
		f.body = append(f.body, 0x40)
	case 1:
		f.body = append(f.body, byte(results[0]))
	default:
		f.fail(name, "a block has at most one result")
	}
	f.frames = append(f.frames, frame{results: results, branch: branch, height: len(f.stack)})
}

// leave checks that the block's results, and nothing else, are on the stack.
func (f *Func) leave(name string) {
	top := f.top()
	f.pop(name, top.results)
	if len(f.stack) != top.height {
		f.fail(name, "%d values are left over at its end", len(f.stack)-top.height)
	}
}

func (f *Func) close(name string) {
	f.leave("end of " + name)
	results := f.top().results
	f.frames = f.frames[:len(f.frames)-1]
	f.push(results)
	f.body = append(f.body, 0x0b)
}

func (f *Func) label() Label { return Label{f, len(f.frames) - 1} }

// target checks a label and returns how many blocks out it is, and what a branch to it takes.
func (f *Func) target(name string, l Label) (uint64, []Type) {
	if l.f != f || l.depth >= len(f.frames) {
		f.fail(name, "the label's block is not open here")
	}
	return uint64(len(f.frames) - 1 - l.depth), f.frames[l.depth].branch
}

// Br branches to a label.
func (f *Func) Br(l Label) {
	f.begin("br")
	n, types := f.target("br", l)
	f.pop("br", types)
	f.body = appendUint(append(f.body, 0x0c), n)
	f.dead()
}

// BrIf takes an i32 and branches to a label if it is not zero.
func (f *Func) BrIf(l Label) {
	f.begin("br_if")
	n, types := f.target("br_if", l)
	f.pop("br_if", []Type{I32})
	f.pop("br_if", types)
	f.push(types)
	f.body = appendUint(append(f.body, 0x0d), n)
}

// BrTable takes an i32 and branches to the label it numbers, or to otherwise if there is none.
func (f *Func) BrTable(labels []Label, otherwise Label) {
	f.begin("br_table")
	f.pop("br_table", []Type{I32})
	last, types := f.target("br_table", otherwise)
	f.body = appendUint(append(f.body, 0x0e), uint64(len(labels)))
	for _, l := range labels {
		n, t := f.target("br_table", l)
		if !slices.Equal(t, types) {
			f.fail("br_table", "its labels take %v and %v", t, types)
		}
		f.body = appendUint(f.body, n)
	}
	f.pop("br_table", types)
	f.body = appendUint(f.body, last)
	f.dead()
}

// Return leaves the function.
func (f *Func) Return() {
	f.begin("return")
	f.pop("return", f.results)
	f.body = append(f.body, 0x0f)
	f.dead()
}

// Unreachable traps.
func (f *Func) Unreachable() {
	f.begin("unreachable")
	f.body = append(f.body, 0x00)
	f.dead()
}

// dead says that the rest of the block cannot be reached.
func (f *Func) dead() {
	top := f.top()
	f.stack = f.stack[:top.height]
	top.unreachable = true
}
