// Package look is the page Look inside: the net of a kept run after any of its snapshots' steps, what each of its layers outputs for a test
// image, which pixels an activation comes from, and which images move a map most. The trainer works it all out (core/look); the page
// asks and shows. It knows no other page.
package look

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/words"
	"unpool/app/web"
	"unpool/core/protocol"
)

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: shell.Look, Name: "Look inside", New: func(s *shell.Shell) app.Composer { return New(s) }}

// Page is the page Look inside. Its parts each have one job: subject is what is looked at, scene what its layers give for an image,
// compare the same for another one, unit one activation.
type Page struct {
	app.Compo
	*shell.Shell

	view    view
	drawn   bool // the image is the digit of the link, also for another run
	subject *subject
	scene   *scene
	compare *compare

	layers     *layers
	unit       *unit
	weights    *weights
	stats      *measured
	occlusion  *occlusion
	invariance *invariance
	evolution  *evolution
	mistakes   *mistakes
	reading    *reading
	embedding  *embedding
	parts      *correspondence
	transfer   *transfer
	report     *report
}

// New makes the page of a tab.
func New(s *shell.Shell) *Page {
	p := &Page{Shell: s, view: viewLayers}
	p.subject = &subject{shell: s, library: library{s, &published{shell: s}}, changed: p.refresh}
	p.scene = newScene(p.subject, func() { // what is about all images stays
		p.scene.scales.interrupt()
		p.changed(otherImage)
		p.scene.ask()
	}, p.shown)
	p.occlusion = newOcclusion(p.subject, p.scene, p.put)
	p.invariance = newInvariance(p.subject, p.scene, p.put)
	p.evolution = newEvolution(p.subject, p.scene, p.put)
	p.mistakes = newMistakes(p.subject, p.scene, p.put, p.show)
	p.reading = newReading(p.subject, p.scene, p.put, func() {
		p.occlusion.cover.Rows, p.occlusion.old = true, true
		p.show(viewOcclusion)
	})
	p.embedding = newEmbedding(p.subject, p.scene, func() bool { return p.view == viewEmbedding || p.report.on() }, func(image int) {
		p.scene.image.look(protocol.TestImage{Image: image})
		p.show(viewLayers)
	}, p.put)
	p.parts = newCorrespondence(p.subject, p.scene, p.put)
	p.compare = newCompare(p.subject, p.scene, p.put)
	p.unit = &unit{subject: p.subject, scene: p.scene, chosen: p.put}
	p.layers = &layers{compare: p.compare, unit: p.unit, lead: p.show}
	p.unit.arithmetic.subject, p.unit.projections.subject, p.unit.others.subject, p.unit.integrated.subject, p.unit.strongest.subject = p.subject, p.subject, p.subject, p.subject, p.subject
	p.unit.projections.answered = func() { p.unit.others.ask(protocol.LookOthers, p.unit.about(p.unit.at)) }
	p.unit.others.answered = func() { p.unit.integrated.ask(protocol.LookIntegrate, p.unit.about(p.unit.at)) }
	p.weights = &weights{subject: p.subject, scales: &p.scene.scales, chosen: p.put, question: question[protocol.Filters]{subject: p.subject, answered: p.put}}
	p.stats = newMeasured(p.subject, p.put)
	p.transfer = newTransfer(p.subject, p.put)
	p.report = &report{page: p, now: -1}
	s.Trainer.Watch(p.Mounted)
	return p
}

// OnNav names the page, on the server too, and has the runs listed.
func (p *Page) OnNav(ctx app.Context) {
	p.Tab.SetTitle(ctx, "Look inside – Unpool")
	if app.IsServer {
		return
	}
	p.take(ctx.Page().URL().Query())
	p.subject.library.published.load()
	p.Runs.Follow()
}

// take takes up what a link says: run, step, view, image, and what each view makes of it.
func (p *Page) take(link url.Values) {
	p.subject.begin(link.Get("run"), link.Get("step"))
	if v := view(link.Get("view")); v.known() {
		p.view = v
	}
	image := link.Get("image")
	if n, err := strconv.Atoi(image); err == nil {
		p.scene.image.want = protocol.TestImage{Image: n}
	}
	if p.drawn = image == shell.Drawn && p.Digit != nil; p.drawn {
		p.scene.image.want = protocol.TestImage{Own: p.Digit}
	}
	for _, one := range views {
		one.part(p).take(link)
	}
}

// follow takes up what a link compares the net with, when there is a net and that can be read.
func follow(p *Page) {
	if p.subject.steps != nil {
		p.compare.run.follow(p.compare.choose)
		p.stats.beside.net.follow(func(other client.Ref) { p.stats.beside.choose(other, p.stats.now()) })
	}
}

