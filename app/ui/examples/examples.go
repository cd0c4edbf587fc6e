// Package examples shows test images in a row, each with the class that a net gives it. It knows nothing of pages.
package examples

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/core/run"
)

// Pictures are the images of a strip.
type Pictures struct {
	Count int
	side  int // of one on the page, in pixels
	src   func(i int) string
	sheet bool // src is a row of all of them
}

// shown is about how large an image is on the page: a whole multiple of its own size, in pixels.
const shown = 56

func enlarged(side int) int {
	side = max(side, 1)
	return side * max(1, (shown+side/2)/side)
}

// large reports whether the images take more room than most do.
func (p Pictures) large() bool { return p.side > shown }

// OfSheet are the images of a file that has them in a row, each as high as wide.
func OfSheet(address string, count, side int) Pictures {
	return Pictures{Count: count, side: enlarged(side), src: func(int) string { return address }, sheet: true}
}

// Of are the images of examples.
func Of(e run.Examples) Pictures {
	size := e.Height * e.Width * e.Channels
	all := make([]string, len(e.Labels))
	for i := range all {
		all[i] = bitmap.Pixels(e.Height, e.Width, e.Channels, e.Pixels[i*size:][:size])
	}
	return Pictures{Count: len(all), side: enlarged(e.Height), src: func(i int) string { return all[i] }}
}

// picture is one of the images. It has no words: the text about it is beside it.
func (p Pictures) picture(i int) app.UI {
	side := strconv.Itoa(p.side)
	picture := app.Img().Src(p.src(i)).Role("presentation").Width(p.side).Height(p.side).Style("width", side+"px").Style("height", side+"px")
	if p.sheet && p.Count > 1 {
		// An image as high as the box covers it; the position says which part of the row is in the box.
		picture = picture.Style("object-position", strconv.FormatFloat(100*float64(i)/float64(p.Count-1), 'f', 3, 64)+"% 0")
	}
	return picture
}

// Plain shows images without words. name says what they are.
func Plain(name string, of Pictures) app.UI {
	all := make([]app.UI, of.Count)
	for i := range all {
		all[i] = app.Span().Class("example").Body(of.picture(i))
	}
	strip := app.Div().Class("examples").Role("img").Aria("label", name)
	if of.large() {
		strip = strip.Class("loose").Style("--side", strconv.Itoa(of.side)+"px")
	}
	return strip.Body(all...)
}

// Answered shows images with the answers to them. classes are the names of classes.
func Answered(of Pictures, answers *run.Answers, classes []string) app.UI {
	all := make([]app.UI, of.Count)
	for i := range all {
		state, caption := answer(classes, answers.Labels[i], answers.Answers[i])
		all[i] = app.Elem("li").Class("example", state).Body(of.picture(i), caption)
	}
	strip := app.Elem("ol").Class("examples").Aria("label", "Test images, each with the class that the net assigns to it")
	switch {
	case long(classes):
		strip = strip.Class("loose").Style("--side", strconv.Itoa(max(of.side, 88))+"px")
	case of.large():
		strip = strip.Class("loose").Style("--side", strconv.Itoa(of.side)+"px")
	}
	return strip.Body(all...)
}

// answer is the text below an image: the net's answer, with a cross where that is wrong.
func answer(classes []string, label, taken int) (state string, caption app.UI) {
	is := Name(classes, label)
	says := func(spoken, shown string) app.UI {
		return app.Span().Class("answer").Body(app.Span().Class("unseen").Text(spoken), app.Span().Aria("hidden", true).Text(shown))
	}
	switch {
	case taken == run.Unasked:
		return "unasked", says(is+": not classified yet", "·")
	case taken == label:
		return "right", says(is+": correct", is)
	}
	answered := Name(classes, taken)
	return "wrong", says(is+": wrong, classified as "+answered, "✗ "+answered)
}

// Name is the name of a class, or its number if it has none.
func Name(classes []string, class int) string {
	if class < len(classes) {
		return classes[class]
	}
	return strconv.Itoa(class)
}

// long reports whether the names of classes are words rather than characters.
func long(classes []string) bool {
	for _, c := range classes {
		if len(c) > 2 {
			return true
		}
	}
	return false
}
