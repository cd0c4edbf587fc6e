package look

import (
	"fmt"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/figure"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/scatter"
	"unpool/core/svg"
)

// layout shows where the test images lie.
type layout struct{ *embedding }

// changed takes up that another net is looked at. The answer stays until the next, unless that has other classes.
func (e layout) changed(what change) {
	if what == otherRun && !e.subject.first {
		e.close()
		e.picture.close()
		e.only = scatter.All
	}
	if what >= otherStep {
		e.old = true
		e.probes.close()
	}
}

// embeddingView is the whole view: the images, and how well each layer separates their classes.
type embeddingView struct{ layout }

func (e embeddingView) render() []app.UI { return slices.Concat(e.layout.render(), e.probes.render()) }

func (e layout) render() []app.UI {
	body := []app.UI{
		app.H2().ID("embedding-title").Class("large-title").Text("Which images are alike for the net"),
		app.P().Class("under").Text("Each point is a test image. Images for which a layer outputs similar numbers, its features, lie near each other. If the images of a class form a " +
			"group of their own, the net separates this class from the others; where groups touch, it confuses them. Points with an outline are classified wrongly."),
		e.menu(),
	}
	if e.answer == nil || e.failed != nil || e.cancel != nil && e.about.Until == 0 {
		body = append(body, e.offer("embed", "Lay out the images", "Computing the features", e.again))
	}
	if e.answer != nil {
		body = append(body, app.Div().Class("embedding", stale(e.cancel != nil && e.about.Until == 0)).Body(e.points(), e.side()))
	}
	return []app.UI{app.Elem("section").ID("embedding").Aria("labelledby", "embedding-title").Body(body...)}
}

// menu chooses the layer, and how the images are laid out.
func (e layout) menu() app.UI {
	layer := e.layer
	if layer == "" && e.answer != nil {
		layer = e.answer.Layer
	}
	layers := []app.UI{app.Option().Value(protocol.ImageLayer).Selected(layer == protocol.ImageLayer).Text("the image itself")}
	for _, l := range e.scene.maps().Layers {
		layers = append(layers, app.Option().Value(l.Layer).Selected(l.Layer == layer).Text(l.Layer+", "+says(&l)))
	}
	return app.Div().Class("unit-menu").Body(
		field("embedding-layer", "Layer", app.Select().ID("embedding-layer").OnChange(func(_ app.Context, event app.Event) {
			e.layer = web.Chosen(event)
			e.change()
		}).Body(layers...)),
		field("embedding-by", "Laid out by", app.Select().ID("embedding-by").OnChange(func(_ app.Context, event app.Event) {
			e.pca = web.Chosen(event) == "pca"
			e.chosen()
			e.ask()
		}).Body(
			app.Option().Value("tsne").Selected(!e.pca).Text("t-SNE"),
			app.Option().Value("pca").Selected(e.pca).Text("two principal components"),
		)),
	)
}

// points are the picture.
func (e layout) points() app.UI {
	a := e.answer
	positions, tsne := e.positions()
	wrong := make([]bool, len(a.Classes))
	for i, class := range a.Classes {
		wrong[i] = class != a.Answers[i]
	}
	title, says, name := "Principal components", fmt.Sprintf("The two directions in which the images differ most: they have %s and %s of the variance.",
		number.Share(a.Shares[0]), number.Share(a.Shares[1])), protocol.Components
	if tsne {
		title, name = "t-SNE", protocol.Map
		says = "t-SNE (van der Maaten and Hinton, 2008) places images so that neighbours stay neighbours. How far groups are from each other, and how large they are, says little."
	}
	e.plot.draw(struct {
		answer *protocol.Embedding
		tsne   bool
		only   int
	}{a, tsne, e.only}, positions, a.Classes, wrong, e.only)
	about := e.about
	about.Until = a.Iteration
	return panel("embedding-points", title, says,
		e.progressed(),
		e.plot.render("embedding-plot", title+" of the test images", e.says(), e.at, func(at int) {
			e.subject.shell.Dispatch(func(app.Context) {
				if e.answer != nil && at < len(e.answer.Images) {
					e.look(at)
				}
			})
		}, func(at int) { e.open(int(a.Images[at])) }),
		app.P().Class("under").Text("After another step the picture is turned and mirrored to lie like this one. t-SNE starts anew at each step, from the principal components, "+
			"so that a step always has the same picture."),
		&figure.Save{
			Title: title, File: e.subject.file("embedding-" + a.Layer + "-" + name), Numbers: e.subject.numbers(protocol.LookEmbedding, about, name),
			Figure: func() (string, error) {
				names := e.scene.maps().Classes
				legend, height := scatter.Legend(names)
				d := svg.Document{Width: scatter.Side, Height: scatter.Side + 16 + height, Title: title + ": " + number.Int(len(a.Images)) + " test images by " + a.Layer, Says: says}
				d.Add(`%s<g transform="translate(0 %d)">%s</g>`, scatter.Draw(scatter.Place(positions), a.Classes, wrong, e.only), scatter.Side+16, legend)
				return d.String(), nil
			},
		},
	)
}

