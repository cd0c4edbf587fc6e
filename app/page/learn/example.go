package learn

import (
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/core/protocol"
	"unpool/models/net"
)

// example is a layer or two on a few numbers. The window of the value that the reader looks at is marked in the input.
type example struct {
	knob
	question[protocol.Outputs]
	shell *shell.Shell

	at          [2]int // the value in the output
	asked, have float64
}

func newExample(s *shell.Shell, id string, of *chapter.Figure) *example {
	f := &example{shell: s, at: [2]int{1, 1}}
	f.knob = newKnob(id, of, f.begin)
	f.answered = func() { f.have = f.asked }
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
	f.ask(func(progress func(protocol.Progress), done func(*protocol.Outputs, *protocol.Error)) func() {
		f.asked = n
		return client.Ask(f.shell.Trainer, protocol.AskExample, with, progress, done)
	})
}

func (f *example) render() app.UI {
	return app.Section().ID(f.id).Class("panel", "lesson").Aria("label", f.of.Title).Body(
		app.H2().Text(f.of.Title),
		f.prediction(),
		f.slider(),
		f.state(f.begin, f.id),
		f.grids(), f.says(),
	)
}

// layer is what makes the output that is shown.
func (f *example) layer() *net.Placed {
	plan, err := f.of.Example.Plan(f.have)
	if err != nil {
		return nil
	}
	for l := range plan.All() {
		for _, s := range f.of.Example.Show {
			if l.Name == s.What {
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
	if err != nil || l == nil || f.answer == nil {
		return app.Div()
	}
	f.at = [2]int{min(f.at[0], l.Out[0]-1), min(f.at[1], l.Out[1]-1)}
	patch := window(l, f.at)
	var all []app.UI
	for i, s := range f.of.Example.Show {
		g := grid{id: fmt.Sprintf("%s-grid-%d", f.id, i+1), title: s.Title, height: with.Height, width: with.Width}
		switch {
		case s.What == "input":
			g.part, g.values, g.at = "x", with.Input, &patch
		case s.What == "back":
			g.part, g.values, g.hidden = "back", f.answer.Back, f.hides()
		case strings.Contains(s.What, "/"):
			g.part, g.values, g.height, g.width = "w", with.Weights[s.What], 1, len(with.Weights[s.What])
			if c, ok := l.Layer.(net.Conv); ok && c.Height*c.Width == g.width {
				g.height, g.width = c.Height, c.Width
			}
		default:
			for _, out := range f.answer.Layers {
				if out.Layer == s.What {
					g.part, g.values, g.height, g.width = "y", out.Values, out.Shape[0], out.Shape[1]
				}
			}
			g.hidden, g.at = f.hides(), &[4]int{f.at[0], f.at[1], 1, 1}
			g.choose = func(row, column int) { f.at = [2]int{row, column} }
		}
		all = append(all, g.render())
	}
	return app.Div().Class("grids").Body(all...)
}

// says is how the value that the reader looks at comes about.
func (f *example) says() app.UI {
	l := f.layer()
	with, err := f.of.Example.With(f.have)
	if err != nil || l == nil || f.answer == nil || f.hides() {
		return app.P().Class("sum-text").Text("")
	}
	patch := window(l, f.at)
	var weights []float32
	for _, s := range f.of.Example.Show {
		if strings.Contains(s.What, "/") {
			weights = with.Weights[s.What]
		}
	}
	var terms []string
	for row := range patch[2] {
		for column := range patch[3] {
			y, x := patch[0]+row, patch[1]+column
			inside := y >= 0 && y < with.Height && x >= 0 && x < with.Width
			v := float32(0)
			if inside {
				v = with.Input[y*with.Width+x]
			}
			switch {
			case weights != nil && len(weights) == patch[2]*patch[3]:
				if w := weights[row*patch[3]+column]; v != 0 && w != 0 {
					terms = append(terms, signed(float64(v))+"·"+bracketed(w))
				}
			case inside:
				terms = append(terms, signed(float64(v)))
			}
		}
	}
	value := 0.0
	for _, out := range f.answer.Layers {
		if out.Layer == l.Name {
			value = float64(out.Values[f.at[0]*out.Shape[1]+f.at[1]])
		}
	}
	text := "Row " + fmt.Sprint(f.at[0]+1) + ", column " + fmt.Sprint(f.at[1]+1) + ": "
	switch pool, ok := l.Layer.(net.Pool); {
	case ok && pool.Average:
		text += "the mean of " + strings.Join(terms, ", ")
	case ok:
		text += "the largest of " + strings.Join(terms, ", ")
	case weights == nil:
		text += signed(float64(with.Input[f.at[0]*with.Width+f.at[1]])) + " becomes " + signed(value) + "."
		return app.P().ID(f.id + "-value").Class("sum-text").Role("status").Text(text)
	case len(terms) == 0:
		text += "all products are 0; their sum"
	default:
		text += strings.Join(terms, " + ")
	}
	return app.P().ID(f.id + "-value").Class("sum-text").Role("status").Text(text + " = " + signed(value))
}

// bracketed is a weight as a factor.
func bracketed(w float32) string {
	if w < 0 {
		return "(" + signed(float64(w)) + ")"
	}
	return signed(float64(w))
}
