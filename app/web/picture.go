package web

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// finer is how many pixels of a picture lie along one of the drawing it is made from.
const finer = 2

// PNG draws an SVG document, which states its width and height, as a PNG. It blocks.
func PNG(svg string) (blob app.Value, err error) {
	defer caught(&err)
	w := app.Window()
	url := w.Get("URL").Call("createObjectURL", w.Get("Blob").New([]any{svg}, map[string]any{"type": "image/svg+xml"}))
	defer w.Get("URL").Call("revokeObjectURL", url)
	canvas, err := painted(url.String(), finer)
	if err != nil {
		return nil, err
	}
	blob, _ = Settled(func(done, _ app.Func) { canvas.Call("toBlob", done, "image/png") })
	if !blob.Truthy() {
		return nil, errTooLarge
	}
	return blob, nil
}

// PNGOf makes the picture of an address a PNG with the same pixels, and returns its address. It blocks.
func PNGOf(url string) (address string, err error) {
	defer caught(&err)
	canvas, err := painted(url, 1)
	if err != nil {
		return "", err
	}
	png := canvas.Call("toDataURL", "image/png").String()
	if len(png) < len("data:image/png") {
		return "", errTooLarge
	}
	return png, nil
}

var errTooLarge = errors.New("the browser cannot make a picture of this size")

// painted is a canvas with the picture of an address, so many times as large.
func painted(url string, times int) (canvas app.Value, err error) {
	w := app.Window()
	picture := w.Get("Image").New()
	picture.Set("src", url)
	if _, err := Settled(func(done, failed app.Func) { picture.Call("decode").Call("then", done, failed) }); err != nil {
		return nil, err
	}
	canvas = w.Get("document").Call("createElement", "canvas")
	width, height := times*picture.Get("naturalWidth").Int(), times*picture.Get("naturalHeight").Int()
	canvas.Set("width", width)
	canvas.Set("height", height)
	canvas.Call("getContext", "2d").Call("drawImage", picture, 0, 0, width, height)
	return canvas, nil
}