// progressed says how far t-SNE is, and stops it or continues it.
func (e layout) progressed() app.UI {
	a := e.answer
	left := !e.pca && a.Iteration < a.Iterations
	button := app.Button().ID("embedding-stop").Type("button").OnClick(func(app.Context, app.Event) {
		if e.stopped = !e.stopped; e.stopped && e.cancel != nil {
			e.cancel()
		}
		e.goOn()
	}).Text(map[bool]string{true: "Continue", false: "Stop"}[e.stopped])
	return app.Div().Class("scene-buttons").Hidden(!left).Body(
		app.Elem("progress").Attr("max", a.Iterations).Attr("value", a.Iteration).Aria("label", "t-SNE"),
		app.Span().Class("under").Text(fmt.Sprintf("t-SNE: %d of %d iterations", a.Iteration, a.Iterations)), button,
	)
}

// says is the point that is looked at, in words.
func (e layout) says() string {
	a, names := e.answer, e.scene.maps().Classes
	text := fmt.Sprintf("Test image %s: %s, classified ", number.Int(int(a.Images[e.at])), names[a.Classes[e.at]])
	if a.Answers[e.at] == a.Classes[e.at] {
		text += "correctly"
	} else {
		text += "as " + names[a.Answers[e.at]]
	}
	return text + ", with a probability of " + number.Share(float64(a.Probabilities[e.at])) + "."
}

// side is the image that is looked at, and the classes.
func (e layout) side() app.UI {
	a := e.answer
	image := app.UI(app.Div().Class("awaited"))
	if p := e.picture.answer; p != nil && p.Number == int(a.Images[e.at]) {
		image = picture(*p, 112, fmt.Sprintf("test image %d", p.Number))
	}
	return app.Div().Class("embedding-side").Body(
		app.Div().Class("panel", "embedding-image").Body(
			image, app.P().ID("embedding-says").Class("caption").Text(e.says()), app.P().Class("under").Text("Press the point to see the image’s layers."),
		),
		e.groups(),
	)
}

// groups are the classes: a legend, and how far each is apart.
func (e layout) groups() app.UI {
	a, names := e.answer, e.scene.maps().Classes
	_, tsne := e.positions()
	var rows []app.UI
	for class, g := range a.Groups {
		if g.Images == 0 {
			continue
		}
		at := g.Components
		if tsne {
			at = g.Map
		}
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Body(app.Button().Type("button").Class("quiet", "group").Aria("pressed", e.only == class).OnClick(func(app.Context, app.Event) {
				if e.only == class {
					e.only = scatter.All
				} else {
					e.only = class
				}
				e.chosen()
			}, app.EventScope(class)).Body(
				app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%[1]d" viewBox="0 0 %[1]d %[1]d" aria-hidden="true">%s</svg>`, scatter.MarkSide, scatter.Mark(class))),
				app.Span().Text(names[class]),
			)),
			app.Td().Text(number.Int(g.Images)), app.Td().Text(number.Share(g.Near)), app.Td().Text(number.Signed(at[0])), app.Td().Text(number.Signed(at[1])),
		))
	}
	means := ""
	switch {
	case a.Pool > 1 && a.Layer == protocol.ImageLayer:
		means = fmt.Sprintf(" (means over squares of %d by %[1]d pixels)", a.Pool)
	case a.Pool > 1:
		means = fmt.Sprintf(" (means over %d neighbouring positions in each direction)", a.Pool)
	}
	const title = "Classes"
	return app.Div().Class("panel").Body(
		app.Elem("h3").Text(title),
		app.P().ID("embedding-near").Class("caption").Text(fmt.Sprintf("Of the ten images whose %s features%s are nearest to an image’s, %s are of its class, on average. Press a class to make it stand out.",
			number.Int(a.Size), means, number.Share(a.Near))),
		app.Div().Class("table").TabIndex(0).Role("region").Aria("label", title).Body(app.Table().Class("groups").Body(
			app.Elem("thead").Body(app.Tr().Body(
				app.Th().Scope("col").Text("class"), app.Th().Scope("col").Text("images"), app.Th().Scope("col").Text("of ten nearest"),
				app.Th().Scope("col").Text("mean x"), app.Th().Scope("col").Text("mean y"),
			)), app.Elem("tbody").Body(rows...),
		)),
	)
}
