package worker

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"unpool/core/look"
	"unpool/core/npy"
	"unpool/core/protocol"
	"unpool/core/run"
)

// behind are the numbers behind a picture, [count, height, width, channels].
type behind struct {
	form   run.Weights
	values []float32
}

// picture makes one of numbers of the form that w has.
func (a *analysis) picture(name string, w run.Weights, values []float32) run.Weights {
	a.note(name, w, values)
	w.Scale, w.Pixels = run.Levels(values)
	return w
}

// note remembers the numbers of the picture that is asked about.
func (a *analysis) note(name string, w run.Weights, values []float32) {
	if name != "" && name == a.wanted {
		a.noted = &behind{w, values}
	}
}

// file has the numbers that were asked for.
func (a *analysis) file(asked protocol.Numbers) (any, *File, error) {
	if a.noted == nil {
		return nil, nil, &protocol.Error{Code: protocol.Invalid, Message: fmt.Sprintf("the analysis %q makes no picture %q", asked.What, asked.Picture),
			Hint: "Choose another picture."}
	}
	f := a.noted.form
	shape, values := []int{f.Count, f.Height, f.Width, f.Channels}, a.noted.values
	return protocol.Nothing{}, &File{a.fileName(asked), func(w io.Writer) error { return npy.Write(w, shape, values) }}, nil
}

// fileName says what the numbers are, counting maps and places from 1 as the page does, as in unpool-mnist-cnn-seed1-step-500-image-7-relu2-map-3-deconv.npy.
func (a *analysis) fileName(asked protocol.Numbers) string {
	return strings.Join(slices.Concat([]string{"unpool", a.of.run, "step", fmt.Sprint(a.of.step)}, a.about, []string{asked.Picture}), "-") + ".npy"
}

// aboutImage says which image it is, in a file's name; a negative number is the user's own.
func aboutImage(number int) []string {
	if number < 0 {
		return []string{"own-image"}
	}
	return []string{"image", fmt.Sprint(number)}
}

// aboutMap says which map it is.
func aboutMap(u protocol.TestUnit) []string { return []string{u.Layer, "map", fmt.Sprint(u.Map + 1)} }

// aboutUnit says which activation it is.
func aboutUnit(u protocol.TestUnit, at look.Unit) []string {
	image := u.Image
	if u.Own != nil {
		image = -1
	}
	return slices.Concat(aboutImage(image), aboutMap(u), []string{"at", fmt.Sprint(at.Row + 1), fmt.Sprint(at.Column + 1)})
}
