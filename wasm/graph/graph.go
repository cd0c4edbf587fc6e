// Package graph describes a computation as operations on whole arrays: what the front records and package lower turns
// into kernels. Operations are few; richer ones are recorded as several of these. It knows nothing of loops or memory.
package graph

import (
	"fmt"
	"strings"

	"unpool/wasm/ir"
)

// Shape is the type and the dimensions of an array.
type Shape struct {
	Type ir.DType
	Dims []int
}

// Size is the number of elements.
func (s Shape) Size() int { return ir.Product(s.Dims) }

func (s Shape) String() string {
	return s.Type.String() + strings.ReplaceAll(fmt.Sprint(s.Dims), " ", ",")
}

// Node is the result of an operation.
type Node struct {
	ID   int // smaller than those of nodes that use it
	Op   Op
	In   []*Node
	Home *Func // whose code computes it
	Shape
}

func (n *Node) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "#%d = %v", n.ID, n.Op)
	for _, in := range n.In {
		fmt.Fprintf(&s, " #%d", in.ID)
	}
	fmt.Fprintf(&s, " : %v", n.Shape)
	return s.String()
}

// Func is a list of operations: the whole computation, or the body of a While, an If or a Sort. Bodies may use values of
// the functions around them.
type Func struct {
	Parent  *Func
	Nodes   []*Node // in order of computation
	Params  []*Node
	Outputs []*Node
}

// String prints the function, one operation per line.
func (f *Func) String() string {
	var s strings.Builder
	for _, n := range f.Nodes {
		fmt.Fprintln(&s, n)
	}
	s.WriteString("return")
	for _, n := range f.Outputs {
		fmt.Fprintf(&s, " #%d", n.ID)
	}
	s.WriteByte('\n')
	return s.String()
}

// Op is an operation: one of the types below.
type Op interface{ String() string }

// The operations.
type (
	Param struct{ Index int }   // an argument of the function
	Const struct{ Data []byte } // little-endian, row-major
	Iota  struct{ Axis int }    // each element's index along an axis

	// Map is an elementwise operation on arrays of the result's dimensions.
	Map struct{ Fn ir.Op }

	// Broadcast repeats: axis i of the operand, of the result's length or 1, becomes axis Axes[i].
	Broadcast struct{ Axes []int }
	Reshape   struct{}
	Bitcast   struct{} // the same memory as elements of another size
	Transpose struct{ Perm []int }
	Slice     struct{ Starts, Strides []int }
	Reverse   struct{ Axes []int }
	Concat    struct{ Axis int }

	// Pad puts the second operand, a scalar, around and between the elements of the first. Negative padding removes.
	Pad struct{ Start, Interior []int }

	// DynamicSlice takes a part of the first operand whose place the others, one scalar per axis, give;
	// DynamicUpdate replaces such a part by the second operand. Places are moved so that the part lies inside.
	DynamicSlice  struct{}
	DynamicUpdate struct{}

	// Reduce combines all elements along Axes, which the result lacks.
	Reduce struct {
		Fn   ir.Op
		Axes []int
	}
	// ArgMinMax is the index of the first smallest or largest element along an axis; NaN comes before all.
	ArgMinMax struct {
		Axis int
		Min  bool
	}
	// Window combines the elements of a window that slides over the operand.
	Window struct {
		Fn ir.Op
		Sliding
	}
	// SelectScatter adds each element of the second operand to where in its window of the first the largest (or
	// smallest) element is, the first of several.
	SelectScatter struct {
		Min bool
		Sliding
	}

	// Dot sums products over contracted axes; the result has the batch axes, then the rest of the left operand's, then
	// of the right's.
	Dot struct {
		LeftContract, LeftBatch, RightContract, RightBatch []int
	}
	// DotSum is the sum of several Dots of one shape, in order; the operands of each follow each other.
	DotSum struct{ Dots []Dot }
	// PaddedConcat concatenates operands along an axis, each at its start. Where there is none, the result is zero.
	PaddedConcat struct {
		Axis   int
		Starts []int
	}

	// Conv is a convolution. Axes are named as in compute.ConvolveAxesConfig: batch, channels, then spatial ones.
	Conv struct {
		Input, Kernel, Output       []int // of the kernel: output channels, input channels, then spatial ones
		Strides, Start              []int
		InputDilation, KernelDilate []int
		ChannelGroups, BatchGroups  int
	}

	// Gather takes slices of the first operand at the places that the second lists.
	Gather struct {
		VectorAxis                int
		Offset, Collapsed, Starts []int
		Sizes                     []int
	}
	// Scatter combines the third operand's slices with the first at the places that the second lists.
	Scatter struct {
		Fn                       ir.Op
		VectorAxis               int
		Window, Inserted, Starts []int
	}

	// Sort orders slices along an axis of all operands alike; Item gives the results. Less takes two elements of each
	// operand: first all left ones, then all right ones.
	Sort struct {
		Less *Func
		Axis int
	}
	// While repeats Body on its state as long as Test of it is true; the operands are the first state.
	While struct{ Test, Body *Func }
	// If computes one of two functions of no parameters; the operand is a scalar Bool.
	If   struct{ Then, Else *Func }
	Item struct{ Index int } // a result of a Sort, While or If
)

