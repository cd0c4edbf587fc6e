package filters

import (
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/svg"
)

// Figure is a picture as a document for paper, under its title and what it says, over its scale, which begins at least: 0 or -w.Scale. It blocks.
func Figure(w *run.Weights, g Grid, least float64, title, says string) (string, error) {
	picture, err := web.PNGOf(DataURL(w, g, Light)) // other programs do not read bitmaps in documents
	if err != nil {
		return "", err
	}
	width, height := g.Width*g.Scale, g.Height*g.Scale
	d := svg.Document{Width: width, Height: height + svg.ScaleRoom, Title: title, Says: says}
	d.Image(0, 0, width, height, picture)
	stops := [][3]uint8{Light.Low, Light.Zero, Light.High}
	if least == 0 {
		stops = stops[1:]
	}
	d.Scale(height, number.Signed(least), number.Signed(w.Scale), stops...)
	return d.String(), nil
}