// put makes what is shown the page's address, so that it can be copied, and survives a reload.
func (p *Page) put() {
	m := p.scene.maps()
	if m == nil {
		return
	}
	link := url.Values{}
	link.Set("run", p.subject.id.String())
	link.Set("step", strconv.Itoa(p.subject.step()))
	link.Set("view", string(p.view))
	if n := m.Image.Number; n >= 0 { // a link carries no picture of the user's
		link.Set("image", strconv.Itoa(n))
	}
	for _, one := range views {
		one.part(p).put(link)
	}
	p.Dispatch(func(ctx app.Context) {
		if p.Mounted() {
			web.PutQuery(ctx, link.Encode())
		}
	})
}

// refresh asks anew for what is shown: another step is, or another run.
func (p *Page) refresh(another bool) {
	if another { // which may read images of another kind, and take long to open
		p.scene.layers.close()
		if !p.drawn {
			p.scene.image.want = protocol.TestImage{Image: p.scene.image.at()}
		}
	}
	p.drawn = false
	p.scene.scales.interrupt()
	if another {
		p.changed(otherRun)
	} else {
		p.changed(otherStep)
	}
	p.scene.ask()
}

// changed tells all views that something else is looked at.
func (p *Page) changed(what change) {
	for _, one := range views {
		one.part(p).changed(what)
	}
}

// shown takes up that the layers of what is looked at have come. What was asked of a unit meanwhile was about the image before.
func (p *Page) shown() {
	if l := p.unit.picture(); l != nil && p.unit.of >= maps(l) { // of a run with more maps
		p.unit.of, p.unit.at = 0, nil
	}
	p.unit.forget()
	if !p.view.applies(p) {
		p.view = viewLayers
	}
	p.look()
	p.put()
}

// Render shows the whole page.
func (p *Page) Render() app.UI {
	p.subject.follow()
	follow(p)
	p.report.follow()
	state := p.state()
	return p.Frame(shell.Look,
		app.Elem("main").ID("look").TabIndex(-1).Aria("labelledby", "look-title").DataSet("state", state).Body(
			p.Notices("You are offline. You can still look inside the nets that this browser has stored."),
			app.Div().Class("title-row").Body(app.Elem("h1").ID("look-title").Text("Look inside")),
			app.P().ID("look-missing").Class("notice").Role("status").Hidden(p.subject.problem == "").Text(p.subject.problem),
			app.If(state == "loading", func() app.UI {
				return app.P().Role("status").Text("Looking for trained nets in this browser.")
			}).ElseIf(state == "empty", empty).ElseIf(state == "failed", func() app.UI { return failure(p.Runs.Failed) }).Else(p.ready),
		),
	)
}

func (p *Page) state() string {
	switch {
	case p.subject.steps != nil:
	case p.Runs.Failed == nil && p.Runs.Version == 0 || p.subject.library.published.version == 0:
		return "loading"
	case p.subject.found || awaited(p.subject):
		return "loading"
	case p.Runs.Failed != nil:
		return "failed"
	default:
		return "empty"
	}
	switch q := &p.scene.layers; {
	case q.failed != nil:
		return "broken"
	case q.cancel != nil || q.answer == nil:
		return "asking"
	}
	return "ready"
}

func empty() app.UI {
	return app.Div().Class("prose").Body(
		app.P().Text("There is no net to look into yet. Train one, then examine here what it has learnt: each layer, each filter, at many steps of its training."),
		app.P().Body(app.A().ID("to-train").Class("button", "primary").Href(shell.Link(shell.Train)).Text("Train a net")),
	)
}

func failure(err error) app.UI {
	return app.Div().Class("failure").Role("alert").Body(
		app.H2().Text("The browser’s storage cannot be read"),
		app.P().Text("The usual cause is a private window or a setting that forbids storage. Nets trained there are not stored, so you cannot look inside them."),
		app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(err.Error())),
	)
}

// ready is the page with a net.
func (p *Page) ready() app.UI {
	return app.Div().Class("inside-page").Body(
		p.subject.render(),
		p.broken(),
		app.P().ID("look-asking").Class("under").Role("status").Hidden(p.scene.layers.cancel == nil || p.scene.maps() != nil).
			Text("Opening the net: "+progress(p.scene.layers.progress)+"."),
		app.If(p.scene.maps() != nil, func() app.UI { return app.Div().Body(p.tabs(), p.panel()) }),
	)
}

// broken says why there is nothing to show.
func (p *Page) broken() app.UI {
	e := p.scene.layers.failed
	return app.Div().Hidden(e == nil).Body(app.If(e != nil, func() app.UI {
		return app.Div().Class("failure").Role("alert").Body(
			app.H2().Text("This net cannot be looked into"),
			app.P().Text(words.AsSentence(e.Message)),
			app.P().Text(words.AsSentence(e.Hint)),
			app.P().Body(app.Button().Type("button").ID("look-again").OnClick(func(app.Context, app.Event) {
				p.scene.image.want = protocol.TestImage{Image: p.scene.image.at()} // the class or the picture may be why
				p.refresh(false)
			}).Text("Try again")),
		)
	}))
}
