package app

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/words"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
)

// trainData is where the images come from that the Train page trains on: from the server, or from files that the user
// chose.
type trainData struct {
	served  []servedSet // nil until the server has answered
	watched bool        // the page hears what is dropped on it

	chosen   client.Files // kept, since a new trainer has to read them again
	said     run.Data     // what the trainer made of them; the zero value before any
	turn     int          // counts choices: what comes of an earlier one is of no interest
	aside    bool         // a set of the user's own that is not to be trained on just now
	dragging bool         // files are being held over the page
	refused  bool         // files were dropped while a run was under way

	then func() // what waits until a new trainer has read the files again; nil for nothing
}

// servedSet is a data set that the server has or would have, see httpd.Set.
type servedSet struct {
	Name recipe.Dataset
	From string // "" where it is missing
}

// reading reports whether files are being read.
func (d *trainData) reading() bool { return d.said.State == run.DataReading }

// ready reports whether there are files to train on.
func (d *trainData) ready() bool { return d.said.State == run.DataReady }

// own reports whether the next run is on pictures of the user's own rather than the net's data set.
func (d *trainData) own() bool { return d.isFolder() && !d.aside }

// isFolder reports whether the files are pictures of the user's own.
func (d *trainData) isFolder() bool {
	if !d.ready() {
		return false
	}
	_, folder := d.said.Sets[0].Folder()
	return folder
}

// put makes a recipe one on the user's own pictures, if those are used: of their size and colour, unless it asks for others.
func (d *trainData) put(r *recipe.Recipe) {
	if !d.own() {
		return
	}
	task := recipe.Recipe{Dataset: d.said.Sets[0]}
	task.Fit(d.said.Side, d.said.Channels, len(d.said.Classes))
	r.Dataset, r.Classes = task.Dataset, task.Classes
	r.Size, r.Colour = cmp.Or(r.Size, task.Size), cmp.Or(r.Colour, task.Colour)
}

// standsIn reports whether the files are a data set that has a name everywhere.
func (d *trainData) standsIn(set recipe.Dataset) bool {
	return d.ready() && slices.Contains(d.said.Sets, set)
}

// lookForData asks the server which data sets it has, and begins to hear what is dropped on the page.
func (p *trainPage) lookForData() {
	p.askForSets()
	if p.data.watched {
		return
	}
	p.data.watched = true
	// These listeners are the browser's own: go-app handles events after the browser has acted on them, and what it does
	// with a file is to leave the page for it.
	for name, handle := range map[string]func(transfer app.Value){
		"dragenter": func(app.Value) { p.drag(true) },
		"dragover":  func(app.Value) {},
		"drop":      p.onDrop,
	} {
		app.Window().Call("addEventListener", name, app.FuncOf(func(_ app.Value, args []app.Value) any {
			transfer := args[0].Get("dataTransfer")
			if p.Mounted() && transfer.Truthy() && transfer.Get("types").Call("includes", "Files").Bool() {
				args[0].Call("preventDefault")
				handle(transfer)
			}
			return nil
		}))
	}
	app.Window().Call("addEventListener", "dragleave", app.FuncOf(func(_ app.Value, args []app.Value) any {
		if !args[0].Get("relatedTarget").Truthy() { // out of the window, and not into another part of the page
			p.drag(false)
		}
		return nil
	}))
}

func (p *trainPage) drag(over bool) {
	if p.data.dragging != over {
		p.dispatch(func(app.Context) { p.data.dragging = over })
	}
}

// askForSets asks the server which data sets it has. Without an answer the page says nothing about them.
func (p *trainPage) askForSets() {
	if app.IsServer {
		return
	}
	p.get("/api/data.json", func(text string, err error) {
		served := []servedSet{}
		if err == nil && json.Unmarshal([]byte(text), &served) == nil {
			p.data.served = served
		}
	})
}

