package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/svg"
)

// saveTerms offers the terms of an activation as a picture, and as numbers its products, or its inputs where there are no weights.
func (c closeUp) saveTerms(a *protocol.Arithmetic) app.UI {
	numbers := protocol.Products
	if a.Kernels.Count == 0 {
		numbers = protocol.Inputs
	}
	title := fmt.Sprintf("How map %d of %s is computed in row %d, column %d", c.computed.Map+1, c.layer, a.Unit.Row+1, a.Unit.Column+1)
	return &figure.Save{
		Title: title, File: c.subject.file(fmt.Sprintf("%s-map%d-terms", c.layer, c.computed.Map+1)), Numbers: c.subject.numbers(protocol.LookPixel, c.computed, numbers),
		Figure: func() (string, error) { return termsFigure(a, title) },
	}
}

// termsFigure is the terms that the page shows as a document: of each the inputs, the weights, their products, and the sum. It blocks.
func termsFigure(a *protocol.Arithmetic, title string) (string, error) {
	const name, room, head = 56, thumbRoom + 16, 24 // pixels: of a map's number, of a picture, and of the line above
	terms := a.Terms[:min(shownTerms, len(a.Terms))]
	d := svg.Document{Width: name + 3*room + 80, Height: head + len(terms)*room, Title: title, Says: sum(a) + ". " + rule(a) + " " + termScales(a)}
	for k, text := range []string{"Input", "× weights", "= products"} {
		if k == 0 || a.Kernels.Count > 0 {
			d.Text(name+k*room, 12, text)
		}
	}
	for i, t := range terms {
		y := head + i*room
		d.Text(0, y+thumbRoom/2, "map "+number.Int(t.Map+1))
		for k, w := range []*run.Weights{&a.Inputs, &a.Kernels, &a.Products} {
			if w.Count <= i {
				continue
			}
			one := nth(w, i)
			grid := filters.Layout(one, thumbRoom, thumbRoom)
			png, err := web.PNGOf(filters.DataURL(one, grid, filters.Light))
			if err != nil {
				return "", err
			}
			d.Image(name+k*room, y, grid.Width*grid.Scale, grid.Height*grid.Scale, png)
		}
		d.Text(name+3*room, y+thumbRoom/2, signed(t.Sum))
	}
	return d.String(), nil
}

// nth is one image of some.
func nth(w *run.Weights, i int) *run.Weights {
	size := w.Height * w.Width
	one := *w
	one.Count, one.Channels, one.Pixels = 1, 1, w.Pixels[i*size:(i+1)*size]
	return &one
}
