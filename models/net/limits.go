package net

// Limits of a net, so that one out of an untrusted link cannot ask for more than a machine has.
const (
	maxLayers = 64
	// maxParameters, with Adam's two averages, take 1.5 GiB: less than half of what WebAssembly can address.
	maxParameters = 1 << 27
	// maxStep is the most multiply-adds of a training step for an image. In a tab that multiplies and adds 20 thousand million
	// times a second, a batch of 128 then takes half a minute: a hundred times the course report's largest net.
	maxStep = 4 << 30
	// maxProducts is the most matrix products and convolutions of a training step. A recurrent net is unrolled, so each of its
	// steps is code of its own, and the time to compile it grows faster than their number: two LSTMs both ways over 96 rows,
	// 1,153 products, take a quarter of a minute natively.
	maxProducts = 1200
	// maxOrthogonal bounds the work of making a matrix orthogonal, which takes its shorter side twice and its longer one once
	// as a factor: some seconds.
	maxOrthogonal = 4 << 30
)

// check reports what is wrong with n whatever its task.
func (n Net) check() error {
	if err := n.checkCount(); err != nil {
		return err
	}
	return n.checkLayers(true)
}

// checkCount reports whether there are too few or too many layers.
func (n Net) checkCount() error {
	if len(n) == 0 {
		return problem("the net has no layers")
	}
	if count := n.count(); count > maxLayers {
		return problem("a net of %d layers is too large; the limit is %d", count, maxLayers)
	}
	return nil
}

// checkLayers checks the layers whatever the task: those of a net, or of a group.
func (n Net) checkLayers(outermost bool) error {
	for i, l := range n {
		err := n.checkLayer(i, outermost)
		if r, ok := l.(Residual); ok && err == nil {
			if err = r.empty(); err == nil {
				err = r.Layers.checkLayers(false)
			}
		}
		if err != nil {
			return within(i, l.String(), err)
		}
	}
	return nil
}

// checkLayer checks one layer, but not those in it.
func (n Net) checkLayer(i int, outermost bool) error {
	if _, ok := n[i].(Logits); ok && !(outermost && i == len(n)-1) {
		return problem("logits must be the last layer of a net")
	}
	return checkOptions(n[i])
}

// count is the number of layers, those in groups too.
func (n Net) count() int {
	count := len(n)
	for _, l := range n {
		if r, ok := l.(Residual); ok {
			count += r.Layers.count()
		}
	}
	return count
}

// totals are what a net needs so far.
type totals struct {
	parameters, products int
	step                 int64
}

// add adds a layer's needs and reports whether they become too much.
func (t *totals) add(p *Placed) error {
	t.parameters += p.Parameters()
	t.step += p.Forward + p.Backward
	t.products += p.Products
	for _, v := range p.Variables {
		if v.Init == Orthogonal {
			columns := v.Dims[len(v.Dims)-1] / v.Gates
			rows := v.Size() / (columns * v.Gates)
			if work := min(rows, columns) * rows * columns; work > maxOrthogonal {
				return problem("making %d x %d weights orthogonal takes %d multiplications; the limit is %d", rows, columns, work, maxOrthogonal)
			}
		}
	}
	switch {
	case t.parameters > maxParameters:
		return problem("with it the net has %d parameters; the limit is %d", t.parameters, maxParameters)
	case t.step > maxStep:
		return problem("with it a training step takes %d multiply-adds per image; the limit is %d", t.step, int64(maxStep))
	case t.products > maxProducts:
		return problem("with it a training step has %d matrix products; the limit is %d", t.products, maxProducts)
	}
	return nil
}
