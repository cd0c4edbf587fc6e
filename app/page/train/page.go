// Package train is the Train page: what the next run is to be, the run under way or the last one, and what can be exported
// of it. It shows what the trainer says (app/client) and knows no other page.
package train

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/advice"
	"unpool/app/ui/chart"
	"unpool/app/ui/words"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
)

// Title is the page's.
const Title = "Unpool: train small neural networks in this tab"

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: shell.Train, Name: "Train", New: func(s *shell.Shell) app.Composer { return New(s) }}

// Page is the Train page. Its parts each have one job; it passes them what they need of each other.
type Page struct {
	app.Compo
	*shell.Shell

	setup    *setup
	images   *images
	pace     *pace
	where    *where
	promise  *promise
	link     *link
	proof    *proof
	shown    *shown
	answers  *answers
	beside   *beside
	presets  *presets
	next     *next
	draw     *draw
	slow     *slowMotion
	states   *states
	controls *controls
	folds    *folds
	settings *settings
	exports  *exports
	linked   chart.Group // of the two charts

	left countdown

	interrupted *interrupted

	single  string // why the browser gives this page one thread only; "" if it does not
	threads int    // that a run could have
}

// New makes the page of a tab.
func New(s *shell.Shell) *Page {
	p := &Page{Shell: s, pace: &pace{}}
	p.images = &images{shell: s, data: &s.Trainer.Data, visible: p.Mounted}
	p.setup = newSetup(p.images)
	p.where = newWhere(s, p.setup, p.pace)
	published := &reference{shell: s, setup: p.setup}
	p.draw = &draw{shell: s, trainer: s.Trainer}
	p.slow = &slowMotion{shell: s, trainer: s.Trainer, train: p.onTrain}
	p.states = &states{trainer: s.Trainer, visible: p.Mounted}
	p.answers = &answers{trainer: s.Trainer, setup: p.setup, images: p.images, draw: p.draw}
	p.beside = &beside{shell: s, setup: p.setup, trainer: s.Trainer}
	p.promise = &promise{setup: p.setup, pace: p.pace, where: p.where, beside: p.beside, reference: published}
	p.presets = &presets{setup: p.setup}
	p.proof = &proof{setup: p.setup, trainer: s.Trainer}
	p.link = &link{setup: p.setup, proof: p.proof, trainer: s.Trainer, visible: p.Mounted}
	p.shown = &shown{setup: p.setup, beside: p.beside, images: p.images, run: &s.Trainer.View, reference: published, entry: p.setup.entry}
	p.controls = &controls{trainer: s.Trainer, setup: p.setup, shown: p.shown, slow: p.slow, train: p.onTrain, begun: func() { focusRun(s) }, move: client.NewMove(s.Runs, s.Trainer)}
	p.next = &next{shell: s, trainer: s.Trainer, set: func(s advice.Suggestion) {
		p.setup.choose(s.Recipe)
		p.controls.follow(p.setup.form.Text("learning_rate"))
	}}
	p.setup.rate = p.controls.follow
	p.settings = &settings{setup: p.setup, images: p.images, presets: p.presets, pace: p.pace, trainer: s.Trainer}
	p.exports = &exports{shown: p.shown, trainer: s.Trainer, open: p.open, link: p.address}
	p.interrupted = &interrupted{shell: s, resume: p.resume}
	p.folds = &folds{changed: p.exports.forget}
	s.Trainer.Watch(p.Mounted)
	s.Trainer.Listen(p.hear)
	s.Trainer.Data.Changed = p.setup.takeUp
	return p
}

// OnNav reads the recipe that a link carries.
func (p *Page) OnNav(ctx app.Context) {
	p.Tab.SetTitle(ctx, Title)
	if app.IsServer {
		return
	}
	p.single, p.threads = web.OneThread(), web.Threads()
	p.images.look()
	p.presets.look(ctx)
	p.interrupted.look(ctx)
	p.where.look(ctx)
	p.link.visit(ctx, p.Followed())
	p.promise.look(p.Shell)
	p.Trainer.Ahead.Begin(p.setup.entry.Recipe.Dataset, p.pace.hear)
}

// hear follows the run's events.
func (p *Page) hear(e run.Event) {
	p.draw.hear(e)
	p.slow.hear(e)
	p.states.hear(e)
	switch e := e.(type) {
	case *run.Start:
		if p.shown.opened || p.shown.another(e.Recipe) {
			p.take(e.Recipe)
		}
		p.shown.opened, p.shown.trained = false, e.Recipe
		p.left = countdown{}
		p.linked.ShowAll()
	case *run.Progress:
		p.left.hear(e.SecondsLeft)
	case *run.Rate:
		p.controls.inForce(e.LearningRate)
	case *run.End:
		p.KeepFocus("resume", "train") // the button that ended it disappears
		if !p.Trainer.There.Is() {
			p.pace.learn(&p.Trainer.View)
		}
		if p.controls.again() {
			p.setup.change("learning_rate", p.controls.rate) // which is beside Train again
		}
		p.link.takeNext()
		if e.Status == run.Failed {
			p.images.askForSets() // it may have failed because there was none
		} else if p.folds.open == foldSettings {
			p.settings.measure() // the builder was opened while there was no time for it
		}
	}
}

