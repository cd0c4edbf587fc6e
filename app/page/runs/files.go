package runs

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/store"
)

// files are the runs that leave the browser and come to it as files.
type files struct {
	shell *shell.Shell
	back  func(client.Ref) bool // takes back that a run is to be deleted, if it is

	dragging bool // files are being held over the page
	busy     int  // files being read or written
	imported []imported
	said     []string // what went wrong
}

// imported is a run that came as a file.
type imported struct {
	file string // its name
	of   client.Ref
}

// begin forgets earlier messages about files.
func (f *files) begin() { f.imported, f.said = nil, nil }

// export has the browser save each run as a file.
func (f *files) export(rows []*row) {
	f.begin()
	for _, r := range rows {
		f.busy++
		f.shell.Runs.Export(r.Ref(), func(_ []byte, err error) {
			f.busy--
			if err != nil {
				f.said = append(f.said, "“"+r.name+"” could not be exported: "+err.Error()+".")
			}
		})
	}
}

// take imports files.
func (f *files) take(all []app.Value) {
	f.begin()
	for _, file := range all {
		name := file.Get("name").String()
		f.busy++
		f.shell.Runs.Import(func() ([]byte, error) { return read(file) }, func(id string, err error) {
			f.busy--
			f.took(name, id, err)
			f.shell.Runs.Follow()
			f.shell.Storage.Look()
		})
	}
}

// took reports the outcome of a file's import.
func (f *files) took(name, id string, err error) {
	of := client.Ref{ID: id}
	switch {
	case errors.Is(err, store.ErrExists) && f.back(of): // it is in the store until it is deleted for good
		f.imported = append(f.imported, imported{name, of})
	case errors.Is(err, store.ErrExists):
		f.said = append(f.said, "The run in "+name+" is already here and was not changed.")
	case err != nil:
		f.said = append(f.said, name+": "+err.Error()+".")
	default:
		f.imported = append(f.imported, imported{name, of})
	}
}

// read reads a file that may be one of a run: what is larger is not read into memory.
func read(file app.Value) ([]byte, error) {
	if file.Get("size").Float() > store.MaxFile {
		return nil, errors.New("the file is too large to be a run")
	}
	return web.Bytes(file)
}

func (f *files) drag(over bool) {
	if f.dragging != over {
		f.shell.Dispatch(func(app.Context) { f.dragging = over })
	}
}

// onDrop takes files that were dropped on the page.
func (f *files) onDrop(transfer app.Value) {
	all := web.Listed(transfer.Get("files"))
	f.shell.Dispatch(func(app.Context) {
		f.dragging = false
		if _, listed := f.shell.Runs.Here(); listed {
			f.take(all)
		}
	})
}

func (f *files) importButton(on bool) app.UI {
	return app.Span().Body(
		app.Button().ID("import").Type("button").Disabled(!on || f.busy > 0).
			OnClick(func(app.Context, app.Event) { web.With("#import-file", func(input app.Value) { input.Call("click") }) }).
			Title("A run that was exported here or elsewhere; you can also drop its file on the page").Text("Import…"),
		app.Input().ID("import-file").Type("file").Accept(".zip").Multiple(true).Hidden(true).
			OnChange(func(_ app.Context, e app.Event) {
				input := e.Get("target")
				all := web.Listed(input.Get("files"))
				input.Set("value", "") // so that the same file can be chosen again
				f.take(all)
			}),
	)
}

func (f *files) dropHere() app.UI {
	return app.Div().Class("drop-here").Hidden(!f.dragging).Aria("hidden", true).Body(app.P().Text("Drop the file of a run to import it"))
}

// render reports the outcome of reading and writing files. onward is what to do with a run that was imported alone.
func (f *files) render(onward func(client.Ref) app.UI) app.UI {
	var parts []app.UI
	if f.busy > 0 {
		parts = append(parts, app.P().Class("notice").Text("Reading and writing runs."))
	}
	switch n := len(f.imported); {
	case n == 1:
		one := f.imported[0]
		parts = append(parts, app.P().Class("notice").Body(app.Text(one.file+" was imported. "), onward(one.of)))
	case n > 1:
		parts = append(parts, app.P().Class("notice").Text(number.Int(n)+" runs were imported."))
	}
	for _, s := range f.said {
		parts = append(parts, app.P().Class("notice").Text(s))
	}
	return app.Div().Hidden(len(parts) == 0).Body(parts...)
}

// exportButton exports one run.
func (f *files) exportButton(r *row) app.UI {
	return app.Button().ID("export-"+r.element()).Type("button").Disabled(under(r) || f.busy > 0).
		OnClick(func(app.Context, app.Event) { f.export([]*row{r}) }, app.EventScope(r.ID, r.name)).
		Title("Log, name, note and weights as one zip file").Text("Export")
}
