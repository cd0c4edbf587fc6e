package look

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/filters"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// compared is what else the layers are shown for beside the image and the net.
type compared string

const (
	nothing      compared = ""
	anotherImage compared = "image"
	anotherStep  compared = "step"
	anotherRun   compared = "run"
)

// compare shows the layers of two images, two steps or two runs side by side, and their difference.
type compare struct {
	subject *subject
	scene   *scene

	with   compared
	image  picker  // the other image
	at     int     // index of the other step
	run    another // the other run
	wanted string  // the step of a link, until there is something to compare with it

	pair question[protocol.Comparison]
}

func newCompare(s *subject, c *scene, shown func()) *compare {
	p := &compare{subject: s, scene: c, image: picker{id: "other"}, run: another{library: s.library}}
	p.image.changed = p.ask
	p.image.want.Image = 1
	p.pair = question[protocol.Comparison]{subject: s, answered: func() {
		if p.with == anotherImage {
			p.image.found(p.pair.answer.Second.Image)
		}
		shown()
	}}
	return p
}

// ask asks for both.
func (c *compare) ask() {
	if c.with == nothing || c.scene.maps() == nil {
		return
	}
	c.follow()
	if c.with == anotherRun && !c.run.known() {
		c.pair.close()
		return
	}
	c.pair.follow(protocol.LookCompare, c.about())
}

// about is what is asked about.
func (c *compare) about() protocol.Pair {
	m := c.scene.maps()
	first := own(m.Image)
	of := c.subject.of()
	pair := protocol.Pair{First: first, Second: first, Run: of.Run, Place: of.Place, Step: of.Step}
	switch c.with {
	case anotherImage:
		pair.Second = c.image.want
	case anotherStep:
		pair.Step = c.subject.steps[min(c.at, len(c.subject.steps)-1)]
	case anotherRun:
		of := c.run.moment().of()
		pair.Run, pair.Place, pair.Step = of.Run, of.Place, of.Step
	}
	return pair
}

// take takes up what a link says: what is compared, and its image, or its step, or its run and that one's step.
func (c *compare) take(link url.Values) {
	switch with := compared(link.Get("with")); with {
	case anotherImage, anotherStep, anotherRun:
		c.with = with
		c.image.want.Image, _ = strconv.Atoi(link.Get("other"))
		if c.wanted = link.Get("other"); with == anotherRun {
			c.run.take(link, "other")
		}
	}
}

// put adds to a link what is compared.
func (c *compare) put(link url.Values) {
	if c.with == nothing {
		return
	}
	link.Set("with", string(c.with))
	switch c.with {
	case anotherImage:
		link.Set("other", strconv.Itoa(c.image.at()))
	case anotherStep:
		link.Set("other", strconv.Itoa(c.subject.steps[min(c.at, len(c.subject.steps)-1)]))
	case anotherRun:
		c.run.put(link, "other")
	}
}

// changed takes up that something else is looked at. What is compared is asked for anew when the layers have come.
func (c *compare) changed(what change) {
	if what == otherRun {
		c.image.want = protocol.TestImage{Image: c.image.at()}
	}
}

// follow takes up the step of a link, when there is something to compare with it.
func (c *compare) follow() {
	if step, err := strconv.Atoi(c.wanted); err == nil && c.with == anotherStep {
		c.at = max(0, slices.Index(c.subject.steps, step))
	}
	c.wanted = ""
}

// choose chooses the other run, after its last step.
func (c *compare) choose(other client.Ref) {
	c.run.choose(other, func(steps []int) int { return len(steps) - 1 }, c.ask)
}

// menu is what to compare with.
func (c *compare) menu() app.UI {
	options := []app.UI{}
	for _, o := range []struct {
		with compared
		text string
	}{{nothing, "nothing"}, {anotherImage, "another image"}, {anotherStep, "another step of the run"}, {anotherRun, "another run"}} {
		options = append(options, web.Option(string(o.with)).Selected(o.with == c.with).Text(o.text))
	}
	return app.Div().Class("compare-with").Body(
		field("compare-with", "Compare with",
			app.Select().ID("compare-with").OnChange(func(_ app.Context, e app.Event) {
				c.pair.close()
				c.with = compared(web.Chosen(e))
				c.ask()
			}).Body(options...),
		),
		c.other(),
	)
}

