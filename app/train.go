package app

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/builder"
	"unpool/app/ui/form"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
)

// firstVisit is what the page is set to before anyone has chosen.
const firstVisit = "mnist-rnn-128"

// trainPage is the Train page.
type trainPage struct {
	app.Compo
	*document

	entry models.Entry
	form  form.Form
	net   builder.Editor // the form's net

	worker *client.Worker // nil before the first run and after a failure
	view   run.View
	shown  models.Entry // what view is a run of
	asked  control.Verb // sent and not yet answered; "" for none

	opened bool // a checkpoint was chosen to resume from, and its run has not begun

	data trainData
	pace pace

	rate        string // what stands in the learning-rate field of a run
	rateProblem string
	link        string // the recipe in the page's address, as a query
	linkProblem string // what is wrong with it

	next *recipe.Recipe // a link's, for when the run under way is over; nil for none

	fold   fold
	copied bool
}

// fold is which part below the charts is open.
type fold string

const (
	foldSettings fold = "settings"
	foldTable    fold = "table"
	foldExport   fold = "export"
)

func newTrainPage(d *document) *trainPage {
	entry, err := models.Find(firstVisit)
	if err != nil {
		panic(err) // the catalog's own name: a test would have failed
	}
	p := &trainPage{document: d}
	p.set(entry, entry.Recipe)
	return p
}

// OnNav reads the recipe that a link carries.
func (p *trainPage) OnNav(ctx app.Context) {
	p.lookForData()
	ctx.Page().SetTitle(title)
	switch query := ctx.Page().URL().RawQuery; query {
	case "":
		if p.link != "" {
			p.putLink(ctx, p.link) // back by the navigation: a reload is still what is set
		}
	case p.link: // back from another page: the settings may have been changed since
	default:
		p.link, p.linkProblem = query, ""
		p.follow(query)
	}
}

// onFollow makes the page take the recipe of a link that is followed, even if it has taken the same before and the
// settings have been changed since.
func (p *trainPage) onFollow(app.Context, app.Event) { p.link = "" }

// follow sets the page to a link's recipe, or while a run is under way, keeps it for afterwards.
func (p *trainPage) follow(query string) {
	r, err := recipe.ParseQuery(query)
	if err != nil {
		p.linkProblem = err.Error()
		return
	}
	p.next = nil
	if !p.view.Phase.Active() {
		p.choose(r)
	} else if now, ok := p.view.Recipe(); !ok || now != r {
		p.next = &r
	}
}

// putLink makes a recipe's link the page's address: a reload, or a copied address, is this recipe again.
func (p *trainPage) putLink(ctx app.Context, query string) {
	if p.link = query; p.Mounted() { // the address is another page's while that is shown
		address := app.Window().URL()
		address.RawQuery = query
		ctx.Page().ReplaceURL(address)
	}
}

// choose sets the page to a recipe.
func (p *trainPage) choose(r recipe.Recipe) {
	if _, own := r.Dataset.Folder(); own { // the form has a data set beside it that has a name everywhere
		r.Dataset, r.Size, r.Colour, r.Classes = recipe.MNIST, 0, recipe.AsTheyAre, 0
		for _, e := range models.Catalog {
			if e.Recipe.Net == r.Net {
				r.Dataset = e.Recipe.Dataset
				break
			}
		}
	}
	p.set(models.Describe(r), r)
}

// set sets the page to a recipe and the entry of the catalog that is nearest to it.
func (p *trainPage) set(e models.Entry, r recipe.Recipe) {
	p.entry, p.form, p.net = e, form.New(r), *builder.New(r.Net)
}

// recipe is that of the next run, and what is wrong in the form and the builder. On the user's own pictures it is about those.
func (p *trainPage) recipe() (recipe.Recipe, map[string]string) {
	r, problems := p.form.RecipeOn(p.data.put)
	if problem := p.net.Problem(); problem != "" && problems["net"] == "" {
		if problems == nil {
			problems = map[string]string{}
		}
		problems["net"] = problem
	}
	return r, problems
}

// onSetting takes what stands in a field of the form now. Another net, data set or size of images makes the page one about
// that: about the form's data set, even while the user's own pictures are in its place.
func (p *trainPage) onSetting(field, text string) {
	p.form.Set(field, text)
	var r recipe.Recipe
	_, problems := p.form.RecipeOn(func(of *recipe.Recipe) {
		r = *of
		p.data.put(of)
	})
	if problems == nil && (r.Net != p.entry.Recipe.Net || r.Dataset != p.entry.Recipe.Dataset || r.Task() != p.entry.Recipe.Task()) {
		p.entry = models.Describe(r)
	}
}

// onText is onSetting for what was typed: the builder takes over the net.
func (p *trainPage) onText(field, text string) {
	if p.onSetting(field, text); field == "net" {
		p.net.SetText(text)
	}
}

// onTrain begins a run of the recipe in the form.
func (p *trainPage) onTrain(ctx app.Context, _ app.Event) {
	r, problems := p.recipe()
	if problems != nil {
		p.fold = foldSettings
		return
	}
	p.clear()
	p.shown, p.asked, p.linkProblem = p.entry, "", ""
	p.rate, p.rateProblem = p.form.Text("learning_rate"), ""
	app.Window().GetElementByID("status").Call("focus") // the button is gone with the first visit

	// The rest comes after the page has been drawn, so that no task of its thread is long.
	time.AfterFunc(afterDrawing, func() {
		p.dispatch(func(ctx app.Context) {
			own := p.data.own() // now: files that have to be read again are not ready for a while
			p.withTrainer(func() { p.worker.Do(control.Command{Do: control.Train, Recipe: &r, Files: own}) })
			link := r.Query()
			if own {
				link = "" // no link carries the user's pictures
			}
			p.putLink(ctx, link)
		})
	})
}

