package train

import (
	"cmp"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/recipe"
)

// images is where the images of the next run come from: from the server, or from files that the user chose.
type images struct {
	shell   *shell.Shell
	data    *client.Data // the user's files
	visible func() bool

	served   client.Served
	watched  bool // the page is told what is dropped on it
	aside    bool // the user's own pictures are not used just now
	dragging bool // files are being held over the page
	refused  bool // files were dropped while a run was under way
}

// own reports whether the next run is on pictures of the user's own rather than the net's data set.
func (i *images) own() bool { return i.data.Folder() && !i.aside }

// put makes a recipe one on the user's own pictures, if those are used: of their size and colour, unless it asks for others.
func (i *images) put(r *recipe.Recipe) {
	if !i.own() {
		return
	}
	task := recipe.Recipe{Dataset: i.data.Said.Sets[0]}
	task.Fit(i.data.Said.Side, i.data.Said.Channels, len(i.data.Said.Classes))
	r.Dataset, r.Classes, r.Split = task.Dataset, task.Classes, i.data.Said.Split
	r.Size, r.Colour = cmp.Or(r.Size, task.Size), cmp.Or(r.Colour, task.Colour)
}

// look asks the server which data sets it has, and begins to hear what is dropped on the page.
func (i *images) look() {
	i.askForSets()
	if i.watched {
		return
	}
	i.watched = true
	web.Drops(i.visible, i.drag, i.onDrop)
}

func (i *images) drag(over bool) {
	if i.dragging != over {
		i.shell.Dispatch(func(app.Context) { i.dragging = over })
	}
}

// askForSets asks the server which data sets it has. Without an answer the page says nothing about them.
func (i *images) askForSets() { i.shell.Fetch(client.ServedSets, i.served.Read) }

// onDrop takes files that were dropped on the page.
func (i *images) onDrop(transfer app.Value) {
	dropped := client.Entries(transfer)
	i.shell.Dispatch(func(app.Context) {
		i.dragging = false
		i.take(func() (client.Files, error) { return client.Walked(dropped) })
	})
}

// onChoose takes files from an input.
func (i *images) onChoose(_ app.Context, e app.Event) {
	input := e.Get("target")
	files := app.Window().Get("Array").Call("from", input.Get("files")) // the input's own list is gone with its value
	input.Set("value", "")                                              // so that the same file can be chosen again
	if files.Length() > 0 {
		i.take(func() (client.Files, error) { return client.Listed(files) })
	}
}

// take has the trainer read files, in place of those chosen before.
func (i *images) take(find func() (client.Files, error)) {
	if i.refused = i.shell.Trainer.View.Phase.Active(); i.refused {
		return
	}
	i.aside = false
	i.data.Take(find)
}
