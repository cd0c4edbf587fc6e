package app

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/app/ui/filters"
	"unpool/app/ui/number"
	"unpool/app/ui/words"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
	"unpool/models/net"
)

// Render shows the whole page.
func (p *trainPage) Render() app.UI {
	phase := p.view.Phase
	state := string(phase)
	if phase == run.Empty {
		state = "empty"
	}
	return app.Div().Class("page").Body(
		p.header(trainPath),
		app.Main().ID("status").TabIndex(-1).DataSet("state", state).Body(
			app.H1().Class("unseen").Text("Train"),
			p.notices(),
			app.If(phase == run.Empty, p.welcome).Else(p.instrument),
			p.dataRow(),
			p.failure(),
			app.Div().Class("panels").Body(p.accuracyChart(), p.lossChart(), &filters.Filters{
				ID: "weights", Weights: p.view.Weights, Dark: p.theme.dark(),
			}),
			p.baselineNote(),
			app.P().ID("sentence").Aria("live", "polite").Text(words.Sentence(&p.view)),
			p.folds(),
		),
	)
}

// notices are what holds for the page rather than for a run.
func (p *trainPage) notices() app.UI {
	return app.Div().Class("notices").Role("status").Body(
		app.If(p.offline, func() app.UI {
			return app.P().Class("notice").Text(
				"You are offline. A run under way continues, and what has been loaded before can be trained.")
		}),
		app.If(p.linkProblem != "", func() app.UI {
			return app.P().Class("notice").Text(
				"The link’s recipe cannot be used, so the settings are the page’s own: " + p.linkProblem + ".")
		}),
		app.If(p.next != nil, func() app.UI {
			e := models.Describe(*p.next)
			return app.P().Class("notice").Text(fmt.Sprintf(
				"The next run is set to %s (%s). The run under way continues: stop it, or wait until it is done, then press Train.",
				e.Title, e.Recipe.Dataset.Title()))
		}),
		p.update(),
	)
}

// welcome is the page before the first run: one choice, one button, one sentence.
func (p *trainPage) welcome() app.UI {
	return app.Section().Class("welcome").Aria("label", "Start").Body(
		p.netMenu(),
		app.Button().ID("train").Type("button").Class("primary", "large").Disabled(!p.ready || p.data.reading()).
			OnClick(p.onTrain).Text("Train"),
		app.P().Class("promise").Text(p.promise()),
	)
}

// promise says what pressing Train will do.
func (p *trainPage) promise() string {
	r, problems := p.recipe()
	if problems != nil {
		return "A setting cannot be used as it stands: see All settings below."
	}
	parameters := 0
	if plan, err := r.Plan(); err == nil { // without problems there is no error
		parameters = plan.Parameters()
	}
	return fmt.Sprintf("Trains %s numbers on %s in this tab: %s steps of %s images, tested every %s. Nothing leaves your machine.",
		number.Int(parameters), p.images(r.Dataset), number.Int(r.Steps), number.Int(r.Batch), number.Int(r.EvalEvery))
}

// images says what the next run learns from.
func (p *trainPage) images(d recipe.Dataset) string {
	if p.data.own() {
		return "the pictures of " + p.data.said.From
	}
	info, _ := d.Info()
	return fmt.Sprintf("%s (%s)", info.Of, info.Title)
}

func (p *trainPage) netMenu() app.UI {
	active := p.view.Phase.Active()
	var groups []app.UI
	for _, info := range recipe.Datasets {
		var options []app.UI
		for _, e := range models.Catalog {
			if e.Recipe.Dataset == info.Name {
				options = append(options, app.Option().Value(e.Name).Selected(e.Name == p.entry.Name).Text(e.Title))
			}
		}
		if len(options) > 0 {
			groups = append(groups, app.OptGroup().Label(info.Title).Body(options...))
		}
	}
	if _, err := models.Find(p.entry.Name); err != nil {
		groups = append(groups, app.Option().Value(p.entry.Name).Selected(true).Text("A net of your own"))
	}
	return app.Div().Class("net").Body(
		app.Label().For("net").Class("unseen").Text("Net"),
		app.Select().ID("net").Disabled(active || !p.ready).OnChange(p.onNet).Body(groups...),
		app.Div().Class("under").Body(
			explain("net", p.about(), p.entry.About),
			app.Button().ID("edit-net").Type("button").Class("quiet").Disabled(!p.ready).OnClick(p.onEditNet).Text("See and change its layers"),
		),
	)
}

