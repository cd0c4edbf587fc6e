package chart

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// saving offers a chart as a file.
type saving struct {
	failed string // why it could not be made; "" if it could
}

func (s *saving) render(c *Chart) app.UI {
	_, end := c.drawn().plot.curves.span()
	none := end == 0
	figure := func() string { return SVG(c.view(), Light, Figure) } // for paper
	button := func(as string, save app.EventHandler) app.UI {
		return app.Button().Type("button").Class("quiet").Disabled(none).Aria("label", c.Title+" as "+as).OnClick(save).Text(as)
	}
	foot := app.Div().Class("chart-foot")
	if c.drawn().plot.X.zoomed() {
		foot = foot.Class("zoomed")
	}
	return foot.Body(
		app.Span().Class("hint", "under").Role("status").Hidden(none).Text(s.failed),
		app.Span().Class("save", "under").Text("Save as"),
		button("SVG", func(app.Context, app.Event) { web.Download(c.File+".svg", "image/svg+xml", figure()) }),
		button("PNG", func(ctx app.Context, _ app.Event) {
			svg, file := figure(), c.File
			ctx.Async(func() {
				blob, err := web.PNG(svg)
				ctx.Dispatch(func(app.Context) {
					if s.failed = ""; err != nil {
						s.failed = "The picture could not be made: " + err.Error() + ". Save it as SVG instead."
						return
					}
					web.Save(blob, file+".png")
				})
			})
		}),
	)
}
