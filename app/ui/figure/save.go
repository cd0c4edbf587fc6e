// Package figure offers pictures as files: as an SVG document (core/svg), as a PNG of that, and their numbers. It knows no nets.
package figure

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// Save is the row of buttons below a picture.
type Save struct {
	app.Compo

	Title   string
	File    string                 // without its ending
	Figure  func() (string, error) // makes the SVG document; it may block
	Numbers func()                 // saves the numbers behind the picture; nil where they are not available

	failed string // why a file could not be made; "" if it could
}

// Render draws the buttons.
func (s *Save) Render() app.UI {
	button := func(as string, do app.EventHandler) app.UI {
		return app.Button().Type("button").Class("quiet").Aria("label", s.Title+" as "+as).OnClick(do, app.EventScope(s.File)).Text(as)
	}
	return app.Div().Class("chart-foot").Body(
		app.Span().Class("hint", "under").Role("status").Hidden(s.failed == "").Text(s.failed),
		app.Span().Class("save", "under").Text("Save as"),
		app.Span().Body(
			button("SVG", s.make(func(svg, file string) error {
				web.Download(file+".svg", "image/svg+xml", svg)
				return nil
			})),
			button("PNG", s.make(func(svg, file string) error {
				blob, err := web.PNG(svg)
				if err == nil {
					web.Save(blob, file+".png")
				}
				return err
			})),
			app.If(s.Numbers != nil, func() app.UI {
				return button("NumPy", func(app.Context, app.Event) { s.Numbers() })
			}),
		),
	)
}

// make makes the figure and passes it on.
func (s *Save) make(done func(svg, file string) error) app.EventHandler {
	return func(ctx app.Context, _ app.Event) {
		figure, file := s.Figure, s.File
		ctx.Async(func() {
			svg, err := figure()
			if err == nil {
				err = done(svg, file)
			}
			ctx.Dispatch(func(app.Context) {
				if s.failed = ""; err != nil {
					s.failed = "The picture could not be made: " + err.Error() + "."
				}
			})
		})
	}
}