// onTrain begins a run of the recipe in the form.
func (p *Page) onTrain(ctx app.Context, _ app.Event) {
	r, problems := p.setup.recipe()
	if problems != nil {
		p.folds.open = foldSettings
		p.AfterDrawing(func() {
			web.With("#fold [aria-invalid=true]", func(wrong app.Value) { wrong.Call("focus") })
		})
		return
	}
	own := p.images.own()
	p.begin()
	p.shown.entry, p.controls.rate = p.setup.entry, p.setup.form.Text("learning_rate")
	p.shown.keep(p.Beside, r)
	p.Beside = nil
	p.shown.trained = r
	if p.where.there() {
		p.Trainer.There.Train(r)
	} else {
		p.Trainer.Train(r, own, p.beside.next(r)...)
	}
	query := p.proof.query(r, r.QueryBeside(p.beside.next(r)))
	if own {
		query = "" // no link carries the user's pictures
	}
	p.link.put(ctx, query)
	focusRun(p.Shell)
}

// focusRun moves the keyboard's focus on to the run that has just begun: the button that began it disappears.
func focusRun(s *shell.Shell) {
	s.AfterDrawing(func() { shell.Focus("pause") })
}

// open resumes the run of a checkpoint that the user chose, a File.
func (p *Page) open(file app.Value) {
	p.begin()
	p.shown.opened = true
	p.Trainer.Open(file)
}

// resume resumes a run that this browser keeps, whose log has the view v, and others beside it.
func (p *Page) resume(v *run.View, others ...*run.View) {
	p.begin()
	p.take(v.Start.Recipe) // at once: the trainer may refuse
	p.setup.beside = nil
	for _, other := range others {
		p.setup.beside = append(p.setup.beside, other.Start.Recipe)
	}
	p.controls.inForce(v.LearningRate)
	p.Trainer.Resume(v, v.LearningRate, others...)
}

// take makes the page that of a run of a recipe.
func (p *Page) take(r recipe.Recipe) {
	p.setup.choose(r)
	p.shown.entry, p.shown.trained = p.setup.entry, r
	p.controls.inForce(p.Trainer.View.LearningRate)
}

// begin forgets what the page said of the run before.
func (p *Page) begin() {
	p.shown.opened, p.link.problem, p.link.unknown, p.controls.problem = false, "", "", ""
}

// onEditNet opens the builder.
func (p *Page) onEditNet(app.Context, app.Event) {
	p.folds.open = foldSettings
	p.AfterDrawing(func() {
		web.With("#builder", func(builder app.Value) { builder.Call("scrollIntoView") })
		shell.Focus("builder")
	})
}

// address carries the recipe: of the run on show, or of the settings.
func (p *Page) address() (address string, ok bool) {
	r, ok := p.Trainer.View.Recipe()
	others := p.Trainer.Others.Recipes()
	if !ok {
		var problems map[string]string
		if r, problems = p.setup.recipe(); problems != nil {
			p.folds.open = foldSettings
			return "", false
		}
		others = p.beside.next(r)
	}
	query := r.QueryBeside(others)
	if ok && len(others) == 0 {
		query = p.Trainer.View.Query()
	}
	return web.WithQuery(query).String(), true
}