// clear makes the page that of a run about to begin.
func (p *trainPage) clear() {
	if p.view.Phase == run.Failed {
		p.leaveWorker() // a program that failed may have lost memory
	}
	p.view = run.View{}
	p.view.Apply(&run.State{Phase: run.Loading})
}

// onResume trains the run that ended further, at the learning rate that stands in its field.
func (p *trainPage) onResume(app.Context, app.Event) {
	p.view.Apply(&run.State{Phase: run.Loading})
	p.worker.Do(control.Command{Do: control.Resume})
	if rate, err := form.Number(p.rate); err == nil && p.rateProblem == "" && rate != p.view.LearningRate {
		p.worker.Do(control.Command{Do: control.SetRate, LearningRate: rate})
	}
	app.Window().GetElementByID("status").Call("focus")
}

// onChooseFile lets the user choose a checkpoint.
func (p *trainPage) onChooseFile(app.Context, app.Event) {
	app.Window().GetElementByID("file").Call("click")
}

// onFile resumes from the checkpoint that the user chose.
func (p *trainPage) onFile(_ app.Context, e app.Event) {
	input := e.Get("target")
	file := input.Get("files").Index(0)
	if !file.Truthy() {
		return
	}
	p.clear()
	p.opened, p.asked, p.linkProblem, p.rateProblem = true, "", "", ""
	p.withTrainer(func() { p.worker.Open(file) })
	input.Set("value", "") // so that the same file can be chosen again
}

// onSave asks for the state of the run as a file; the worker's answer is saved when it comes.
func (p *trainPage) onSave(app.Context, app.Event) {
	p.worker.Do(control.Command{Do: control.Save})
}

// afterDrawing is long enough for the browser to draw what has changed first.
const afterDrawing = 20 * time.Millisecond

func (p *trainPage) newWorker() *client.Worker {
	url := p.ctx.ResolveStaticResource("/web/trainer.js") + "?v=" + app.Getenv("GOAPP_VERSION")
	w := &client.Worker{Dispatch: p.dispatch, Seen: p.Mounted}
	w.Deliver = func(events []run.Event) {
		if p.worker == w {
			p.apply(events)
		}
	}
	w.Start(url)
	return w
}

// apply takes in what the trainer says.
func (p *trainPage) apply(events []run.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case *run.State:
			if !p.view.Phase.Active() {
				continue // the program is being loaded for the user's files, and there is no run
			}
		case *run.End:
			if p.readingLost(e) {
				continue
			}
			if p.pace.waiting() && !p.view.Phase.Active() {
				p.pace.engine = &run.Engine{}
				p.leaveWorker() // it died of the measurement, and no run with it
				continue
			}
		}
		p.view.Apply(e)
		switch e := e.(type) {
		case *run.Start:
			if p.opened {
				p.choose(e.Recipe)
				p.shown, p.rate = p.entry, p.form.Text("learning_rate")
			}
			p.opened = false
		case *run.Data:
			p.applyData(e)
			p.asked = ""
		case *run.State:
			p.asked = ""
		case *run.Engine:
			p.pace.engine = e
		case *run.End:
			p.asked = ""
			p.pace.learn(&p.view)
			if p.next != nil {
				p.choose(*p.next)
				p.next = nil
			}
			if p.fold == foldSettings && p.worker != nil {
				p.measure() // the builder was opened while there was no time for it
			}
		case *run.Progress:
			if p.asked == control.Step {
				p.asked = ""
			}
		}
	}
	if p.view.Phase == run.Failed && p.view.End.Backend == "" {
		p.leaveWorker() // nothing was computed: the program itself is gone
	}
	if p.view.Phase == run.Failed {
		p.askForSets() // it may have failed because there was none
	}
}

// leaveWorker ends the trainer; the next run gets a new one.
func (p *trainPage) leaveWorker() {
	if p.worker != nil {
		p.worker.Close()
		p.worker = nil
	}
}

// say sends a command for the run under way.
func (p *trainPage) say(verb control.Verb) {
	if p.worker != nil {
		p.asked = verb
		p.worker.Do(control.Command{Do: verb})
	}
}

func (p *trainPage) onPause(app.Context, app.Event)    { p.say(control.Pause) }
func (p *trainPage) onContinue(app.Context, app.Event) { p.say(control.Continue) }
func (p *trainPage) onStep(app.Context, app.Event)     { p.say(control.Step) }
func (p *trainPage) onStop(app.Context, app.Event)     { p.say(control.Stop) }

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
		p.worker.Do(control.Command{Do: control.SetRate, LearningRate: rate})
	}
}

// onEditNet opens the builder.
func (p *trainPage) onEditNet(app.Context, app.Event) {
	p.fold = foldSettings
	p.ctx.Defer(func(app.Context) {
		app.Window().GetElementByID("builder").Call("scrollIntoView")
		focus("builder")
	})
}

// onNet chooses a net, with its own settings.
func (p *trainPage) onNet(_ app.Context, e app.Event) {
	entry, err := models.Find(e.Get("target").Get("value").String())
	if err != nil {
		return // the menu lists the catalog
	}
	p.set(entry, entry.Recipe)
}