// other chooses the second of the two.
func (c *compare) other() app.UI {
	switch c.with {
	case anotherImage:
		return app.Div().Class("scene-buttons").Body(c.image.render(c.scene.maps().Classes)...)
	case anotherStep:
		at := min(c.at, len(c.subject.steps)-1)
		return field("other-step", "After training step "+number.Int(c.subject.steps[at]),
			stepSlider("other-step", c.subject.steps, at, func(at int) {
				c.at = at
				c.ask()
			}),
		)
	case anotherRun:
		options := append([]app.UI{web.Option("").Selected(c.run.id == client.Ref{}).Disabled(true).Text("choose a run")}, c.subject.library.options(c.run.id)...)
		return app.Div().Class("fields").Body(c.run.render("other", "Other run", options, c.choose, c.ask)...)
	}
	return app.Div().Hidden(true)
}

// second is the other image and answer, beside the first.
func (c *compare) second() app.UI {
	a := c.pair.answer
	if c.with == nothing || a == nil {
		return app.Div().Hidden(true)
	}
	return app.Elem("section").Class("scene", "second").Aria("labelledby", "second-title").Body(
		app.H2().ID("second-title").Class("unseen").Text("Compared with"),
		picture(a.Second.Image, 168, caption(&a.Second)),
		app.P().Class("caption").Text(caption(&a.Second)+c.where()),
		answer("second-answer", &a.Second),
	)
}

// where says in which net the other image is, where that is another one.
func (c *compare) where() string {
	if c.with == anotherImage {
		return ""
	}
	if c.with == anotherStep {
		return ", in the net after " + c.name()
	}
	return ", in the net of the other run"
}

// layers are those of both, and their differences.
func (c *compare) layers(dark bool) app.UI {
	a := c.pair.answer
	if a == nil {
		return app.Div().Body(
			problem(c.pair.failed),
			app.P().Class("under").Role("status").Hidden(c.pair.cancel == nil).Text("Comparing: "+progress(c.pair.progress)+"."),
		)
	}
	var rows []app.UI
	var alone []string // layers that the other net does not have
	other := map[string]*run.Weights{}
	for i := range a.Second.Layers {
		other[a.Second.Layers[i].Layer] = &a.Second.Layers[i]
	}
	differences := map[string]*run.Weights{}
	for i := range a.Differences {
		differences[a.Differences[i].Layer] = &a.Differences[i]
	}
	for i := range a.First.Layers {
		l := &a.First.Layers[i]
		second := other[l.Layer]
		if second == nil {
			alone = append(alone, l.Layer)
			continue
		}
		first := l
		if c.with == anotherStep {
			first, second = c.scene.scales.layer(l), c.scene.scales.layer(second)
		}
		panels := []app.UI{&filters.Filters{
			ID: "layer-" + l.Layer, Title: l.Layer, Weights: first, Dark: dark, Noun: "map", Says: says(l),
			File: c.subject.file(l.Layer), Numbers: c.subject.numbers(protocol.LookCompare, c.about(), l.Layer),
		}, &filters.Filters{
			ID: "other-" + l.Layer, Title: l.Layer + ", " + c.name(), Weights: second, Dark: dark, Noun: "map", Says: says(second),
			File: c.subject.file("other-" + l.Layer), Numbers: c.subject.numbers(protocol.LookCompare, c.about(), protocol.Second+l.Layer),
		}}
		if d := differences[l.Layer]; d != nil {
			panels = append(panels, &filters.Filters{
				ID: "difference-" + l.Layer, Title: l.Layer + ", difference", Weights: d, Dark: dark, Noun: "map", Says: c.name() + " minus the first",
				File:    c.subject.file(protocol.Difference + l.Layer),
				Numbers: c.subject.numbers(protocol.LookCompare, c.about(), protocol.Difference+l.Layer),
			})
		}
		rows = append(rows, app.Div().Class("compared-row").Body(panels...))
	}
	return app.Elem("section").Class(stale(c.pair.cancel != nil)).Aria("labelledby", "layers-title").Body(
		app.H2().ID("layers-title").Class("large-title").Text("Layer outputs"),
		app.P().Class("under").Text("For each layer: its outputs for the image and step above; those for the "+c.name()+", on the same scale; and the difference, the second minus the first."),
		app.If(c.with == anotherStep, c.scene.scales.render),
		app.Div().Class("layers-grid").Body(rows...),
		app.P().Class("under").Hidden(len(alone) == 0).Text("The other net has no "+strings.Join(alone, ", ")+"."),
	)
}

// name is what the second of the two is called.
func (c *compare) name() string {
	switch c.with {
	case anotherStep:
		return "step " + number.Int(c.subject.steps[min(c.at, len(c.subject.steps)-1)])
	case anotherRun:
		return "other run"
	}
	return "other image"
}
