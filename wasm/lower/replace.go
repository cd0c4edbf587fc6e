package lower

import (
	"slices"

	"unpool/wasm/ir"
)

// replaceInputs finds outputs that may be written over an input, as an optimiser's new weights over the old: a single
// nest writes the output, reads the input only where it writes, and nothing reads the input afterwards. Whether the
// caller has donated the input is known only when the program runs.
func replaceInputs(p *ir.Program) {
	taken := map[*ir.Buffer]bool{}
	for _, out := range p.Outputs {
		at, nest := writer(p.Kernels, out)
		if nest == nil {
			continue
		}
		for _, in := range p.Inputs {
			if !taken[in] && in.Type == out.Type && in.Len == out.Len && readsWhereItWrites(nest, in, out) &&
				!slices.ContainsFunc(p.Kernels[at+1:], func(k ir.Kernel) bool { return touches(k.Reads(), in) }) {
				out.Replaces, taken[in] = in, true
				break
			}
		}
	}
}

// writer is the only kernel that writes a buffer, if it is a nest.
func writer(kernels []ir.Kernel, b *ir.Buffer) (at int, nest *ir.Nest) {
	for i, k := range kernels {
		if !touches(k.Writes(), b) {
			continue
		}
		n, ok := k.(*ir.Nest)
		if !ok || nest != nil {
			return 0, nil
		}
		at, nest = i, n
	}
	return at, nest
}

func touches(buffers []*ir.Buffer, b *ir.Buffer) bool {
	return slices.ContainsFunc(buffers, func(x *ir.Buffer) bool { return x.Root() == b })
}

func readsWhereItWrites(n *ir.Nest, in, out *ir.Buffer) bool {
	var place *ir.Index
	for _, s := range n.Stores {
		if s.Buf.Root() == out {
			if place != nil || s.At.Dynamic != nil {
				return false
			}
			place = &s.At
		}
	}
	reads, same := false, place != nil
	n.Walk(func(e *ir.Expr) {
		if e.Op == ir.Load && e.Buf.Root() == in {
			reads = true
			same = same && e.Buf.Type == out.Type && e.At.Dynamic == nil && e.At.Same(place.Affine)
		}
	})
	return reads && same
}
