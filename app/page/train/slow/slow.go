// Package slow shows a training step in parts: what goes in, what each layer gives, what the loss comes to, which gradients come back, and how the
// weights move. It draws what the trainer says of a step, and computes nothing about nets.
package slow

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/examples"
	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
)

// Step is a training step to be shown.
type Step struct {
	*protocol.Dissection
	Dark   bool            // the page's theme
	Array  int             // of weights, whose arithmetic is shown
	Choose func(of int)    // asks about another image of the batch
	Pick   func(array int) // shows the arithmetic of another array
	Take   app.UI          // the button that takes the step
}

// Parts are the names of a step's parts, in order.
var Parts = []string{"Batch", "Forward", "Loss", "Backward", "Update", "Result"}

// Part shows one of them.
func (s Step) Part(i int) []app.UI {
	return []func() []app.UI{s.batch, s.forward, s.loss, s.backward, s.update, s.result}[i]()
}

// batch are the images that the step sees.
func (s Step) batch() []app.UI {
	shown := make([]app.UI, len(s.Examples.Labels))
	for i := range shown {
		shown[i] = app.Elem("li").Body(app.Button().ID("slow-image-"+strconv.Itoa(i)).Type("button").Class("slow-image").Aria("pressed", i == s.Image).
			OnClick(func(app.Context, app.Event) { s.Choose(i) }, app.EventScope(i, s.Step)).
			Body(s.picture(i), app.Span().Text(s.name(i))))
	}
	rest := ""
	if n := s.Batch - len(shown); n > 0 {
		rest = fmt.Sprintf("and %s more", number.Int(n))
	}
	return []app.UI{
		says("Step %s sees a batch: the next %s training images of a random order. They go through the net together. The next parts show the numbers of "+
			"one of them; press another image to follow that one.", number.Int(s.Step), number.Int(s.Batch)),
		app.Div().Class("slow-batch").Body(
			app.Elem("ol").Class("slow-images").Aria("label", "The first images of the batch").Body(shown...),
			app.P().Class("under").Text(rest),
		),
	}
}

// forward is what each layer gives for the image.
func (s Step) forward() []app.UI {
	zero := "white"
	if s.Dark {
		zero = "black"
	}
	layers := []app.UI{app.Elem("li").Body(s.picture(s.Image), app.Span().Class("slow-layer").Text("image"), under(s.name(s.Image)))}
	for _, l := range s.Layers {
		w := &l.Output
		high := 128
		if w.Height == 1 {
			high = 40
		}
		grid := filters.Layout(w, 280, high)
		least, most := filters.Range(w, 0)
		for i := range w.Count {
			lo, hi := filters.Range(w, i)
			least, most = min(least, lo), max(most, hi)
		}
		extent := number.Signed(least) + " to " + number.Signed(most)
		layers = append(layers, app.Elem("li").Body(
			app.Img().Class("crisp").Src(filters.DataURL(w, grid, filters.ColorsOf(s.Dark))).Alt(fmt.Sprintf("Output of %s, %s", w.Layer, extent)).
				Width(grid.Width*grid.Scale).Height(grid.Height*grid.Scale),
			app.Span().Class("slow-layer").Text(w.Layer), under(shape(l.Dims)+part(l)), under(extent),
		))
	}
	return []app.UI{
		says("Image %d of the batch, of class %s, goes through the net from layer to layer. Each picture is what a layer gives for it: %s is 0, orange is above, "+
			"blue below. Each layer has a scale of its own.", s.Image+1, s.name(s.Image), zero),
		app.Elem("ol").Class("slow-layers").Aria("label", "What each layer gives").Body(layers...),
	}
}

// part says how much of a layer's output is shown, where that is not all.
func part(l protocol.Passed) string {
	switch last := l.Dims[len(l.Dims)-1]; {
	case len(l.Dims) == 3 && l.Output.Count < last:
		return fmt.Sprintf(", the first %d maps", l.Output.Count)
	case len(l.Dims) < 3 && l.Output.Width < last:
		return fmt.Sprintf(", the first %d", l.Output.Width)
	}
	return ""
}

// picture is an image of the batch, which what stands beside it names.
func (s Step) picture(i int) app.UI {
	e := s.Examples
	size := e.Height * e.Width * e.Channels
	times := max(1, 56/max(e.Height, e.Width))
	return app.Img().Class("crisp").Src(bitmap.Pixels(e.Height, e.Width, e.Channels, e.Pixels[i*size:][:size])).Role("presentation").
		Width(times * e.Width).Height(times * e.Height)
}

// name is the class of an image of the batch.
func (s Step) name(i int) string { return examples.Name(s.Classes, s.Examples.Labels[i]) }

func says(format string, args ...any) app.UI {
	return app.P().Class("slow-says").Text(fmt.Sprintf(format, args...))
}

func under(text string) app.UI { return app.Span().Class("under").Text(text) }

// shape is how people write dimensions.
func shape(dims []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(dims), "[]"), " ", "×")
}