// about says what the chosen net learns from.
func (p *trainPage) about() string {
	on := "on " + p.entry.Recipe.Dataset.Title()
	if p.data.own() {
		on = "on " + p.data.said.From
	}
	if n, err := net.Parse(p.entry.Recipe.Net); err == nil && n.Recurrent() {
		on += ", by " + n.Along()
	}
	return on
}

// instrument is the strip of numbers and controls during a run and after it.
func (p *trainPage) instrument() app.UI {
	return app.Section().Class("strip").Aria("label", "Run").Body(
		p.netMenu(),
		p.readings(),
		p.controls(),
	)
}

func (p *trainPage) readings() app.UI {
	accuracy, loss, of, share := "–", "–", "", ""
	if m, ok := p.view.Latest(); ok {
		accuracy = number.Percent(m.Test.Accuracy)
		of = " of " + number.Int(m.Test.N) + " images"
		share = fmt.Sprint(m.Test.Accuracy)
		loss = number.Loss(m.Test.Loss)
	}
	return app.Div().Class("readings").Body(
		app.Div().Class("reading", "main").Body(
			app.Div().ID("test-accuracy").Class("figure").DataSet("value", share).Body(
				app.Text(accuracy), app.Span().Class("unit").Text(number.Thin+"%")),
			app.Div().Class("under").Body(term("accuracy", "test accuracy"), app.Text(of)),
		),
		reading("loss", loss, "", term("loss", "test loss")),
		p.progress(),
		p.speed(),
	)
}

func reading(class, figure, unit string, under app.UI) app.UI {
	return app.Div().Class("reading", class).Body(
		app.Div().Class("figure").Body(
			app.Text(figure), app.If(unit != "", func() app.UI { return app.Span().Class("unit").Text(unit) })),
		app.Div().Class("under").Body(under),
	)
}

// progress says what is done, what is left and when it will end.
func (p *trainPage) progress() app.UI {
	v := &p.view
	done, total := int64(v.Step), int64(0)
	figure, unit, under := "–", "", string(v.Phase)
	words := func() app.UI { return app.Text(under) }
	if r, ok := v.Recipe(); ok {
		total = int64(r.Steps)
		figure, unit = number.Int(v.Step), " / "+number.Int(r.Steps)
		under = "training step"
	}
	switch v.Phase {
	case run.Loading:
		done, total = v.Done, v.Total
		figure, unit, under = "–", "", "loading"
		if total > 0 {
			figure, unit = number.Bytes(done), " / "+number.Bytes(total)
		}
	case run.Evaluating:
		under = "evaluating"
		if v.Total > 0 {
			under = fmt.Sprintf("evaluating: %s of %s images", number.Int(v.Done), number.Int(v.Total))
		}
	case run.Training:
		words = func() app.UI { return term("step", under) }
	case run.Compiling, run.Paused, run.Done, run.Stopped, run.Failed:
		under = string(v.Phase)
	}
	bar := app.Progress().Aria("label", under)
	if total > 0 {
		bar = bar.Max(total).Value(done)
	}
	return app.Div().Class("reading", "steps").Body(
		app.Div().Class("figure").Body(app.Text(figure), app.Span().Class("unit").Text(unit)),
		bar,
		app.Div().Class("under").Body(words()),
	)
}

func (p *trainPage) speed() app.UI {
	v := &p.view
	speed, under := "–", ""
	if v.Progress.ImagesPerSecond > 0 {
		speed = number.Round(v.Progress.ImagesPerSecond)
	}
	switch {
	case v.End != nil && v.End.Seconds > 0:
		under = number.Clock(v.End.Seconds) + " in all"
	case v.End == nil && v.Progress.SecondsLeft > 0:
		under = number.Clock(v.Progress.Seconds) + " gone, " + number.Clock(v.Progress.SecondsLeft) + " left"
	}
	return reading("speed", speed, number.Thin+"images/s", app.Text(under))
}

