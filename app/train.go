package app

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/form"
	"unpool/app/run"
	"unpool/core/control"
	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/models"
)

// firstVisit is what the page is set to before anyone has chosen.
const firstVisit = "mnist-rnn-128"

// trainPage is the Train page.
type trainPage struct {
	app.Compo

	ctx   app.Context // the page's own: an event's is gone with the button that it came from
	ready bool        // the program runs: before, the server's copy of the page has no working buttons
	entry models.Entry
	form  form.Form

	worker *worker // nil before the first run and after a failure
	view   run.View
	shown  models.Entry // what view is a run of
	asked  control.Verb // sent and not yet answered; "" for none

	opened bool // a file was chosen to go on from, and its run has not begun

	data trainData

	rate        string // what stands in the learning-rate field of a run
	rateProblem string
	linkProblem string // what is wrong with the recipe in the page's address

	fold        fold
	copied      bool
	theme       theme
	offline     bool
	updateReady bool
}

// fold is which part below the charts is open.
type fold string

const (
	foldSettings fold = "settings"
	foldTable    fold = "table"
	foldExport   fold = "export"
)

func newTrainPage() *trainPage {
	entry, err := models.Find(firstVisit)
	if err != nil {
		panic(err) // the catalog's own name: a test would have failed
	}
	return &trainPage{entry: entry, form: form.New(entry.Recipe), theme: themeAuto}
}

// OnMount takes over from the server's copy of the page.
func (p *trainPage) OnMount(ctx app.Context) {
	p.ctx, p.ready = ctx, true
	p.theme.restore(ctx)
	keepArrowKeys()
	p.offline = app.Window().Get("navigator").Get("onLine").Equal(app.ValueOf(false))
	p.listen(ctx, app.Window(), "offline", func() { p.offline = true })
	p.listen(ctx, app.Window(), "online", func() { p.offline = false })
	p.listen(ctx, app.Window().Call("matchMedia", "(prefers-color-scheme: dark)"), "change", func() {})
}

// OnNav reads the recipe that a link carries.
func (p *trainPage) OnNav(ctx app.Context) {
	p.lookForData()
	query := ctx.Page().URL().RawQuery
	p.linkProblem = ""
	if query == "" {
		return
	}
	r, err := recipe.ParseQuery(query)
	if err != nil {
		p.linkProblem = err.Error()
		return
	}
	if !p.choose(r) {
		p.linkProblem = "recipe link: no net of the catalog has this architecture, size and data set"
	}
}

// choose sets the page to a recipe, if there is a net in the catalog for it.
func (p *trainPage) choose(r recipe.Recipe) bool {
	_, own := r.Dataset.Folder() // any net of the kind will do, and its data set stands in the form
	for _, e := range models.Catalog {
		if e.Recipe.Arch == r.Arch && e.Recipe.Units == r.Units && (own || e.Recipe.Dataset == r.Dataset) {
			r.Dataset = e.Recipe.Dataset
			p.entry, p.form = e, form.New(r)
			return true
		}
	}
	return false
}

// OnAppUpdate hears that another build has been fetched. On a first visit that is this very build.
func (p *trainPage) OnAppUpdate(app.Context) {
	root := app.Window().Get("document").Get("documentElement")
	p.updateReady = root.Get("dataset").Get("visited").String() == "true"
}

// OnDismount ends the training with the page that shows it.
func (p *trainPage) OnDismount() {
	if p.worker != nil {
		p.worker.close()
	}
}

// listen calls handle, on the page's goroutine, when target has the event. The page lives as long as its document.
func (p *trainPage) listen(ctx app.Context, target app.Value, name string, handle func()) {
	target.Call("addEventListener", name, app.FuncOf(func(app.Value, []app.Value) any {
		ctx.Dispatch(func(app.Context) { handle() })
		return nil
	}))
}

// keepArrowKeys keeps the page from scrolling while the arrow keys move along a chart. go-app handles events after
// the browser has acted on them, too late to prevent anything, so this listener is the browser's own.
func keepArrowKeys() {
	app.Window().Get("document").Call("addEventListener", "keydown", app.FuncOf(func(_ app.Value, args []app.Value) any {
		e := args[0]
		if role := e.Get("target").Call("getAttribute", "role"); !role.Truthy() || role.String() != "slider" {
			return nil
		}
		switch e.Get("key").String() {
		case "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown":
			e.Call("preventDefault")
		}
		return nil
	}))
}

// onTrain begins a run of the recipe in the form.
func (p *trainPage) onTrain(ctx app.Context, _ app.Event) {
	r, problems := p.form.Recipe()
	if problems != nil {
		p.fold = foldSettings
		return
	}
	p.clear()
	p.shown, p.asked, p.linkProblem = p.entry, "", ""
	p.rate, p.rateProblem = p.form.Text("learning_rate"), ""
	app.Window().GetElementByID("status").Call("focus") // the button is gone with the first visit

	// The rest comes after the page has been drawn, so that no task of its thread is long.
	p.ctx.After(afterDrawing, func(ctx app.Context) {
		own := p.data.own() // now: files that have to be read again are not ready for a while
		p.withTrainer(func() { p.worker.do(control.Command{Do: control.Train, Recipe: &r, Files: own}) })
		address := app.Window().URL()
		address.RawQuery = r.Query()
		if own {
			address.RawQuery = "" // no address carries the user's pictures
		}
		ctx.Page().ReplaceURL(address) // a reload, or a copied address, is this recipe again
	})
}

