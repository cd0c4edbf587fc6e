package lower

import (
	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// slide gives the index into an operand of the window's element that the reduce loops are at, and the condition that
// it is not padding.
func (t *nest) slide(s graph.Sliding, dims []int) ([]ir.Index, *ir.Expr) {
	rank := len(dims)
	at, gaps := make([]ir.Index, rank), make([]int, rank)
	for a := range at {
		at[a] = plus(linear(loop(t.Loops(), a), s.Strides[a], 0), linear(loop(t.Loops(), rank+a), s.WindowDilation[a], 0))
		gaps[a] = s.BaseDilation[a] - 1
	}
	return t.dilated(at, dims, s.Start, gaps)
}

func (l *lowerer) window(n *graph.Node, o graph.Window) {
	if l.kernels && l.pool(n, o) {
		return
	}
	x := n.In[0]
	t := l.newNest(n.Dims, o.Dims)
	in, ok := t.slide(o.Sliding, x.Dims)
	v := t.guarded(ok, func() *ir.Expr { return t.read(x, in) }, ir.Identity(o.Fn, n.Type))
	acc := t.fold(o.Fn, v)
	t.store(l.home(n), t.flat(n.Dims), acc)
	l.emit(t.Nest)
}

// selectScatter finds for each window the place of its best element, clears the result, and adds each source element to
// its place, in order.
func (l *lowerer) selectScatter(n *graph.Node, o graph.SelectScatter) {
	if l.kernels && l.poolGradient(n, o) {
		return
	}
	x, source := n.In[0], n.In[1]
	places := l.p.NewBuffer(ir.Temp, ir.I32, source.Size())
	t := l.newNest(source.Dims, o.Dims)
	in, ok := t.slide(o.Sliding, x.Dims)
	place := ir.Pos(flat(t.Loops(), in, x.Dims))
	best := t.accumulate(ir.Extreme(x.Type, !o.Min))
	where := t.accumulate(ir.Int(ir.I32, -1))
	better := ir.Gt
	if o.Min {
		better = ir.Lt
	}
	// The first element of the window that is not padding, and each that is better or the first NaN.
	v := t.guarded(ok, func() *ir.Expr { return t.read(x, in) }, best)
	c := ir.New(better, ir.Bool, v, best)
	c = ir.New(ir.Or, ir.Bool, c, ir.New(ir.Lt, ir.Bool, where, ir.Int(ir.I32, 0)))
	if x.Type.Float() {
		is := func(e *ir.Expr) *ir.Expr { return ir.New(ir.IsNaN, ir.Bool, e) }
		c = ir.New(ir.Or, ir.Bool, c, ir.New(ir.And, ir.Bool, is(v), ir.New(ir.Not, ir.Bool, is(best))))
	}
	c = both(c, ok)
	t.Accs[best.Acc].Step = ir.New(ir.Select, x.Type, c, v, best)
	t.Accs[where.Acc].Step = ir.New(ir.Select, ir.I32, c, place, where)
	t.store(places, t.flat(source.Dims), where)
	l.emit(t.Nest)

	y := l.home(n)
	l.fill(y, ir.Number(n.Type, 0))
	s := l.newNest(source.Dims, nil)
	s.Serial = true
	found := ir.At(places, s.flat(source.Dims)) // -1 for a window of padding alone, which changes nothing
	at := dynamic(s.Loops(), ir.New(ir.Max, ir.I32, found, ir.Int(ir.I32, 0)))
	old := ir.At(y, at)
	sum := ir.New(ir.Add, n.Type, old, s.read(source, s.loops(0, len(source.Dims))))
	s.store(y, at, ir.New(ir.Select, n.Type, ir.New(ir.Ge, ir.Bool, found, ir.Int(ir.I32, 0)), sum, old))
	l.emit(s.Nest)
}

func (l *lowerer) fill(b *ir.Buffer, v *ir.Expr) {
	t := l.newNest([]int{b.Len}, nil)
	t.store(b, loop(1, 0), v)
	l.emit(t.Nest)
}

// conv sums products over the window and the input channels.
func (l *lowerer) conv(n *graph.Node, o graph.Conv) {
	if l.convKernel(n, o) {
		return
	}
	x, kernel := n.In[0], n.In[1]
	spatial := len(o.Strides)
	reduce := []int{}
	for i := range spatial {
		reduce = append(reduce, kernel.Dims[o.Kernel[2+i]])
	}
	channels := kernel.Dims[o.Kernel[1]] // of one group
	reduce = append(reduce, channels)
	t := l.newNest(n.Dims, reduce)
	outer := len(n.Dims)
	batch, out, in := loop(t.Loops(), o.Output[0]), loop(t.Loops(), o.Output[1]), loop(t.Loops(), outer+spatial)

	kernelAt := make([]ir.Index, len(kernel.Dims))
	kernelAt[o.Kernel[0]], kernelAt[o.Kernel[1]] = out, in
	at, dims, gaps := make([]ir.Index, spatial), make([]int, spatial), make([]int, spatial)
	for i := range spatial {
		k := loop(t.Loops(), outer+i)
		kernelAt[o.Kernel[2+i]] = k
		at[i] = plus(linear(loop(t.Loops(), o.Output[2+i]), o.Strides[i], 0), linear(k, o.KernelDilate[i], 0))
		dims[i], gaps[i] = x.Dims[o.Input[2+i]], o.InputDilation[i]-1
	}
	places, ok := t.dilated(at, dims, o.Start, gaps)
	group := func(size int) *ir.Expr { // which group of output channels the point belongs to
		return ir.New(ir.Div, ir.I32, ir.Pos(out), ir.Int(ir.I32, int64(size)))
	}
	if o.ChannelGroups > 1 {
		g := group(n.Dims[o.Output[1]] / o.ChannelGroups)
		in = plus(in, dynamic(t.Loops(), scaled(g, channels)))
	}
	if o.BatchGroups > 1 {
		g := group(n.Dims[o.Output[1]] / o.BatchGroups)
		batch = plus(batch, dynamic(t.Loops(), scaled(g, n.Dims[o.Output[0]])))
	}
	xAt := make([]ir.Index, len(x.Dims))
	xAt[o.Input[0]], xAt[o.Input[1]] = batch, in
	for i := range spatial {
		xAt[o.Input[2+i]] = places[i]
	}
	v := t.guarded(ok, func() *ir.Expr { return t.read(x, xAt) }, ir.Number(n.Type, 0))
	acc := t.fold(ir.Add, ir.New(ir.Mul, n.Type, v, t.read(kernel, kernelAt)))
	t.store(l.home(n), t.flat(n.Dims), acc)
	l.emit(t.Nest)
}

// scatter copies the first operand and combines each element of the updates with its place, in order; places outside
// are left out.
func (l *lowerer) scatter(n *graph.Node, o graph.Scatter) {
	x, starts, updates := n.In[0], n.In[1], n.In[2]
	y := l.home(n)
	l.copyTo(y, x)
	if n.Size() == 0 {
		return
	}
	t := l.newNest(updates.Dims, nil)
	t.Serial = true
	idx := t.loops(0, len(updates.Dims))
	isWindow, inserted := map[int]bool{}, map[int]bool{}
	for _, a := range o.Window {
		isWindow[a] = true
	}
	for _, a := range o.Inserted {
		inserted[a] = true
	}
	var batch, window []ir.Index
	for a := range idx {
		if isWindow[a] {
			window = append(window, idx[a])
		} else {
			batch = append(batch, idx[a])
		}
	}
	at := make([]ir.Index, len(x.Dims))
	for a := range at {
		if inserted[a] {
			at[a] = fixed(t.Loops(), 0)
		} else {
			at[a], window = window[0], window[1:]
		}
	}
	for k, a := range o.Starts {
		place := t.vectorElement(batch, len(starts.Dims), o.VectorAxis, k)
		at[a] = plus(at[a], dynamic(t.Loops(), ir.New(ir.Convert, ir.I32, t.read(starts, place))))
	}
	var ok *ir.Expr
	for a := range at {
		ok = both(ok, below(at[a], 0, x.Dims[a], t.extents()))
	}
	// An update outside is written to its own place in the first element's stead, unchanged.
	place := ir.Pos(flat(t.Loops(), at, x.Dims))
	if ok != nil {
		place = ir.New(ir.Select, ir.I32, ok, place, ir.Int(ir.I32, 0))
	}
	there := dynamic(t.Loops(), place)
	old := ir.At(y, there)
	sum := ir.New(o.Fn, n.Type, old, t.read(updates, idx))
	if ok != nil {
		sum = ir.New(ir.Select, n.Type, ok, sum, old)
	}
	t.store(y, there, sum)
	l.emit(t.Nest)
}
