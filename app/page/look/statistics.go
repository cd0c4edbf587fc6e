package look

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/statistics"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// measured are the statistics of the activations on the test images, when they have been asked for, and those of another net beside them.
type measured struct {
	subject *subject
	known   map[moment]*run.Activations // what has been measured
	own     measurement
	beside  beside
}

// moment is a run after a step.
type moment struct {
	run  client.Ref
	step int
}

func (m moment) of() protocol.Look {
	return protocol.Look{Run: m.run.ID, Place: m.run.Place, Step: m.step}
}

// newMeasured makes them; chosen hears that another net is chosen beside the one looked into.
func newMeasured(s *subject, chosen func()) *measured {
	m := &measured{subject: s, known: map[moment]*run.Activations{}}
	m.own = m.measurement("measure")
	m.beside = beside{measurement: m.measurement("measure-other"), net: another{library: s.library}, chosen: chosen}
	return m
}

// measurement is what measures, by a button of an ID.
func (m *measured) measurement(id string) measurement {
	return measurement{id: id, known: m.known, question: question[run.Activations]{subject: m.subject}}
}

// measurement measures one net at a time, and remembers what it has measured: a run's weights after a step do not change.
type measurement struct {
	id    string
	known map[moment]*run.Activations
	question[run.Activations]
	about moment
}

// at returns what was measured of a net, nil if nothing was.
func (m *measurement) at(of moment) *run.Activations {
	if m.answer != nil && m.about == of {
		m.known[of] = m.answer
	}
	return m.known[of]
}

// offer measures a net when its button is pressed.
func (m *measurement) offer(of moment, label string) app.UI {
	return m.question.offer(m.id, label, "Measuring", func() { m.measure(of) }, of)
}

func (m *measurement) measure(of moment) {
	m.about = of
	m.askOf(of.of(), protocol.LookStatistics, nil)
}

// besideName is what a link calls the net that these are compared with.
const besideName = "beside"

func (m *measured) take(link url.Values) { m.beside.net.take(link, besideName) }
func (m *measured) put(link url.Values)  { m.beside.net.put(link, besideName) }

// changed gives up measuring what was shown before.
func (m *measured) changed(what change) {
	if what >= otherStep {
		m.own.close()
	}
}

// ask waits for the button: to measure on all images takes long.
func (m *measured) ask() {}

func (m *measured) now() moment { return moment{m.subject.id, m.subject.step()} }

func (m *measured) complete() {
	if now := m.now(); m.own.at(now) == nil {
		m.own.measure(now)
	}
}

func (m *measured) busy() bool { return m.own.busy() }

func (m *measured) render() []app.UI {
	return []app.UI{app.Elem("section").Aria("labelledby", "statistics-title").Body(
		app.H2().ID("statistics-title").Class("large-title").Text("Activation statistics"),
		app.P().Class("under", "measured-about").Text("The outputs of every activation function and every recurrent layer for all test images. In a recurrent layer each step "+
			"counts as a position and each unit as a map. Layers are numbered by kind: relu2 is the second ReLU. A dead map is 0 everywhere for every image, so it contributes nothing to the net’s answers."),
		app.If(m.own.at(m.now()) == nil, func() app.UI { return m.own.offer(m.now(), "Measure on all test images") }).Else(m.shown),
	)}
}

// shown are the figures, beside those of another net if one is chosen and measured.
func (m *measured) shown() app.UI {
	now := m.now()
	of, against := m.own.at(now), m.beside.measured()
	layers := &statistics.Layers{ID: "statistics-look", File: m.subject.file("activations"), Of: statistics.Measured{Name: name(now, moment{run: now.run}, "this run"), Activations: of}}
	if against != nil {
		layers.Of.Name = name(now, m.beside.net.moment(), "this run")
		layers.Against = statistics.Measured{Name: name(m.beside.net.moment(), now, "the other run"), Activations: against}
	}
	return app.Div().Class("measured").Body(
		m.beside.render(now),
		app.P().ID("statistics-of").Class("under").Role("status").Text(measuredOn(of, against)),
		layers,
		app.P().Class("exports").Body(
			app.Span().Class("under").Text("Save as CSV"),
			save("layers", now, of.LayersCSV), save("maps", now, of.MapsCSV), save("histograms", now, of.HistogramsCSV),
			app.Span().Class("under").Text("The files number maps from 0, as arrays do."),
		),
	)
}

// name is a short one of a net, told from another's.
func name(of, other moment, run string) string {
	step := "step " + number.Int(of.step)
	if of.run == other.run {
		return step
	}
	return run + ", " + step
}

// save offers a table as a file.
func save(what string, of moment, text func() string) app.UI {
	return app.Button().ID("save-"+what).Type("button").OnClick(func(app.Context, app.Event) {
		web.Download("unpool-activations-"+what+"-step-"+strconv.Itoa(of.step)+".csv", "text/csv", text())
	}, app.EventScope(what, of)).Text(what)
}
