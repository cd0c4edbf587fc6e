package wasm

import (
	"reflect"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/notimplemented"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// Builder records one computation.
type Builder struct {
	notimplemented.Builder
	backend *Backend
	name    string
	main    *Function
	named   map[string]bool
	nodes   int // how many there are, in all functions
}

var _ compute.Builder = (*Builder)(nil)

// Builder starts a computation.
func (b *Backend) Builder(name string) compute.Builder {
	builder := &Builder{backend: b, name: name, named: map[string]bool{compute.MainName: true}}
	builder.main = builder.newFunction(compute.MainName, nil)
	return builder
}

// Name returns the computation's name.
func (b *Builder) Name() string { return b.name }

// Main returns the function that is compiled.
func (b *Builder) Main() compute.Function { return b.main }

// NewFunction adds a function that others can call.
func (b *Builder) NewFunction(name string) (compute.Function, error) {
	if name == "" || b.named[name] {
		return nil, errors.Errorf("wasm: a function's name must be new and not empty; %q is not", name)
	}
	b.named[name] = true
	return b.newFunction(name, nil), nil
}

// OpShape returns the shape of a value.
func (b *Builder) OpShape(v compute.Value) (shapes.Shape, error) {
	n, ok := v.(*graph.Node)
	if !ok {
		return shapes.Invalid(), errors.Errorf("wasm: %T is not a value of this backend", v)
	}
	return shapeOf(n), nil
}

// Function records operations: the main function, one that others call, or a closure, whose operations may use the
// values of the functions around it.
type Function struct {
	notimplemented.Function
	builder *Builder
	name    string
	parent  *Function
	f       *graph.Func
	params  []string
	known   map[kin][]*graph.Node // operations so far, so that none is recorded twice
	done    bool                  // Return has been called
}

var _ compute.Function = (*Function)(nil)

func (b *Builder) newFunction(name string, parent *Function) *Function {
	f := &Function{builder: b, name: name, parent: parent, f: &graph.Func{}, known: map[kin][]*graph.Node{}}
	if parent != nil {
		f.f.Parent = parent.f
	}
	f.ErrFn = func(op compute.OpType) error {
		return errors.Wrapf(compute.ErrNotImplemented, "wasm: operation %s", op)
	}
	return f
}

// Name returns the function's name, "" for a closure.
func (f *Function) Name() string { return f.name }

// Builder returns the computation that the function belongs to.
func (f *Function) Builder() compute.Builder { return f.builder }

// Parent returns the function around a closure, or nil.
func (f *Function) Parent() compute.Function {
	if f.parent == nil {
		return nil
	}
	return f.parent
}

// Closure starts a function inside this one.
func (f *Function) Closure() (compute.Function, error) { return f.builder.newFunction("", f), nil }

// Shape returns the shape of a value.
func (f *Function) Shape(v compute.Value) (shapes.Shape, error) { return f.builder.OpShape(v) }

// Parameter adds an argument.
func (f *Function) Parameter(name string, shape shapes.Shape, sharding *compute.ShardingSpec) (compute.Value, error) {
	s, err := fixedShape("Parameter", shape)
	if err != nil {
		return nil, err
	}
	if sharding != nil {
		return nil, errors.Wrapf(compute.ErrNotImplemented, "wasm: a sharded parameter %q of %s", name, shape)
	}
	if f.done {
		return nil, errors.Errorf("wasm: parameter %q after Return", name)
	}
	n := f.append(graph.Param{Index: len(f.f.Params)}, s)
	f.f.Params, f.params = append(f.f.Params, n), append(f.params, name)
	return n, nil
}

// Constant adds an array of numbers.
func (f *Function) Constant(flat any, dims ...int) (compute.Value, error) {
	data, dtype, err := flatBytes(flat)
	if err != nil {
		return nil, err
	}
	shape := shapes.Make(dtype, dims...)
	s, err := fixedShape("Constant", shape)
	if err != nil {
		return nil, err
	}
	if len(data) != int(shape.ByteSize()) {
		return nil, errors.Errorf("wasm: Constant of %s from %d bytes", shape, len(data))
	}
	return f.constant(s, slices.Clone(data)), nil
}

// Return sets the function's results.
func (f *Function) Return(outputs []compute.Value, shardings []*compute.ShardingSpec) error {
	if f.done {
		return errors.Errorf("wasm: Return called twice in function %q", f.name)
	}
	if len(outputs) == 0 {
		return errors.Errorf("wasm: function %q returns nothing", f.name)
	}
	nodes, err := f.nodes("Return", outputs...)
	if err != nil {
		return err
	}
	for i, s := range shardings {
		if s != nil && i < len(nodes) {
			return errors.Wrapf(compute.ErrNotImplemented, "wasm: a sharded result of %s", shapeOf(nodes[i]))
		}
	}
	f.f.Outputs, f.done = nodes, true
	return nil
}

// nodes checks that values may be used here.
func (f *Function) nodes(op string, values ...compute.Value) ([]*graph.Node, error) {
	if f.done {
		return nil, errors.Errorf("wasm: %s after Return in function %q", op, f.name)
	}
	nodes := make([]*graph.Node, len(values))
	for i, v := range values {
		n, ok := v.(*graph.Node)
		if !ok {
			return nil, errors.Errorf("wasm: %s: operand %d is a %T, not a value of this backend", op, i, v)
		}
		if !f.sees(n) {
			return nil, errors.Errorf("wasm: %s: operand %d belongs to another function", op, i)
		}
		nodes[i] = n
	}
	return nodes, nil
}

func (f *Function) sees(n *graph.Node) bool {
	for g := f.f; g != nil; g = g.Parent {
		if n.Home == g {
			return true
		}
	}
	return false
}

// kin is what operations have in common that may be equal.
type kin struct {
	op    reflect.Type
	t     ir.DType
	first *graph.Node // operand
	data  string      // of a constant
}

// add records an operation, or returns the node of an equal one.
func (f *Function) add(op graph.Op, s graph.Shape, in ...*graph.Node) *graph.Node {
	k := kin{op: reflect.TypeOf(op), t: s.Type}
	if len(in) > 0 {
		k.first = in[0]
	}
	if c, ok := op.(graph.Const); ok {
		k.data = string(c.Data)
	}
	for _, n := range f.known[k] {
		if n.Shape.Same(s) && slices.Equal(n.In, in) && graph.Same(n.Op, op) {
			return n
		}
	}
	n := f.append(op, s, in...)
	f.known[k] = append(f.known[k], n)
	return n
}

func (f *Function) append(op graph.Op, s graph.Shape, in ...*graph.Node) *graph.Node {
	n := &graph.Node{ID: f.builder.nodes, Op: op, In: in, Home: f.f, Shape: s}
	f.builder.nodes++
	f.f.Nodes = append(f.f.Nodes, n)
	return n
}

// constant records numbers given as bytes.
func (f *Function) constant(s graph.Shape, data []byte) *graph.Node {
	return f.add(graph.Const{Data: data}, s)
}

// shapeOf is a node's shape in GoMLX's terms.
func shapeOf(n *graph.Node) shapes.Shape { return shapes.Make(dtypeOf[n.Type], n.Dims...) }

// fixedShape is a shape in the graph's terms. It refuses types that the backend does not have, dimensions that are not
// known yet, and sizes that 32-bit addresses do not reach.
func fixedShape(op string, s shapes.Shape) (graph.Shape, error) {
	t, ok := types[s.DType]
	if !ok {
		return graph.Shape{}, errors.Wrapf(compute.ErrNotImplemented, "wasm: %s of %s", op, s)
	}
	size := float64(t.Size()) // a number that cannot overflow
	for _, d := range s.Dimensions {
		if d < 0 {
			return graph.Shape{}, errors.Wrapf(compute.ErrNotImplemented, "wasm: %s of %s, whose size is not fixed", op, s)
		}
		size *= float64(d)
	}
	if size > 1<<32-1<<16 {
		return graph.Shape{}, errors.Errorf("wasm: %s of %s needs %.1f GiB, and WebAssembly addresses less than 4", op, s, size/(1<<30))
	}
	return graph.Shape{Type: t, Dims: slices.Clone(s.Dimensions)}, nil
}

// inferred turns the result of shape inference into a node's shape.
func inferred(op string) func(s shapes.Shape, err error) (graph.Shape, error) {
	return func(s shapes.Shape, err error) (graph.Shape, error) {
		if err != nil {
			return graph.Shape{}, errors.WithMessagef(err, "wasm: %s", op)
		}
		return fixedShape(op, s)
	}
}

// scalar records a constant number of a type and repeats it to some dimensions.
func (f *Function) scalar(t ir.DType, v float64, dims ...int) *graph.Node {
	n := f.constant(graph.Shape{Type: t}, numberBytes(t, v))
	return f.broadcast(n, dims)
}

// broadcast repeats a scalar to some dimensions.
func (f *Function) broadcast(n *graph.Node, dims []int) *graph.Node {
	if len(dims) == 0 {
		return n
	}
	return f.add(graph.Broadcast{}, graph.Shape{Type: n.Type, Dims: dims}, n)
}

// elementwise records an operation on arrays of equal dimensions.
func (f *Function) elementwise(fn ir.Op, t ir.DType, in ...*graph.Node) *graph.Node {
	return f.add(graph.Map{Fn: fn}, graph.Shape{Type: t, Dims: in[0].Dims}, in...)
}

// convert records a conversion, if one is needed.
func (f *Function) convert(n *graph.Node, t ir.DType) *graph.Node {
	if n.Type == t {
		return n
	}
	return f.elementwise(ir.Convert, t, n)
}

// flatBytes is the memory of a slice of numbers, and their type.
func flatBytes(flat any) ([]byte, dtypes.DType, error) {
	dtype, ok := elementType(flat)
	if !ok {
		return nil, dtype, errors.Errorf("wasm: %T is not a slice of numbers", flat)
	}
	return dtypes.UnsafeByteSliceFromAny(flat), dtype, nil
}
