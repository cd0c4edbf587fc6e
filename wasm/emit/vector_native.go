//go:build !js

package emit

import "unpool/wasm/ir"

// VectorOp takes the operands of an operation on vectors from the stack of code that is no module's function, and leaves the result. from is the
// type of the operands, of the last if they differ.
func VectorOp(c Code, e *ir.Expr, from ir.DType) { new(library).vectorOp(c, e, from) }

// Vectorizable reports whether VectorOp computes an operation: vectors can hold its operands and its result, and no lane needs code of its own.
func Vectorizable(e *ir.Expr) bool {
	byLane := e.Op == ir.Pow || e.Op == ir.Atan2 || e.Op == ir.Rem
	return vectorizable(e) && !byLane
}
