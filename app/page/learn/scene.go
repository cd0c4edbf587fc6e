package learn

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/filters"
	"unpool/core/protocol"
	"unpool/core/run"
)

// scene is a digit in the net of a chapter: with the weights of a published run, or of one that the reader trained.
type scene struct {
	question[protocol.Maps]
	shell   *shell.Shell
	chapter *chapter.Chapter

	run     client.Ref
	step    int
	image   protocol.TestImage
	version int // counts answers: a figure asks anew where there is another
}

func newScene(s *shell.Shell, c *chapter.Chapter) *scene {
	z := &scene{shell: s, chapter: c, run: client.Ref{Place: protocol.Published, ID: c.Run}, step: c.At}
	z.answered = func() {
		z.version++
		if n := z.answer.Image.Number; n >= 0 {
			z.image = protocol.TestImage{Image: n}
		}
	}
	return z
}

// begin asks for the layers' outputs, unless they are there.
func (z *scene) begin() {
	z.shell.Runs.Follow()
	if z.answer == nil && !z.waiting {
		z.look()
	}
}

// look asks for the layers' outputs.
func (z *scene) look() {
	of, image := z.of(), z.image
	z.ask(func(progress func(protocol.Progress), done func(*protocol.Maps, *protocol.Error)) func() {
		return client.Look(z.shell.Trainer, protocol.LookMaps, of, image, progress, done)
	})
}

// show has another image go through the net.
func (z *scene) show(image protocol.TestImage) {
	z.image = image
	z.look()
}

// of is the net as the trainer knows it.
func (z *scene) of() protocol.Look {
	return protocol.Look{Run: z.run.ID, Place: z.run.Place, Step: z.step}
}

// output is what a layer gives for the image; nil before that is known.
func (z *scene) output(layer string) *run.Weights {
	if z.answer == nil {
		return nil
	}
	for i := range z.answer.Layers {
		if z.answer.Layers[i].Layer == layer {
			return &z.answer.Layers[i]
		}
	}
	return nil
}

// strip is the net as a row of layers, each with what it gives for the image. It leads to the layers' steps.
func (z *scene) strip(current string) app.UI {
	var items []app.UI
	if z.answer != nil {
		p := z.answer.Image
		items = append(items, app.Li().Class("strip-layer").Body(
			app.Img().Class("crisp").Src(pixels(p)).Width(56).Height(56).Alt("the image"),
			app.Span().Text("image"), app.Span().Class("under").Text(chapter.Times([]int{p.Height, p.Width, p.Channels})),
		))
	}
	for l := range z.chapter.Plan.All() {
		w := z.output(l.Name)
		picture := app.UI(app.Span().Class("strip-empty"))
		if w != nil {
			g := filters.Layout(w, 88, 56)
			picture = app.Img().Class("crisp").Src(filters.DataURL(w, g, filters.ColorsOf(z.shell.Dark()))).Alt("").
				Width(g.Width * g.Scale).Height(g.Height * g.Scale)
		}
		body := []app.UI{picture, app.Span().Text(l.Name), app.Span().Class("under").Text(chapter.Times(l.Out))}
		item := app.Li().Class("strip-layer")
		at := z.chapter.StepOf(l.Name)
		if at >= 0 {
			a := app.A().Href(place{z.chapter.Name, at}.link()).Body(body...)
			if l.Name == current {
				a = a.Aria("current", "true")
			}
			item = item.Body(a)
		} else {
			item = item.Body(body...)
		}
		items = append(items, item)
	}
	return app.Section().Class("panel", "strip").Aria("label", "The net and what each layer gives for the image").Body(
		app.Div().Class("strip-head").Body(z.state(z.look, "scene"), z.weights()),
		app.Ol().Class("strip-layers", "sideways").TabIndex(0).Aria("label", "Layers").Body(items...),
	)
}

// weights chooses whose they are, where the reader has trained such a net.
func (z *scene) weights() app.UI {
	options := []app.UI{app.Option().Value("").Selected(z.run.ID == z.chapter.Run).Text("our run, step " + strconv.Itoa(z.chapter.At))}
	for _, r := range z.shell.Runs.All {
		if r.Snapshots > 0 && r.Recipe.Net == z.chapter.Recipe.Net && r.Recipe.Dataset == z.chapter.Recipe.Dataset {
			options = append(options, app.Option().Value(r.Ref().String()).Selected(z.run == r.Ref()).
				Text("your run of "+r.Created.Local().Format("2006-01-02 15:04")))
		}
	}
	train := app.A().Href(shell.Link(shell.Train) + "?" + z.chapter.Recipe.Query()).OnClick(z.shell.OnFollow).Text("Train this net yourself")
	return app.P().Class("under", "strip-weights").Body(
		app.If(len(options) > 1, func() app.UI {
			return app.Label().Body(app.Text("Weights of "), app.Select().ID("learn-weights").OnChange(func(_ app.Context, e app.Event) {
				z.choose(e.Get("target").Get("value").String())
			}, app.EventScope(z.chapter.Name)).Body(options...))
		}).Else(func() app.UI {
			return app.Span().Text("Weights of our run after step " + strconv.Itoa(z.chapter.At) + ".")
		}),
		app.Text(" "), train,
	)
}

// choose takes the weights of another run: its last.
func (z *scene) choose(of string) {
	if of == "" {
		z.run, z.step = client.Ref{Place: protocol.Published, ID: z.chapter.Run}, z.chapter.At
		z.look()
		return
	}
	ref := client.RefOf(of)
	z.shell.Runs.Read(ref, nil, func(k *client.Kept, err error) {
		if err != nil || len(k.View.Snapshots) == 0 {
			z.failed = protocol.ErrorOf(err, protocol.NoNet, "Choose another run.")
			return
		}
		z.run, z.step = ref, k.View.Snapshots[len(k.View.Snapshots)-1].Step
		z.look()
	})
}

// values are the numbers of a picture, and what stands at a place of one of its images.
func valueAt(w *run.Weights, m, row, column int) float64 {
	return float64(w.Pixels[(m*w.Height+row)*w.Width+column]) * w.Scale / 127
}
