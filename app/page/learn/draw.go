package learn

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/markup"
	"unpool/app/ui/pad"
	"unpool/core/number"
	"unpool/core/protocol"
)

func pixels(p protocol.Picture) string { return bitmap.Pixels(p.Height, p.Width, p.Channels, p.Pixels) }

// draw chooses the digit that goes through the net: one of the test images, or one that the reader draws.
type draw struct {
	page *Page
	id   string
}

func (f *draw) begin() {}

func (f *draw) render() app.UI {
	var m markup.Markup
	m.Add(`<div><p class="under">Draw a digit, or choose one of the test images.</p><p class="choices">`+
		`<button type="button" id="%s-before" data-by="-1">Previous image</button><button type="button" id="%[1]s-next" data-by="1">Next image</button></p></div>`, f.id)
	return panel(f.id, "The digit",
		app.Div().Class("draw").Body(
			&pad.Pad{ID: f.id + "-pad", Drawn: func(digit []byte) {
				if digit != nil {
					f.show(protocol.TestImage{Own: digit})
				}
			}},
			app.Div().Class("draw-side").Body(app.Div().OnClick(f.onStep, app.EventScope(f.id)).Body(m.Element()), f.page.scene.answers()),
		),
	)
}

// onStep goes to the test image before or after.
func (f *draw) onStep(_ app.Context, e app.Event) {
	if by, err := strconv.Atoi(e.Get("target").Get("dataset").Get("by").String()); err == nil {
		f.show(protocol.TestImage{By: by})
	}
}

// show has another image go through the net, from the test image before on.
func (f *draw) show(image protocol.TestImage) {
	z := f.page.scene
	image.Image = z.image.Image
	z.show(image)
}

// answer is what the net answers for the digit.
type answer struct {
	page *Page
	id   string
}

func (answer) begin() {}

func (f answer) render() app.UI {
	return panel(f.id, "The answer", f.page.scene.answers())
}

// answers are the probabilities of the classes.
func (z *scene) answers() app.UI {
	m := z.answer
	if m == nil {
		return app.Text("")
	}
	best := 0
	for i, v := range m.Probabilities {
		if v > m.Probabilities[best] {
			best = i
		}
	}
	class, right := m.Classes[best], m.Image.Class
	says := "The net answers " + class + ", with probability " + number.Share(float64(m.Probabilities[best])) + "."
	switch {
	case right == best:
		says += " That is right."
	case right >= 0:
		says += " It is a " + m.Classes[right] + "."
	}
	var t markup.Markup
	t.Add(`<div><p id="learn-answer" class="says" role="status">%s</p><table class="shares" data-part="p"><tbody>`, says)
	for i, v := range m.Probabilities {
		t.Add(`<tr><th scope="row">%s</th><td class="share"><span class="bar" aria-hidden="true" style="width: %.1f%%"></span></td><td>%s</td></tr>`,
			m.Classes[i], 100*v, number.Share(float64(v)))
	}
	t.Add("</tbody></table></div>")
	return t.Element()
}