// Sliding is a window's shape and movement. There is a number for each axis.
type Sliding struct {
	Dims, Strides, Start         []int
	BaseDilation, WindowDilation []int
}

func (o Param) String() string         { return fmt.Sprintf("param %d", o.Index) }
func (o Const) String() string         { return fmt.Sprintf("const %x", o.Data[:min(len(o.Data), 16)]) }
func (o Iota) String() string          { return fmt.Sprintf("iota %d", o.Axis) }
func (o Map) String() string           { return o.Fn.String() }
func (o Broadcast) String() string     { return fmt.Sprint("broadcast ", o.Axes) }
func (o Reshape) String() string       { return "reshape" }
func (o Bitcast) String() string       { return "bitcast" }
func (o Transpose) String() string     { return fmt.Sprint("transpose ", o.Perm) }
func (o Slice) String() string         { return fmt.Sprint("slice ", o.Starts, " step ", o.Strides) }
func (o Reverse) String() string       { return fmt.Sprint("reverse ", o.Axes) }
func (o Concat) String() string        { return fmt.Sprint("concat ", o.Axis) }
func (o Pad) String() string           { return fmt.Sprint("pad ", o.Start, " interior ", o.Interior) }
func (o DynamicSlice) String() string  { return "dynamic slice" }
func (o DynamicUpdate) String() string { return "dynamic update" }
func (o Reduce) String() string        { return fmt.Sprint("reduce ", o.Fn, " ", o.Axes) }
func (o ArgMinMax) String() string     { return fmt.Sprint("arg ", o.Axis, " min ", o.Min) }
func (o Window) String() string        { return fmt.Sprintf("window %v %+v", o.Fn, o.Sliding) }
func (o SelectScatter) String() string {
	return fmt.Sprintf("select scatter min %v %+v", o.Min, o.Sliding)
}
func (o Dot) String() string {
	return fmt.Sprint("dot ", o.LeftContract, o.LeftBatch, " ", o.RightContract, o.RightBatch)
}
func (o DotSum) String() string       { return fmt.Sprint("sum of ", o.Dots) }
func (o PaddedConcat) String() string { return fmt.Sprint("padded concat ", o.Axis, " at ", o.Starts) }
func (o Conv) String() string {
	return fmt.Sprintf("conv %+v", struct{ Conv any }{[]any{o.Input, o.Kernel, o.Output, o.Strides, o.Start, o.InputDilation, o.KernelDilate, o.ChannelGroups, o.BatchGroups}})
}
func (o Gather) String() string {
	return fmt.Sprint("gather ", o.VectorAxis, o.Offset, o.Collapsed, o.Starts, o.Sizes)
}
func (o Scatter) String() string {
	return fmt.Sprint("scatter ", o.Fn, " ", o.VectorAxis, o.Window, o.Inserted, o.Starts)
}
func (o Sort) String() string  { return fmt.Sprintf("sort %d %p", o.Axis, o.Less) }
func (o While) String() string { return fmt.Sprintf("while %p %p", o.Test, o.Body) }
func (o If) String() string    { return fmt.Sprintf("if %p %p", o.Then, o.Else) }
func (o Item) String() string  { return fmt.Sprintf("item %d", o.Index) }
