package learn

import (
	"fmt"
	"math"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/markup"
	"unpool/core/protocol"
	"unpool/models/net"
)

// example is a layer or two on a few numbers. The window of the value that the reader looks at is marked in the input.
type example struct {
	knob
	question
	shell *shell.Shell

	answer *protocol.Outputs
	have   float64 // the number that the answer is about
	at     [2]int  // the value in the output
}

func newExample(s *shell.Shell, id string, of *chapter.Figure) *example {
	f := &example{shell: s, at: [2]int{1, 1}}
	f.knob = newKnob(id, of, f.begin)
	return f
}

// begin asks for the outputs.
func (f *example) begin() {
	with, err := f.of.Example.With(f.value)
	if err != nil {
		app.Log(f.id + ": " + err.Error()) // a test reads all chapters
		return
	}
	n := f.value
	ask(&f.question, f.shell, protocol.AskExample, with, func(a *protocol.Outputs) { f.answer, f.have = a, n })
}

func (f *example) render() app.UI {
	return panel(f.id, f.of.Title,
		f.prediction(),
		f.slider(),
		f.state(f.answer != nil),
		f.grids(), f.says(),
	)
}

// layer is what makes the output in which the reader chooses a value; nil where there is none.
func (f *example) layer() *net.Placed {
	plan, err := f.of.Example.Plan(f.have)
	if err != nil || f.answer == nil || f.answer.Gradients != nil { // where all is to be seen at once, nothing is chosen
		return nil
	}
	for l := range plan.All() {
		for _, s := range f.of.Example.Show {
			if l.Name == s.What && len(l.Out) == 3 {
				return l
			}
		}
	}
	return nil
}

// window is what of its input a layer reads for an output: top, left, height and width.
func window(l *net.Placed, at [2]int) [4]int {
	height, width, stride := 1, 1, 1
	switch w := l.Layer.(type) {
	case net.Conv:
		height, width, stride = w.Height, w.Width, w.Stride
	case net.Pool:
		height, width, stride = w.Window, w.Window, w.Stride
	}
	return [4]int{at[0]*stride - l.Padding[0][0], at[1]*stride - l.Padding[1][0], height, width}
}

// grids are the arrays, from the input to what comes out.
func (f *example) grids() app.UI {
	with, err := f.of.Example.With(f.have)
	l := f.layer()
	if err != nil || f.answer == nil {
		return app.Div()
	}
	var marked *[4]int
	if l != nil {
		f.at = [2]int{min(f.at[0], l.Out[0]-1), min(f.at[1], l.Out[1]-1)}
		patch := window(l, f.at)
		marked = &patch
	}
	var all []app.UI
	for i, s := range f.of.Example.Show {
		g := grid{id: fmt.Sprintf("%s-grid-%d", f.id, i+1), title: s.Title, height: with.Height, width: with.Width}
		switch {
		case s.What == "input":
			g.part, g.values, g.at = "x", with.Input, marked
		case s.What == "back":
			g.part, g.values, g.hidden = "back", f.answer.Back, f.hides()
		case s.What == "fade":
			g.part, g.values, g.width, g.hidden = "back", fade(f.answer.Back, with.Height), 1, f.hides()
		case s.What == "loss":
			g.part, g.values, g.height, g.width = "L", []float32{f.answer.Loss}, 1, 1
		case strings.HasPrefix(s.What, "grad "):
			of := strings.TrimPrefix(s.What, "grad ")
			g.part, g.values, g.hidden = of, f.answer.Gradients[of], f.hides()
			g.height, g.width = f.size(of, len(g.values))
		case strings.Contains(s.What, "/"):
			g.part, g.values = "w", with.Weights[s.What]
			g.height, g.width = f.size(s.What, len(g.values))
			if f.answer.Gradients != nil { // there are several
				g.part = s.What
			}
		default:
			for _, out := range f.answer.Layers {
				if out.Layer == s.What {
					g.part, g.values = s.What, out.Values
					g.height, g.width = f.size(s.What, len(g.values))
				}
			}
			if l != nil && l.Name == s.What {
				g.part, g.hidden, g.at = "y", f.hides(), &[4]int{f.at[0], f.at[1], 1, 1}
				g.choose = func(row, column int) { f.at = [2]int{row, column} }
			}
		}
		all = append(all, g.render())
	}
	return app.Div().Class("grids").Body(all...)
}

// size is how many rows and columns a layer's output or its weights are shown in.
func (f *example) size(of string, count int) (height, width int) {
	plan, err := f.of.Example.Plan(f.have)
	if err != nil {
		return 1, count
	}
	name, variable, _ := strings.Cut(of, "/")
	for p := range plan.All() {
		if p.Name != name {
			continue
		}
		c, convolves := p.Layer.(net.Conv)
		switch {
		case convolves && variable != "" && c.Height*c.Width == count:
			return c.Height, c.Width
		case len(p.Out) == 3 && variable == "":
			return p.Out[0], p.Out[1]
		case len(p.Out) == 1 && variable == "weights" && count%p.Out[0] == 0:
			return count / p.Out[0], p.Out[0]
		}
	}
	return 1, count
}

// fade is the size of the gradient with respect to each row, in percent of that with respect to the last row.
func fade(back []float32, rows int) []float32 {
	sizes := make([]float32, rows)
	for i, g := range back {
		sizes[i*rows/len(back)] += g * g
	}
	last := math.Sqrt(float64(sizes[rows-1]))
	for i, s := range sizes {
		share := 100 * math.Sqrt(float64(s)) / last
		if sizes[i] = float32(math.Round(10*share) / 10); share >= 10 {
			sizes[i] = float32(math.Round(share))
		}
	}
	return sizes
}

// says is how the value that the reader looks at comes about.
func (f *example) says() app.UI {
	var m markup.Markup
	m.Add(`<p id="%s-value" class="sum-text" role="status">`, f.id)
	with, err := f.of.Example.With(f.have)
	if l := f.layer(); err == nil && l != nil && f.answer != nil && !f.hides() {
		m.Add("Row %d, column %d: %s", f.at[0]+1, f.at[1]+1, sum(l, with, f.at))
		for _, out := range f.answer.Layers {
			if out.Layer == l.Name {
				m.Add("%s", signed(float64(out.Values[f.at[0]*out.Shape[1]+f.at[1]])))
			}
		}
	}
	m.Add("</p>")
	return m.Element()
}

// sum is what a layer makes an output of, up to the equals sign.
func sum(l *net.Placed, with protocol.Example, at [2]int) string {
	patch, weights := window(l, at), with.Weights[l.Name+"/weights"]
	pool, pools := l.Layer.(net.Pool)
	before, between, after := "", " + ", " = "
	switch {
	case pools && pool.Average:
		before, between, after = "the mean of ", ", ", " is "
	case pools:
		before, between, after = "the largest of ", ", ", " is "
	case weights == nil:
		after = " becomes "
	}
	var terms []string
	for i := range patch[2] * patch[3] {
		y, x := patch[0]+i/patch[3], patch[1]+i%patch[3]
		if y < 0 || y >= with.Height || x < 0 || x >= with.Width {
			continue // padding
		}
		term := signed(float64(with.Input[y*with.Width+x]))
		if weights != nil {
			w := signed(float64(weights[i]))
			if term == "0" || w == "0" {
				continue
			}
			if weights[i] < 0 {
				w = "(" + w + ")"
			}
			term += "·" + w
		}
		terms = append(terms, term)
	}
	if len(terms) == 0 {
		before, after = "all products are 0, so their sum", " is "
	}
	return before + strings.Join(terms, between) + after
}
