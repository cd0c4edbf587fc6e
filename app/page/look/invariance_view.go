package look

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/bitmap"
	"unpool/app/ui/chart"
	"unpool/app/ui/figure"
	"unpool/app/ui/markup"
	"unpool/app/ui/prediction"
	"unpool/app/ui/table"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/svg"
	"unpool/core/warp"
)

// varying shows by how much the net's layers, and its answers, change with the images.
type varying struct{ *invariance }

// changed takes up that something else is looked at. The answer stays until the next, unless that is about images of another kind.
func (i varying) changed(what change) {
	if what == otherRun {
		i.close()
	}
	i.old = true
}

// complete shows the figures without asking the reader first what they may say.
func (i varying) complete() {
	i.guess = max(i.guess, 0)
	i.ask()
}

func (i varying) render() []app.UI {
	body := []app.UI{
		app.H2().ID("invariance-title").Class("large-title").Text("Shift, scale and turn the image"),
		app.P().Class("under").Text("The image and the first test image of each of a few other classes are changed more and more (Zeiler and Fergus, 2013, figure 5). For each amount the figures show how far " +
			"a layer’s output moves from its output for the unchanged image: the Euclidean distance, as a share of the norm of that output, so that layers can be compared. A flat line near 0 belongs to a layer " +
			"that does not mind the change. What comes into view at the borders has the mean colour of the image’s outermost pixels."),
		i.menu(),
	}
	if i.answer == nil || i.cancel != nil || i.failed != nil {
		body = append(body, i.offer("vary", "Change the image", "Classifying changed images", i.again))
	}
	body = append(body, i.prediction())
	if i.answer != nil && i.guess >= 0 {
		body = append(body, app.Div().Class("vary", stale(i.cancel != nil)).Body(i.charts(), i.pictures(), i.small()))
	}
	return []app.UI{app.Elem("section").ID("invariance").Aria("labelledby", "invariance-title").Body(body...)}
}

// menu chooses the kind of change, and the layers that are drawn.
func (i varying) menu() app.UI {
	var kinds []app.UI
	for _, k := range warp.Kinds {
		kinds = append(kinds, app.Option().Value(string(k)).Selected(k == i.kind).Text(k.Title()))
	}
	fields := []app.UI{field("vary-kind", "Change", app.Select().ID("vary-kind").OnChange(func(_ app.Context, e app.Event) {
		i.change(warp.Kind(web.Chosen(e)))
	}).Body(kinds...))}
	if i.answer != nil && i.guess >= 0 {
		for place, name := range [2]string{"Layer on the left", "Layer on the right"} {
			var layers []app.UI
			for _, l := range i.answer.Layers {
				layers = append(layers, app.Option().Value(l).Selected(l == i.shown[place]).Text(l))
			}
			id := "vary-layer-" + strconv.Itoa(place+1)
			fields = append(fields, field(id, name, app.Select().ID(id).OnChange(func(_ app.Context, e app.Event) {
				i.choose(place, web.Chosen(e))
			}, app.EventScope(place)).Body(layers...)))
		}
	}
	return app.Div().Class("unit-menu").Body(fields...)
}

// prediction asks the reader before the figures show, and says what they say of the paper's finding.
func (i varying) prediction() app.UI {
	if a := i.answer; i.guess >= 0 && i.asked != i.kind {
		return app.P().ID("vary-says").Class("says").Role("status").Hidden(a == nil).Body(app.If(a != nil, func() app.UI { return app.Text(a.Says) }))
	}
	kind := i.kind
	q := prediction.Question{
		ID: "vary", Text: "When an image is " + kind.Small() + ", which layer’s output changes more, relative to its norm?",
		Choices: []string{"the first layer’s", "the last layer’s", "both about alike"}, Right: -1, Guess: i.guess,
	}
	if a := i.answer; a != nil && i.did() == kind {
		q.Right, q.Because = a.Verdict, a.Says
	}
	return prediction.Ask(q, func(_ app.Context, choice int) {
		i.guess, i.asked = choice, kind
		i.subject.shell.KeepFocus("vary-amount", "view") // the button pressed is redrawn
	})
}

// charts are the distances at two layers, and the probabilities.
func (i varying) charts() app.UI {
	chart := func(id string, of int) app.UI {
		return &chart.Chart{ID: id, Title: i.specs[of].Title, Spec: i.specs[of], Height: 200, Group: &i.group, File: i.subject.file(id + "-" + i.answer.Kind)}
	}
	numbers := func(what, picture string) app.UI {
		return app.Button().ID("save-" + picture).Type("button").OnClick(func(app.Context, app.Event) {
			i.subject.numbers(protocol.LookInvariance, i.about, picture)()
		}).Text(what)
	}
	return app.Div().Body(
		app.Div().Class("vary-charts").Body(chart("vary-first", 0), chart("vary-last", 1), chart("vary-chances", 2)),
		app.P().Class("exports").Body(
			app.Span().Class("under").Text("Save as NumPy"),
			numbers("distances at all layers", protocol.Distances), numbers("probabilities", protocol.Chances),
		),
	)
}

