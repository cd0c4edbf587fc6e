package train

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/button"
	"unpool/app/ui/form"
	"unpool/app/ui/term"
	"unpool/app/ui/words"
	"unpool/core/control"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// controls are what a run is controlled with, and the next one begun.
type controls struct {
	trainer *client.Trainer
	setup   *setup
	shown   *shown
	slow    *slowMotion
	train   app.EventHandler // begins a run
	begun   func()           // is told that one was begun here
	move    *client.Move

	rate    string // what is in the learning-rate field of a run
	problem string // what is wrong with it
}

func (c *controls) render() app.UI {
	group := app.Div().Class("controls").Role("group").Aria("label", "Controls")
	if c.trainer.Others.Phase().Active() {
		return group.Body(c.during()...)
	}
	return group.Body(c.after()...)
}

// during are the controls of a run under way.
func (c *controls) during() []app.UI {
	phase, asked := c.trainer.Others.Phase(), c.trainer.Asked
	training := phase.CanPause()
	hold := button.New("pause", !training || asked == control.Pause, c.ask(control.Pause)).Body(icon("pause"), app.Text("Pause"))
	if phase == run.Paused {
		hold = button.New("continue", asked == control.Continue, c.ask(control.Continue)).Body(icon("play"), app.Text("Continue"))
	}
	parts := []app.UI{
		app.Div().Class("buttons").Body(
			hold,
			button.New("step", !training || asked == control.Step, c.ask(control.Step)).
				Title("Take exactly one training step, then pause").Body(icon("step"), app.Text("Step")),
			button.New("stop", asked == control.Stop, c.ask(control.Stop)).
				Title("End the run and keep what it learned").Body(icon("stop"), app.Text("Stop")),
		),
		c.slow.button(),
	}
	if len(c.trainer.Others.All) > 0 || c.setup.task != nil {
		return parts // each net that is compared has a learning rate of its own, for the whole comparison; and so has a run that is handed in, so that it can be checked
	}
	return append(parts, c.rateField(training))
}

// after are the controls when a run has ended: another one, or this one further if that can be.
func (c *controls) after() []app.UI {
	label := "Train"
	if c.again() {
		label = "Train again"
	}
	reading := c.trainer.Data.Reading()
	buttons := []app.UI{app.Button().ID("train").Type("button").Class("primary").Disabled(reading).OnClick(c.train).Text(label)}
	var rate app.UI
	r, _ := c.trainer.View.Recipe()
	kept := c.trainer.Kept.Lasts && len(c.trainer.View.Metrics) > 0 // by the browser, even if the trainer is dead
	if r, ok := r.Resume(c.trainer.View.Step); ok && (kept || c.trainer.HasState()) && (c.setup.task == nil || len(c.setup.task.Outside(r)) == 0) {
		if c.setup.task == nil {
			rate = c.rateField(true)
		}
		buttons = append(buttons,
			app.Button().ID("resume").Type("button").OnClick(c.onResume).Disabled(c.problem != "" || reading).
				Title("Continue training this run, to step %s", number.Int(r.Steps)).
				Body(icon("play"), app.Text("Resume")))
		if kept && c.move.Can(c.elsewhere(), c.trainer.View.Summary()) {
			buttons = append(buttons,
				app.Button().ID("move").Type("button").OnClick(c.onMove).Disabled(c.problem != "" || reading).
					Title("Move the run there and continue training, to step %s", number.Int(r.Steps)).Text(c.move.To(c.elsewhere())))
		}
		if kept && c.move.ByFile(c.trainer.View.Summary()) {
			buttons = append(buttons, app.Button().ID("save-run").Type("button").
				OnClick(func(app.Context, app.Event) { c.move.Save(c.trainer.There.Ref()) }).
				Title("Save the run as a file that Unpool on another computer can continue").Text(words.OnYourGPU))
		}
	}
	if len(c.trainer.View.Snapshots) > 0 {
		buttons = append(buttons, app.A().ID("look-inside").Class("button").Href(shell.Link(shell.Look)+"?run="+url.QueryEscape(c.trainer.There.Ref().String())).Text("Look inside"))
	}
	// Of another kind than the buttons during a run: else one of those would become one of these, and keep the focus, where that is to go to Resume.
	parts := []app.UI{app.Elem("section").Class("buttons").Aria("label", "Controls").Body(buttons...)}
	if rate != nil {
		parts = append(parts, rate)
	}
	return append(parts, c.moving())
}

