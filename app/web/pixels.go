package web

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Fit is how a picture of another shape fills a rectangle.
type Fit int

// The ways to fit.
const (
	Whole  Fit = iota // all of it is in, with bands of its first pixel's colour at its sides
	Middle            // as large as the rectangle: what exceeds it at the sides is cut off
)

// Pixels reads a picture's File in any format that the browser knows and draws it in so many pixels: red, green, blue and opacity, row by
// row. What is transparent is white. It blocks.
func Pixels(file app.Value, width, height int, fit Fit) (pixels []byte, err error) {
	defer caught(&err)
	w := app.Window()
	url := w.Get("URL").Call("createObjectURL", file)
	defer w.Get("URL").Call("revokeObjectURL", url)
	picture := w.Get("Image").New()
	picture.Set("src", url)
	if _, err := Settled(func(done, failed app.Func) { picture.Call("decode").Call("then", done, failed) }); err != nil {
		return nil, err
	}
	from, to := picture.Get("naturalWidth").Float(), picture.Get("naturalHeight").Float()
	if from == 0 || to == 0 { // such as an SVG document without a size
		return nil, errors.New("it has no size")
	}
	canvas := w.Get("document").Call("createElement", "canvas")
	canvas.Set("width", width)
	canvas.Set("height", height)
	pen := canvas.Call("getContext", "2d", map[string]any{"willReadFrequently": true})
	if !pen.Truthy() {
		return nil, errors.New("the browser cannot draw")
	}
	pen.Set("fillStyle", "white")
	pen.Call("fillRect", 0, 0, width, height)
	pen.Set("imageSmoothingQuality", "high")
	scale := max(float64(width)/from, float64(height)/to)
	if fit == Whole {
		scale = min(float64(width)/from, float64(height)/to)
		// The bands have the picture's own background, or they would be mistaken for ink.
		pen.Call("drawImage", picture, 0, 0, 1, 1, 0, 0, width, height)
	}
	pen.Call("drawImage", picture, (float64(width)-from*scale)/2, (float64(height)-to*scale)/2, from*scale, to*scale)
	array := pen.Call("getImageData", 0, 0, width, height).Get("data")
	pixels = make([]byte, array.Length())
	app.CopyBytesToGo(pixels, w.Get("Uint8Array").New(array.Get("buffer")))
	return pixels, nil
}

// Gray is the brightness of pixels as Pixels returns them: 0.299 red, 0.587 green, 0.114 blue.
func Gray(pixels []byte) []byte {
	gray := make([]byte, len(pixels)/4)
	for i := range gray {
		p := pixels[4*i:]
		gray[i] = byte((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2]) + 500) / 1000)
	}
	return gray
}
