package net

import (
	"fmt"
	"iter"
)

// Limits of a task.
const (
	MinSide, MaxSide       = 8, 96 // of images, in pixels
	MinClasses, MaxClasses = 2, 256
)

// Task is what a net is for: to tell images of one shape into classes.
type Task struct {
	Height, Width int // of the images in pixels, MinSide to MaxSide
	Channels      int // 1 or 3
	Classes       int // MinClasses to MaxClasses
}

// Check reports what is wrong with t.
func (t Task) Check() error {
	if t.Channels != 1 && t.Channels != 3 {
		return problem("images with %d channels; a net reads 1 or 3", t.Channels)
	}
	for _, side := range []int{t.Height, t.Width} {
		if err := between("an image side", side, MinSide, MaxSide); err != nil {
			return err
		}
	}
	return between("a number of classes", t.Classes, MinClasses, MaxClasses)
}

func (t Task) image() Shape { return Shape{t.Height, t.Width, t.Channels} }

// everything is the field of what depends on all of the image.
func (t Task) everything() Field { return Field{Height: t.Height, Width: t.Width} }

// Plan is a net worked out for a task.
type Plan struct {
	Task   Task
	Layers []Placed // from the image on; the last is the logits
}

// Placed is a layer at its place in a net.
type Placed struct {
	Layer     Layer
	Name      string // of the layer's tap, and the scope of its variables
	In, Out   Shape  // for one image
	Variables []Variable
	Padding   [2][2]int // of a window: rows before and after the image, columns before and after
	Field     Field
	Layers    []Placed // of a Residual

	// Forward is the number of multiplications, each with an addition, that the layer's matrix products and convolutions
	// need for one image; Backward is that of their gradients, by the weights and by the input where something before it is
	// trained. Windows count whole, over padding too; what goes element by element does not count. The layers of a Residual have
	// their own.
	Forward, Backward int64
	// Products is the number of those products and convolutions in a training step.
	Products int

	trained bool // something before the layer is trained, so a gradient passes through it
}

// Plan works n out for a task. An error is an *Error that names the layer that does not fit or with which the net becomes too
// large, or says what is wrong with the task.
func (n Net) Plan(t Task) (*Plan, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	p, err := n.Draft(t)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Draft is Plan for a net that is being edited. With an error it has the layers up to the one that is wrong, which is
// the last and may have no Out, and of those in it likewise.
func (n Net) Draft(t Task) (*Plan, error) {
	if err := t.Check(); err != nil {
		return &Plan{Task: t}, err
	}
	if err := n.checkCount(); err != nil {
		return &Plan{Task: t}, err
	}
	if _, ok := n[len(n)-1].(Logits); !ok {
		n = append(n[:len(n):len(n)], Logits{})
	}
	w := &walk{task: t, counts: map[string]int{}}
	layers, err := w.place(n, t.image(), Field{Height: 1, Width: 1, StepY: 1, StepX: 1}, true)
	return &Plan{t, layers}, err
}

// All are the layers in the order in which they give their outputs: those of a Residual before itself.
func (p *Plan) All() iter.Seq[*Placed] {
	return func(yield func(*Placed) bool) { all(p.Layers, yield) }
}

func all(layers []Placed, yield func(*Placed) bool) bool {
	for i := range layers {
		if !all(layers[i].Layers, yield) || !yield(&layers[i]) {
			return false
		}
	}
	return true
}

// Parameters is the number of trainable numbers.
func (p *Plan) Parameters() (n int) {
	for l := range p.All() {
		n += l.Parameters()
	}
	return n
}

// Statistics is the number of running averages, which are kept but not trained.
func (p *Plan) Statistics() (n int) {
	for l := range p.All() {
		n += l.numbers(true)
	}
	return n
}

// Forward is the number of multiply-adds to classify one image.
func (p *Plan) Forward() (n int64) {
	for l := range p.All() {
		n += l.Forward
	}
	return n
}

// Step is the number of multiply-adds of a training step for each image of the batch.
func (p *Plan) Step() (n int64) {
	for l := range p.All() {
		n += l.Forward + l.Backward
	}
	return n
}

// Parameters is the number of the layer's trainable numbers, without those of a Residual's layers.
func (p *Placed) Parameters() int { return p.numbers(false) }

func (p *Placed) numbers(statistic bool) (n int) {
	for _, v := range p.Variables {
		if v.Statistic == statistic {
			n += v.Size()
		}
	}
	return n
}

// same says that a layer keeps its input's shape.
func (p *Placed) same() error {
	p.Out = p.In
	return nil
}

// needs says that a layer's input does not fit.
func (p *Placed) needs(what string) error {
	return problem("its input is %s; it needs %s", p.In, what)
}

// product counts a product of the layer's input, as a matrix [rows, inner], and weights [inner, columns].
func (p *Placed) product(rows, inner, columns int) {
	multiplied := int64(rows) * int64(inner) * int64(columns)
	gradients := 1
	if p.trained {
		gradients = 2
	}
	p.Forward += multiplied
	p.Backward += int64(gradients) * multiplied
	p.Products += 1 + gradients
}

// recurrence counts so many products of a state by recurrent weights, which multiply in all rows rows of [inner] by
// [inner, columns].
func (p *Placed) recurrence(products, rows, inner, columns int) {
	multiplied := int64(rows) * int64(inner) * int64(columns)
	p.Forward += multiplied
	p.Backward += 2 * multiplied
	p.Products += 3 * products
}

// walk is what is known on the way from the image to the logits.
type walk struct {
	task    Task
	total   totals
	trained bool // some layer so far has trainable variables

	counts  map[string]int // the last number of each stem
	weights int            // layers with weights so far
}

// place works out some layers that follow each other. With an error it returns those up to the one that is wrong.
func (w *walk) place(n Net, in Shape, field Field, outermost bool) ([]Placed, error) {
	placed := make([]Placed, len(n))
	for i, l := range n {
		p := &placed[i]
		*p = Placed{Layer: l, Name: w.name(l), In: in, Field: field, trained: w.trained}
		err := n.checkLayer(i, outermost)
		if err == nil {
			err = l.place(p, w)
		}
		if err == nil {
			err = w.total.add(p)
		}
		if err != nil {
			return placed[:i+1], within(i, l.String(), err)
		}
		w.trained = w.trained || p.Parameters() > 0
		in, field = p.Out, p.Field
	}
	return placed, nil
}

// name gives a layer its name. Initial weights and dropout's masks are drawn by it, so a name, once given, stays. Layers with
// weights are counted each kind by itself: conv1, conv2, fc1; cells all together, and the first has no number: lstm, gru2. The
// others have the number of the layer with weights that they follow, so that relu3 is that of the third; where there is such a
// name already, the next one.
func (w *walk) name(l Layer) string {
	stem := l.stem()
	switch l.(type) {
	case Logits:
		return stem
	case Cell:
		w.weights++
		w.counts["cell"]++
		if n := w.counts["cell"]; n > 1 {
			return fmt.Sprint(stem, n)
		}
		return stem
	case Conv, Dense:
		w.weights++
		w.counts[stem]++
	default:
		w.counts[stem] = max(w.counts[stem]+1, w.weights)
	}
	return fmt.Sprint(stem, w.counts[stem])
}