// pictures are the image by some of the amounts, and all images by the one that is looked at.
func (i varying) pictures() app.UI {
	a, kind, amounts, classes := i.answer, i.did(), i.amounts(), i.scene.maps().Classes
	var h markup.Markup
	h.Add(`<div><div class="vary-strip" role="group" aria-label="The image, changed">`)
	for n, at := range i.strip {
		h.Add(`<button type="button" id="thumb-%d" class="thumb" data-at="%[1]d" aria-pressed="%t" aria-label="%s">`, at, at == i.at, kind.Says(amounts[at]))
		h.Add(`<img class="crisp" src="%s" alt="" width="40" height="40"></button>`, i.images[n])
	}
	h.Add(`</div><div class="vary-images">`)
	for at, p := range a.Images {
		says := classes[a.Classes[at]] + ": " + number.Share(float64(a.Chances[at*len(amounts)+i.at]))
		if answer := a.Answers[at*len(amounts)+i.at]; answer != a.Classes[at] {
			says += ", classified as " + classes[answer]
		}
		scale := max(1, 84/p.Width)
		h.Add(`<figure><img class="crisp" src="%s" alt="%s, %s" width="%d" height="%d"><figcaption class="under">%s</figcaption></figure>`,
			i.address(at, i.at), i.name(at), kind.Says(amounts[i.at]), p.Width*scale, p.Height*scale, says)
	}
	h.Add(`</div></div>`)
	title := kind.Title() + " of the images"
	return panel("vary-images", title, "Move the slider, press a small picture or point at a curve.",
		app.Div().Class("field").Body(
			app.Label().Class("name").For("vary-amount").Text(kind.Says(amounts[i.at])),
			app.Input().ID("vary-amount").Type("range").Min(0).Max(len(amounts)-1).Step(1).Value(i.at).Aria("valuetext", kind.Says(amounts[i.at])).
				OnInput(func(_ app.Context, e app.Event) {
					if at, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil {
						i.goTo(at)
					}
				}),
		),
		app.Div().OnClick(func(_ app.Context, e app.Event) {
			if thumb := e.Get("target").Call("closest", ".thumb"); thumb.Truthy() && i.answer != nil {
				if at, err := strconv.Atoi(thumb.Get("dataset").Get("at").String()); err == nil && at < len(i.amounts()) {
					i.goTo(at)
					i.subject.shell.AfterDrawing(func() { shell.Focus("thumb-" + strconv.Itoa(at)) }) // the button pressed is redrawn
				}
			}
		}).Body(h.Element()),
		&figure.Save{Title: title, File: i.subject.file("varied-" + a.Kind), Figure: func() (string, error) { return i.figure(title) }},
	)
}

// figure is all images by some of the amounts as a document. It blocks.
func (i varying) figure(title string) (string, error) {
	const side = 40
	a, p := i.answer, i.answer.Images[0]
	var all [][]byte
	for image := range a.Images {
		for _, at := range i.strip {
			all = append(all, i.pixels(image, at))
		}
	}
	height, width, pixels := tiled(all, len(i.strip), p.Height, p.Width, p.Channels)
	png, err := web.PNGOf(bitmap.Pixels(height, width, p.Channels, pixels))
	if err != nil {
		return "", err
	}
	amounts := i.amounts()
	d := svg.Document{Width: side * len(i.strip), Height: side * len(a.Images), Title: title,
		Says: fmt.Sprintf("From left to right: from %s to %s.", i.did().Says(amounts[i.strip[0]]), i.did().Says(amounts[i.strip[len(i.strip)-1]]))}
	d.Image(0, 0, d.Width, d.Height, png)
	return d.String(), nil
}

// small is by how much each layer changes when an image changes a little.
func (i varying) small() app.UI {
	a := i.answer
	rows := make([][]string, len(a.Layers))
	for at, layer := range a.Layers {
		rows[at] = []string{layer, number.Share(a.Small[at])}
	}
	says := "Change of each layer when an image is " + i.did().Small()
	return app.Elem("details").Body(app.Elem("summary").Text(says),
		app.P().Class("under").Text("On average over the images. A normalisation or a ReLU can raise it: it takes away a part that the changed and the unchanged output have in common."),
		table.Table(says, []string{"layer", "change"}, rows))
}