// clear makes the page that of a run about to begin.
func (p *trainPage) clear() {
	if p.view.Phase == run.Failed {
		p.leaveWorker() // a program that failed may have lost memory
	}
	p.view = run.View{}
	p.view.Apply(&event.State{State: event.StateLoading})
}

// onGoOn goes on with the run that ended, at the learning rate that stands in its field.
func (p *trainPage) onGoOn(app.Context, app.Event) {
	p.view.Apply(&event.State{State: event.StateLoading})
	p.worker.do(control.Command{Do: control.GoOn})
	if rate, err := form.Number(p.rate); err == nil && p.rateProblem == "" && rate != p.view.LearningRate {
		p.worker.do(control.Command{Do: control.SetRate, LearningRate: rate})
	}
	app.Window().GetElementByID("status").Call("focus")
}

// onChooseFile lets the user choose a checkpoint.
func (p *trainPage) onChooseFile(app.Context, app.Event) {
	app.Window().GetElementByID("file").Call("click")
}

// onFile goes on from the checkpoint that the user chose.
func (p *trainPage) onFile(_ app.Context, e app.Event) {
	input := e.Get("target")
	file := input.Get("files").Index(0)
	if !file.Truthy() {
		return
	}
	p.clear()
	p.opened, p.asked, p.linkProblem, p.rateProblem = true, "", "", ""
	p.withTrainer(func() { p.worker.open(file) })
	input.Set("value", "") // so that the same file can be chosen again
}

// onSave asks for the state of the run as a file; the worker's answer is saved when it comes.
func (p *trainPage) onSave(app.Context, app.Event) {
	p.worker.do(control.Command{Do: control.Save})
}

// afterDrawing is long enough for the browser to draw what has changed first.
const afterDrawing = 20 * time.Millisecond

func (p *trainPage) newWorker() *worker {
	url := p.ctx.ResolveStaticResource("/web/trainer.js") + "?v=" + app.Getenv("GOAPP_VERSION")
	var w *worker
	w = startWorker(p.ctx, url, func(events []event.Event) {
		if p.worker == w {
			p.apply(events)
		}
	})
	return w
}

// apply takes in what the trainer says.
func (p *trainPage) apply(events []event.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case *event.State:
			if !p.view.Phase.Active() {
				continue // the program is being loaded for the user's files, and there is no run
			}
		case *event.End:
			if p.readingLost(e) {
				continue
			}
		}
		p.view.Apply(e)
		switch e := e.(type) {
		case *event.Start:
			if p.opened && p.choose(e.Recipe) {
				p.shown, p.rate = p.entry, p.form.Text("learning_rate")
			}
			p.opened = false
		case *event.Data:
			p.applyData(e)
			p.asked = ""
		case *event.State, *event.End:
			p.asked = ""
		case *event.Progress:
			if p.asked == control.Step {
				p.asked = ""
			}
		}
	}
	if p.view.Phase == run.Failed && p.view.End.Backend == "" {
		p.leaveWorker() // nobody computed: the program itself is gone
	}
	if p.view.Phase == run.Failed {
		p.askForSets() // it may have failed for want of one
	}
}

// leaveWorker ends the trainer; the next run gets a new one.
func (p *trainPage) leaveWorker() {
	if p.worker != nil {
		p.worker.close()
		p.worker = nil
	}
}

// say sends a command for the run under way.
func (p *trainPage) say(verb control.Verb) {
	if p.worker != nil {
		p.asked = verb
		p.worker.do(control.Command{Do: verb})
	}
}

func (p *trainPage) onPause(app.Context, app.Event)  { p.say(control.Pause) }
func (p *trainPage) onResume(app.Context, app.Event) { p.say(control.Resume) }
func (p *trainPage) onStep(app.Context, app.Event)   { p.say(control.Step) }
func (p *trainPage) onStop(app.Context, app.Event)   { p.say(control.Stop) }

// onRate changes the learning rate of the run under way.
func (p *trainPage) onRate(_ app.Context, e app.Event) {
	p.rate = e.Get("target").Get("value").String()
	rate, err := form.Number(p.rate)
	if err != nil {
		p.rateProblem = "not a number"
		return
	}
	p.rateProblem = ""
	if err := recipe.CheckLearningRate(rate); err != nil {
		p.rateProblem = form.Problem(err)
		return
	}
	if p.worker != nil && p.view.Phase.Active() {
		p.worker.do(control.Command{Do: control.SetRate, LearningRate: rate})
	}
}

// onArch chooses a net, with its own settings.
func (p *trainPage) onArch(_ app.Context, e app.Event) {
	entry, err := models.Find(e.Get("target").Get("value").String())
	if err != nil {
		return // the menu lists the catalog
	}
	p.entry, p.form = entry, form.New(entry.Recipe)
}

func (p *trainPage) onReload(ctx app.Context, _ app.Event) { ctx.Reload() }