// onDrop takes files that were dropped on the page.
func (p *trainPage) onDrop(transfer app.Value) {
	dropped := client.Entries(transfer)
	p.dispatch(func(app.Context) {
		p.data.dragging = false
		p.take(func() (client.Files, error) { return client.Walked(dropped) })
	})
}

// onChoose takes files from an input.
func (p *trainPage) onChoose(_ app.Context, e app.Event) {
	input := e.Get("target")
	files := app.Window().Get("Array").Call("from", input.Get("files")) // the input's own list is gone with its value
	input.Set("value", "")                                              // so that the same file can be chosen again
	if files.Length() > 0 {
		p.take(func() (client.Files, error) { return client.Listed(files) })
	}
}

// take has the trainer read files, in place of those chosen before.
func (p *trainPage) take(look func() (client.Files, error)) {
	d := &p.data
	if d.refused = p.view.Phase.Active(); d.refused {
		return
	}
	if d.reading() {
		p.stopReading()
	}
	d.turn++
	turn := d.turn
	d.said, d.aside = run.Data{State: run.DataReading}, false
	go func() {
		files, err := look()
		p.dispatch(func(app.Context) {
			switch {
			case turn != d.turn: // stopped, or others were chosen
			case err != nil:
				d.said = run.Data{From: files.Name, State: run.DataFailed, Error: err.Error(), Hint: "Choose other files."}
			default:
				d.chosen = files
				p.sendFiles()
			}
		})
	}()
}

// sendFiles has the trainer read the files that the user chose.
func (p *trainPage) sendFiles() {
	p.data.said = run.Data{From: p.data.chosen.Name, State: run.DataReading}
	if p.worker == nil {
		p.worker = p.newWorker()
	}
	p.worker.Hand(p.data.chosen, p.data.turn)
}

// withTrainer does something with the trainer: at once, or when a new one has read the user's files again.
func (p *trainPage) withTrainer(do func()) {
	switch {
	case p.worker != nil:
		do()
	case p.data.ready():
		p.data.then = do
		p.sendFiles()
	default:
		p.worker = p.newWorker()
		do()
	}
}

// onStopReading ends the reading of files.
func (p *trainPage) onStopReading(app.Context, app.Event) { p.stopReading() }

func (p *trainPage) stopReading() {
	p.data.turn++
	p.data.said = run.Data{}
	if p.worker != nil {
		p.worker.Do(control.Command{Do: control.Stop})
	}
}

// onAside changes between pictures of the user's own and the net's data set.
func (p *trainPage) onAside(app.Context, app.Event) { p.data.aside = !p.data.aside }

// applyData takes in what the trainer says of the user's files.
func (p *trainPage) applyData(e *run.Data) {
	if e.Choice != p.data.turn {
		return // given up meanwhile
	}
	p.data.said = *e
	p.takeUp()
	then := p.data.then
	if then == nil || e.State == run.DataReading {
		return
	}
	p.data.then = nil
	switch e.State {
	case run.DataReady:
		then()
	case run.DataStopped:
		p.view.Apply(&run.End{Status: run.Stopped})
	default:
		p.view.Apply(&run.End{Status: run.Failed, Error: e.Error, Hint: e.Hint})
	}
}

// takeUp makes the page one about a data set that the user's files are, where no net of the menu is.
func (p *trainPage) takeUp() {
	d := &p.data
	if d.ready() && !d.isFolder() && !slices.ContainsFunc(models.Catalog, func(e models.Entry) bool { return d.standsIn(e.Recipe.Dataset) }) {
		p.onSetting("dataset", string(d.said.Sets[0]))
	}
}

// readingLost takes the end of a trainer that was reading files, and reports whether there was no run besides.
func (p *trainPage) readingLost(end *run.End) (alone bool) {
	d := &p.data
	if !d.reading() {
		return false
	}
	d.then = nil
	failure := words.FailureOf(&run.View{Phase: run.Failed, End: end})
	d.said = run.Data{From: d.said.From, State: run.DataFailed, Error: failure.What, Hint: "Choose fewer or smaller files."}
	p.leaveWorker()
	return !p.view.Phase.Active()
}
