// Package slow shows a training step in parts: what goes in, what each layer outputs, what the loss is, which gradients come back, and how the
// weights move. It draws what the trainer reports of a step, and computes nothing about nets.
package slow

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/examples"
	"unpool/app/ui/filters"
	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/core/protocol"
)

// Step is a training step to be shown.
type Step struct {
	*protocol.Dissection
	Dark   bool            // the page's theme
	Array  int             // of weights, whose arithmetic is shown
	Choose func(image int) // asks about another image of the batch
	Pick   func(array int) // shows the arithmetic of another array
	Take   app.UI          // the button that takes the step
}

// Parts are the names of a step's parts, in order.
var Parts = []string{"Batch", "Forward", "Loss", "Backward", "Update", "Result"}

// Part shows one of them: in words and pictures, with what can be pressed before or after, if anything.
func (s *Step) Part(i int) []app.UI {
	var m markup.Markup
	m.WriteString(`<div class="slow-part">`)
	var before, after app.UI
	switch i {
	case 0:
		s.batch(&m)
		after = s.images()
	case 1:
		s.forward(&m)
	case 2:
		s.loss(&m)
	case 3:
		s.backward(&m)
	case 4:
		before = s.arrays()
		s.update(&m)
	case 5:
		s.result(&m)
		after = s.Take
	}
	m.WriteString(`</div>`)
	parts := []app.UI{m.Element()}
	if before != nil {
		parts = []app.UI{before, parts[0]}
	}
	if after != nil {
		parts = append(parts, after)
	}
	return parts
}

// batch says which images the step sees.
func (s *Step) batch(m *markup.Markup) {
	says(m, "Step %s sees a batch: the next %s training images of a random order. They go through the net together. The next parts show the numbers of "+
		"one of them; press another image to follow that one.", number.Int(s.Step), number.Int(s.Batch))
}

// images are the first of them, to choose from.
func (s *Step) images() app.UI {
	shown := make([]app.UI, len(s.Examples.Labels), len(s.Examples.Labels)+1)
	for i := range shown {
		shown[i] = app.Button().ID("slow-image-"+strconv.Itoa(i)).Type("button").Class("slow-image").Aria("pressed", i == s.Image).
			OnClick(func(app.Context, app.Event) { s.Choose(i) }, app.EventScope(i, s.Step)).Body(app.Raw(s.picture(i)), app.Text(s.name(i)))
	}
	if n := s.Batch - len(shown); n > 0 {
		shown = append(shown, app.Raw(`<span class="under">and `+number.Int(n)+` more</span>`))
	}
	return app.Div().Class("slow-images").Role("group").Aria("label", "The first images of the batch").Body(shown...)
}

// forward is what each layer outputs for the image.
func (s *Step) forward(m *markup.Markup) {
	zero := "white"
	if s.Dark {
		zero = "black"
	}
	says(m, "Image %d of the batch, of class %s, goes through the net from layer to layer. Each picture is what a layer outputs: %s is 0, "+
		"orange is above, blue below. Each layer has a scale of its own.", s.Image+1, s.name(s.Image), zero)
	m.WriteString(`<ol class="slow-layers" aria-label="What each layer outputs"><li>` + s.picture(s.Image))
	m.Add(`<b>image</b><span class="under">%s</span></li>`, s.name(s.Image))
	for i := range s.Layers {
		l := &s.Layers[i]
		w := &l.Output
		room := 128
		if w.Height == 1 {
			room = 40
		}
		grid := filters.Layout(w, 280, room)
		least, most := filters.Range(w, 0)
		for i := range w.Count {
			lo, hi := filters.Range(w, i)
			least, most = min(least, lo), max(most, hi)
		}
		extent := number.Signed(least) + " to " + number.Signed(most)
		m.Add(`<li><img class="crisp" src="%s" alt="Output of %s, %s" width="%d" height="%d">`,
			filters.DataURL(w, grid, filters.ColorsOf(s.Dark)), w.Layer, extent, grid.Width*grid.Scale, grid.Height*grid.Scale)
		m.Add(`<b>%s</b><span class="under">%s</span><span class="under">%s</span></li>`, w.Layer, shape(l.Dims)+part(l), extent)
	}
	m.WriteString(`</ol>`)
}

// part says how much of a layer's output is shown, where that is not all.
func part(l *protocol.Passed) string {
	switch last := l.Dims[len(l.Dims)-1]; {
	case len(l.Dims) == 3 && l.Output.Count < last:
		return fmt.Sprintf(", the first %d maps", l.Output.Count)
	case len(l.Dims) < 3 && l.Output.Width < last:
		return fmt.Sprintf(", the first %d", l.Output.Width)
	}
	return ""
}

// picture is an image of the batch, which the text beside it names.
func (s *Step) picture(i int) string {
	e := &s.Examples
	size := e.Height * e.Width * e.Channels
	times := max(1, 56/max(e.Height, e.Width))
	return fmt.Sprintf(`<img class="crisp" src="%s" role="presentation" width="%d" height="%d">`,
		bitmap.Pixels(e.Height, e.Width, e.Channels, e.Pixels[i*size:][:size]), times*e.Width, times*e.Height)
}

// name is the class of an image of the batch.
func (s *Step) name(i int) string { return examples.Name(s.Classes, s.Examples.Labels[i]) }

// says writes a paragraph.
func says(m *markup.Markup, format string, args ...any) {
	m.Add(`<p class="slow-says">`+format+`</p>`, args...)
}

// table writes a table: its name, its heads, and its rows, the first cell of which says what the others are about.
func table(m *markup.Markup, name string, head []string, rows [][]string) {
	m.Add(`<div class="table" tabindex="0" role="region" aria-label="%s"><table><thead><tr>`, name)
	for _, h := range head {
		m.Add(`<th scope="col">%s</th>`, h)
	}
	m.WriteString(`</tr></thead><tbody>`)
	for _, row := range rows {
		m.Add(`<tr><th scope="row">%s</th>`, row[0])
		for _, c := range row[1:] {
			m.Add(`<td>%s</td>`, c)
		}
		m.WriteString(`</tr>`)
	}
	m.WriteString(`</tbody></table></div>`)
}

// shape is how people write dimensions.
func shape(dims []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(dims), "[]"), " ", "×")
}
