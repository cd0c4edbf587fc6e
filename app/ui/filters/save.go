package filters

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// saving offers the picture as files.
type saving struct {
	failed string // why one could not be made; "" if it could
}

func (s *saving) render(f *Filters) app.UI {
	save := func(as string, do app.EventHandler) app.UI {
		return app.Button().Type("button").Class("quiet").Aria("label", f.title()+" as "+as).OnClick(do, app.EventScope(f.File)).Text(as)
	}
	items := []app.UI{
		save("SVG", func(ctx app.Context, _ app.Event) {
			s.make(ctx, f, func(svg string) error {
				web.Download(f.File+".svg", "image/svg+xml", svg)
				return nil
			})
		}),
		save("PNG", func(ctx app.Context, _ app.Event) {
			s.make(ctx, f, func(svg string) error {
				blob, err := web.PNG(svg)
				if err == nil {
					web.Save(blob, f.File+".png")
				}
				return err
			})
		}),
	}
	if f.Numbers != nil {
		items = append(items, save("NumPy", func(app.Context, app.Event) { f.Numbers() }))
	}
	return app.Div().Class("chart-foot").Body(
		app.Span().Class("hint", "under").Role("status").Hidden(s.failed == "").Text(s.failed),
		app.Span().Class("save", "under").Text("Save as"),
		app.Span().Body(items...),
	)
}

// make makes the figure and hands it on.
func (s *saving) make(ctx app.Context, f *Filters, done func(svg string) error) {
	w, grid, title, says := *f.Weights, f.grid(), f.title(), f.caption()
	ctx.Async(func() {
		picture, err := web.PNGOf(DataURL(&w, grid, Light)) // for paper; other programs do not read bitmaps
		if err == nil {
			err = done(SVG(&w, grid, picture, title, says))
		}
		ctx.Dispatch(func(app.Context) {
			if s.failed = ""; err != nil {
				s.failed = "The picture could not be made: " + err.Error() + "."
			}
		})
	})
}
