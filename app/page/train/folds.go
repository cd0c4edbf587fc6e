package train

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// fold is a part below the charts.
type fold string

const (
	foldSettings fold = "settings"
	foldTable    fold = "table"
	foldExport   fold = "export"
)

// folds are those parts, of which one is open at a time.
type folds struct {
	open    fold // "" for none
	changed func()
}

// render shows the buttons and what is open, which parts draw.
func (f *folds) render(ready bool, parts map[fold]func() app.UI) app.UI {
	return app.Elem("section").Class("folds").Aria("label", "More").Body(
		app.Div().Class("fold-buttons").Body(
			f.button(foldSettings, "All settings", ready),
			f.button(foldTable, "Data table", ready),
			f.button(foldExport, "Files and link", ready),
		),
		app.If(f.open != "", func() app.UI { return app.Div().ID("fold").Class("fold").Body(parts[f.open]()) }),
	)
}

func (f *folds) button(of fold, label string, ready bool) app.UI {
	return app.Button().ID("fold-"+string(of)).Type("button").Class("quiet", "disclosure").Disabled(!ready).
		Aria("expanded", f.open == of).Aria("controls", "fold").
		OnClick(func(app.Context, app.Event) { f.toggle(of) }, app.EventScope(of)).
		Text(label)
}

// toggle opens a part, or closes it if it is open.
func (f *folds) toggle(of fold) {
	if f.open == of {
		of = ""
	}
	f.open = of
	f.changed()
}