func (p *trainPage) controls() app.UI {
	phase := p.view.Phase
	if !phase.Active() {
		label := "Train again"
		if p.entry.Name != p.shown.Name {
			label = "Train"
		}
		train := app.Button().ID("train").Type("button").Class("primary").Disabled(p.data.reading()).OnClick(p.onTrain).Text(label)
		return app.Div().Class("controls").Role("group").Aria("label", "Controls").Body(append([]app.UI{train}, p.further()...)...)
	}
	training := phase.CanPause()
	hold := app.Button().ID("pause").Type("button").OnClick(p.onPause, app.EventScope("pause")).
		Disabled(!training || p.asked == "pause").Body(icon("pause"), app.Text("Pause"))
	if phase == run.Paused {
		hold = app.Button().ID("continue").Type("button").OnClick(p.onContinue, app.EventScope("continue")).
			Disabled(p.asked == "continue").Body(icon("play"), app.Text("Continue"))
	}
	return app.Div().Class("controls").Role("group").Aria("label", "Controls").Body(
		hold,
		app.Button().ID("step").Type("button").OnClick(p.onStep).Disabled(!training || p.asked == "step").
			Title("Take exactly one training step, then pause").Body(icon("step"), app.Text("Step")),
		app.Button().ID("stop").Type("button").OnClick(p.onStop).Disabled(p.asked == "stop").
			Title("End the run and keep what it learned").Body(icon("stop"), app.Text("Stop")),
		p.rateField(training),
	)
}

// hasState reports whether the trainer has a state to save.
func (p *trainPage) hasState() bool {
	return p.worker != nil && (len(p.view.Metrics) > 0 || p.view.Step > 0)
}

// further offers to resume the run that ended, if that can be.
func (p *trainPage) further() []app.UI {
	r, _ := p.view.Recipe()
	r, ok := r.Resume(p.view.Step)
	if !ok || !p.hasState() {
		return nil
	}
	return []app.UI{
		app.Button().ID("resume").Type("button").OnClick(p.onResume).Disabled(p.rateProblem != "" || p.data.reading()).
			Title("Train on, to step %s", number.Int(r.Steps)).
			Body(icon("play"), app.Text("Resume")),
		p.rateField(true),
	}
}

func (p *trainPage) rateField(training bool) app.UI {
	return app.Div().Class("rate").Body(
		term("rate", "learning rate"),
		app.Input().ID("lr").Type("text").Aria("label", "learning rate").Attr("inputmode", "decimal").AutoComplete(false).Size(7).
			Value(p.rate).Disabled(!training).OnChange(p.onRate).
			Aria("invalid", p.rateProblem != "").Aria("describedby", "lr-problem"),
		app.Span().ID("lr-problem").Class("problem").Role("alert").Text(p.rateProblem),
	)
}

// icon is a small drawing beside a button's word.
func icon(name string) app.UI {
	d := map[string]string{
		"pause": "M3 2h3v10H3zM8 2h3v10H8z",
		"play":  "M3 2l9 5l-9 5z",
		"step":  "M2 2l7 5l-7 5zM10 2h2v10h-2z",
		"stop":  "M2.5 2.5h9v9h-9z",
	}[name]
	const svg = "http://www.w3.org/2000/svg"
	return app.Elem("svg").XMLNS(svg).Attr("class", "icon").Attr("viewBox", "0 0 14 14").Aria("hidden", true).Body(
		app.Elem("path").XMLNS(svg).Attr("d", d))
}

// baselineNote is what to know about the baseline of the net on show.
func (p *trainPage) baselineNote() app.UI {
	note := ""
	if b := p.onShow().Baseline; b != nil && !p.ownOnShow() {
		note = b.Note
	}
	return app.P().ID("baseline-note").Class("under").Hidden(note == "").Text("On the course report’s numbers: " + note + ".")
}

// failure says what happened, why, and what to do.
func (p *trainPage) failure() app.UI {
	f := words.FailureOf(&p.view)
	return app.Div().ID("error").Role("alert").Hidden(f == nil).Body(
		app.If(f != nil, func() app.UI {
			return app.Div().Class("failure").Body(
				app.H2().Text("The run failed"),
				app.P().Text(f.What),
				app.P().Text(f.Hint),
				app.If(f.Details != "", func() app.UI {
					return app.Details().Body(app.Summary().Text("Details"), app.Pre().Text(f.Details))
				}),
			)
		}),
	)
}

func (p *trainPage) accuracyChart() app.UI {
	return &chart.Chart{ID: "chart-accuracy", Title: "Accuracy", Spec: p.accuracySpec()}
}

func (p *trainPage) lossChart() app.UI {
	return &chart.Chart{ID: "chart-loss", Title: "Loss", Loss: true, Spec: p.lossSpec()}
}
