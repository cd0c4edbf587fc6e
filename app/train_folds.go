package app

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/run"
)

// folds are the parts below the charts, of which one is open at a time.
func (p *trainPage) folds() app.UI {
	return app.Section().Class("folds").Aria("label", "More").Body(
		app.Div().Class("fold-buttons").Body(
			p.foldButton(foldSettings, "All settings"),
			p.foldButton(foldTable, "Data table"),
			p.foldButton(foldExport, "Files and link"),
		),
		app.If(p.fold != "", func() app.UI {
			return app.Div().ID("fold").Class("fold").Body(
				app.If(p.fold == foldSettings, p.settings).
					ElseIf(p.fold == foldTable, p.table).
					Else(p.exports))
		}),
	)
}

func (p *trainPage) foldButton(f fold, label string) app.UI {
	return app.Button().ID("fold-"+string(f)).Type("button").Class("quiet", "disclosure").Disabled(!p.ready).
		Aria("expanded", p.fold == f).Aria("controls", "fold").
		OnClick(func(app.Context, app.Event) {
			if p.fold == f {
				f = ""
			}
			p.fold, p.copied = f, false
		}, app.EventScope(f, p.fold == f)).
		Text(label)
}

func (p *trainPage) table() app.UI {
	if len(p.view.Metrics) == 0 {
		return app.P().Class("under").Text("Each evaluation adds a row here; the first comes after the first steps of a run.")
	}
	return evaluations(&p.view)
}

func (p *trainPage) exports() app.UI {
	none := len(p.view.Metrics) == 0
	busy := p.view.Phase.Active() || p.data.reading()
	return app.Div().Class("exports").Body(
		app.Button().Type("button").Disabled(none).OnClick(p.onCSV).Text("Curves as CSV"),
		app.Button().Type("button").Disabled(none).OnClick(p.onAccuracySVG).Text("Accuracy as SVG"),
		app.Button().Type("button").Disabled(none).OnClick(p.onLossSVG).Text("Loss as SVG"),
		app.Button().ID("save").Type("button").Disabled(!p.hasState()).OnClick(p.onSave).
			Title("The run's whole state as a safetensors file").Text("Save checkpoint"),
		app.Button().Type("button").Disabled(busy).OnClick(p.onChooseFile).
			Title("Train on from a checkpoint that was saved here or by the command line").Text("Resume from a file…"),
		app.Input().ID("file").Type("file").Accept(".safetensors").Hidden(true).Disabled(busy).OnChange(p.onFile),
		app.Button().ID("copy-link").Type("button").Disabled(p.ownOnShow()).OnClick(p.onCopyLink).Text("Copy link to this recipe"),
		app.Span().Role("status").Class("under").Body(
			app.If(p.copied, func() app.UI { return app.Text("Copied.") }),
			app.If(p.ownOnShow(), func() app.UI {
				return app.Text("There is no link to this recipe: pictures of your own are on this machine only. ")
			}),
			app.If(none && !p.copied, func() app.UI { return app.Text("Curves can be exported after the first evaluation.") }),
		),
	)
}

func (p *trainPage) onCSV(ctx app.Context, _ app.Event) {
	web.Download(p.fileName()+".csv", "text/csv", p.view.CSV())
}

func (p *trainPage) onAccuracySVG(ctx app.Context, _ app.Event) {
	web.Download(p.fileName()+"-accuracy.svg", "image/svg+xml",
		figure(p.accuracySpec()).SVG("Accuracy: "+p.shown.Title))
}

func (p *trainPage) onLossSVG(ctx app.Context, _ app.Event) {
	web.Download(p.fileName()+"-loss.svg", "image/svg+xml", figure(p.lossSpec()).SVG("Loss: "+p.shown.Title))
}

func (p *trainPage) fileName() string { return "unpool-" + p.shown.Name }

// onCopyLink copies an address that carries the recipe: of the run on show, or as it stands in the settings.
func (p *trainPage) onCopyLink(ctx app.Context, _ app.Event) {
	r, ok := p.view.Recipe()
	if !ok || p.view.Phase == run.Empty {
		var problems map[string]string
		if r, problems = p.recipe(); problems != nil {
			p.fold = foldSettings
			return
		}
	}
	address := app.Window().URL()
	address.RawQuery = r.Query()
	app.Window().Get("navigator").Get("clipboard").Call("writeText", address.String())
	p.copied = true
}
