package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"unpool/core/run"
)

// Sheet returns examples as one PNG: a row of images.
func Sheet(e run.Examples) ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	sheet := image.NewNRGBA(image.Rect(0, 0, e.Width*len(e.Labels), e.Height))
	size := e.Height * e.Width * e.Channels
	for i := range e.Labels {
		for at := 0; at < size; at += e.Channels {
			pixel := e.Pixels[i*size+at:]
			x, y := at/e.Channels%e.Width, at/e.Channels/e.Width
			sheet.SetNRGBA(i*e.Width+x, y, color.NRGBA{pixel[0], pixel[e.Channels/2], pixel[e.Channels-1], 255})
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, sheet)
	return b.Bytes(), err
}