// Render shows the whole page.
func (p *Page) Render() app.UI {
	defer p.setup.drawing()()
	v, phase := &p.Trainer.View, p.Trainer.Others.Phase()
	state := string(phase)
	if v.Phase == run.Empty {
		state = "empty"
	}
	empty := v.Phase == run.Empty
	sentence, announcement := words.Sentence(v.Phase, v), words.Announcement(v.Phase, v)
	if read, heard, ok := p.beside.standing(p.shown.trained); ok {
		sentence, announcement = read, heard
	}
	accuracy, loss := p.shown.charts()
	data := (&dataRow{images: p.images, setup: p.setup, busy: phase.Active(), ready: p.Ready}).render
	return p.Frame(shell.Train,
		app.Elem("main").ID("status").TabIndex(-1).DataSet("state", state).Body(
			app.Elem("h1").Class("unseen").Hidden(empty).Text("Train"),
			p.notices(),
			p.interrupted.render(),
			p.proof.render(),
			app.If(empty, p.welcome).Else(p.strip),
			failure(p.controls.failure()),
			app.P().ID("sentence").Text(sentence),
			app.P().ID("announcement").Class("unseen").Role("status").Text(announcement),
			p.beside.table(p.shown.trained),
			p.slow.render(p.Dark()),
			p.next.render(),
			app.If(empty, data).Else(p.answers.render),
			app.Div().Class("panels").Body(
				&chart.Chart{ID: "chart-accuracy", Title: "Accuracy", Spec: accuracy, Group: &p.linked, File: p.exports.name() + "-accuracy"},
				&chart.Chart{ID: "chart-loss", Title: "Loss", Loss: true, Spec: loss, Group: &p.linked, File: p.exports.name() + "-loss"},
				p.states.render(p.shown.recipe(), p.Dark()),
			),
			picture(p.shown.recipe()),
			p.shown.notes(),
			app.If(!empty, data),
			p.folds.render(p.Ready, map[fold]func() app.UI{
				foldSettings: p.settings.render,
				foldTable:    func() app.UI { return evaluations(v) },
				foldExport:   p.exports.render,
			}),
		),
	)
}

// notices are about the page rather than a run.
func (p *Page) notices() app.UI {
	v := &p.Trainer.View
	return p.Notices("You are offline. A run under way continues, and you can train on data that was loaded before.", p.where.away(),
		app.If(p.single != "", func() app.UI { return shell.Notice(p.single) }),
		app.If(v.Start != nil && v.Phase.CanPause() && v.Start.Machine == run.Browser && v.Start.Threads == 1 && p.threads > 1, func() app.UI {
			return shell.Notice("Only one thread started, so this run is slower. Stop it and reload the page to try again.")
		}),
		app.If(!p.Trainer.Kept.Lasts && p.Trainer.Kept.Problem != "", func() app.UI {
			k := p.Trainer.Kept
			return shell.Notice("This run will be lost when the tab is closed: " + k.Problem + ". " + k.Hint)
		}),
		app.If(v.Missed != nil, func() app.UI {
			return shell.Notice(fmt.Sprintf("The weights after step %s could not be stored for Look inside: %s. Training continues.", number.Int(v.Missed.Step), v.Missed.Error))
		}),
		app.If(p.link.problem != "", func() app.UI {
			return shell.Notice("The settings in the link cannot be used, so the page uses its own. " + words.AsSentence(p.link.problem))
		}),
		app.If(p.link.unknown != "", func() app.UI {
			return shell.Notice("Something in the link is not used. " + p.link.unknown)
		}),
		app.If(p.link.next != nil, func() app.UI {
			e := models.Describe(p.link.next[0])
			return shell.Notice(fmt.Sprintf(
				"The next run is set to %s (%s). The run under way continues: stop it, or wait until it is done, then press Train.",
				e.Title, e.Recipe.Dataset.Title()))
		}),
	)
}

// welcome is the page before the first run: what it is for, what to expect, some of the images, and one button.
func (p *Page) welcome() app.UI {
	return app.Elem("section").Class("welcome").Aria("label", "Start").Body(
		app.Elem("h1").Class("headline").Text(p.promise.headline()),
		app.P().Class("promise", "lead").Text(p.promise.lead()),
		p.answers.plain(),
		app.Div().Class("go").Body(
			app.Button().ID("train").Type("button").Class("primary", "large").Disabled(!p.Ready || p.images.data.Reading()).
				OnClick(p.onTrain).Text("Train"),
			p.menu(),
			p.where.render(),
		),
		app.Raw(uses),
		app.P().Class("under", "details").Text(p.promise.details()),
		app.Div().Class("first-step").Hidden(p.where.there()).Body(p.slow.button().Disabled(!p.Ready || p.images.data.Reading())),
	)
}

// uses are the three that the site has, each with a way on.
const uses = `<ul class="uses"><li><h2>Try it</h2><p>Press Train, then <a href="./look/">look inside</a> the net.</p></li>` +
	`<li><h2>Teach with it</h2><p>Give <a href="./class/">a class</a> one link, without accounts or internet.</p></li>` +
	`<li><h2>Research with it</h2><p>Compare settings in <a href="./sweeps/">sweeps</a>, on your own machines.</p></li></ul>`

// strip is the strip of numbers and controls during a run and after it.
func (p *Page) strip() app.UI {
	return app.Elem("section").Class("strip").Aria("label", "Run").Body(p.menu(), readings(&p.Trainer.View, &p.left), p.controls.render(), p.where.render())
}

func (p *Page) menu() app.UI {
	return (&menu{setup: p.setup, edit: p.onEditNet, beside: p.beside, presets: p.presets, fixed: p.Trainer.Others.Phase().Active(), ready: p.Ready}).render()
}
