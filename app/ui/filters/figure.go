package filters

import (
	"fmt"

	"unpool/app/ui/figure"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
)

// Figure is a picture as a document for paper, under its title and what it says, over its scale, which begins at least: 0 or -w.Scale. It blocks.
func Figure(w *run.Weights, g Grid, least float64, title, says string) (string, error) {
	picture, err := web.PNGOf(DataURL(w, g, Light)) // other programs do not read bitmaps in documents
	if err != nil {
		return "", err
	}
	const room = 32 // for the scale
	width, height := g.Width*g.Scale, g.Height*g.Scale
	d := figure.Document{Width: width, Height: height + room, Title: title, Says: says}
	d.Image(0, 0, width, height, picture)
	rgb := func(c [3]uint8) string { return fmt.Sprintf("rgb(%d,%d,%d)", c[0], c[1], c[2]) }
	stops := [][3]uint8{Light.Low, Light.Zero, Light.High}
	if least == 0 {
		stops = stops[1:]
	}
	d.Add(`<defs><linearGradient id="ramp">`)
	for i, c := range stops {
		d.Add(`<stop offset="%g" stop-color="%s"/>`, float64(i)/float64(len(stops)-1), rgb(c))
	}
	d.Add(`</linearGradient></defs>`)
	d.Text(0, height+26, number.Signed(least))
	d.Add(`<rect x="64" y="%d" width="160" height="10" fill="url(#ramp)" stroke="#d6d3d1"/>`, height+17)
	d.Text(232, height+26, number.Signed(w.Scale))
	return d.String(), nil
}