// moving reports on the run when it is being moved.
func (c *controls) moving() app.UI {
	says, m := "", c.move
	switch {
	case m.Busy:
		says = "The run is being moved."
	case m.Problem != "":
		says = "The run could not be moved: " + words.AsSentence(m.Problem)
	case m.Saved != (client.Ref{}) && c.trainer.View.Start != nil && m.Saved == c.trainer.There.Ref():
		says = words.Saved(m.Saved.File())
	}
	return app.P().ID("moving").Class("under").Role("status").Hidden(says == "").Text(says)
}

// elsewhere is the place where the run is not.
func (c *controls) elsewhere() protocol.Place {
	if c.trainer.There.Is() {
		return protocol.InBrowser
	}
	return protocol.OnServer
}

// onMove takes the run that ended to the other place, and trains it further there, at the learning rate in its field.
func (c *controls) onMove(app.Context, app.Event) {
	rate, err := form.Number(c.rate)
	if err != nil {
		return // the field says what is wrong with it
	}
	if rate == c.trainer.View.LearningRate {
		rate = 0
	}
	c.move.Start(c.trainer.There.Ref(), rate, c.begun)
}

// again reports whether what Train begins is the net on show.
func (c *controls) again() bool { return c.setup.entry.Name == c.shown.entry.Name }

// failure is that of the run on show, until another net is chosen; nil for none.
func (c *controls) failure() *words.Failure {
	if !c.again() {
		return nil
	}
	return words.FailureOf(&c.trainer.View)
}

// ask sends a command for the run under way.
func (c *controls) ask(verb control.Verb) app.EventHandler {
	return func(app.Context, app.Event) { c.trainer.Ask(verb) }
}

// onResume trains the run that ended further, at the learning rate in its field.
func (c *controls) onResume(app.Context, app.Event) {
	rate, err := form.Number(c.rate)
	if err != nil {
		return // the field says what is wrong with it
	}
	c.trainer.Resume(&c.trainer.View, rate)
	c.begun()
}

func (c *controls) rateField(enabled bool) app.UI {
	return app.Div().Class("rate").Body(
		term.Word("rate", "learning rate"),
		app.Input().ID("lr").Type("text").Aria("label", "learning rate").Attr("inputmode", "decimal").AutoComplete(false).Size(7).
			Value(c.rate).Disabled(!enabled).
			OnChange(func(_ app.Context, e app.Event) { c.setRate(e.Get("target").Get("value").String()) }).
			Aria("invalid", c.problem != "").Aria("describedby", "lr-problem"),
		app.Span().ID("lr-problem").Class("problem").Role("alert").Text(c.problem),
	)
}

// inForce puts the learning rate in use into its field.
func (c *controls) inForce(rate float64) {
	c.rate, c.problem = strconv.FormatFloat(rate, 'g', -1, 64), ""
}

// setRate changes the learning rate to what was typed: of the run under way, or of the one that is resumed or begun next.
func (c *controls) setRate(text string) {
	c.rate, c.problem = text, ""
	if !c.trainer.View.Phase.Active() && c.again() {
		c.setup.change("learning_rate", text)
	}
	rate, err := form.Number(text)
	if err != nil {
		c.problem = "not a number"
		return
	}
	if err := recipe.CheckLearningRate(rate); err != nil {
		c.problem = form.Problem(err)
		return
	}
	if c.trainer.View.Phase.Active() {
		c.trainer.Do(control.Command{Do: control.SetRate, LearningRate: rate})
	}
}

// follow takes the learning rate of the settings over, for the next run.
func (c *controls) follow(text string) {
	if !c.trainer.View.Phase.Active() {
		c.rate, c.problem = text, ""
	}
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
