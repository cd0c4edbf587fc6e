package train

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/words"
	"unpool/app/web"
)

// exports are what can be exported from a run: its curves, its state, and a link to its recipe.
type exports struct {
	shown   *shown
	trainer *client.Trainer
	open    func(file app.Value)             // resumes from a checkpoint
	link    func() (address string, ok bool) // to the recipe

	copied bool
	byHand string // a link that the browser does not let the page copy
}

func (x *exports) render() app.UI {
	none := len(x.trainer.View.Metrics) == 0
	busy := x.trainer.View.Phase.Active() || x.trainer.Data.Reading()
	return app.Div().Class("exports").Body(
		app.Button().Type("button").Disabled(none).OnClick(x.onCSV).Text("Curves as CSV"),
		app.Button().ID("save").Type("button").Disabled(!x.trainer.HasState()).
			OnClick(func(app.Context, app.Event) { x.trainer.Save() }).
			Title("The run's complete state as a safetensors file").Text("Save checkpoint"),
		app.Button().Type("button").Disabled(busy).OnClick(x.onChoose).
			Title("Resume training from a checkpoint that was saved here or on the command line").Text("Resume from a file…"),
		app.Input().ID("file").Type("file").Accept(".safetensors").Hidden(true).Disabled(busy).OnChange(x.onFile),
		app.Button().ID("copy-link").Type("button").Disabled(x.shown.own()).
			OnClick(x.onCopy).Text("Copy link to these settings"),
		app.If(x.task() != "", func() app.UI {
			return app.A().ID("make-task").Class("button").Href(x.task()).Text("Make a task of these settings")
		}),
		app.Span().Role("status").Class("under").Body(
			app.If(x.copied, func() app.UI { return app.Text("Copied. " + x.carries()) }),
			app.If(x.shown.own(), func() app.UI {
				return app.Text("These settings have no link: your own pictures are only on this machine. ")
			}),
			app.If(x.byHand != "", func() app.UI { return x.offer() }),
			app.If(none && !x.copied && x.byHand == "", func() app.UI { return app.Text("Curves can be exported after the first evaluation.") }),
		),
	)
}

// task is the address of the Class page with the settings, to make a task of them; "" where there can be none.
func (x *exports) task() string {
	r, problems := x.shown.setup.recipe() // not the run's: what has been set since is meant
	if x.shown.own() || x.shown.setup.task != nil || len(problems) > 0 || r.Validate() != nil {
		return ""
	}
	return shell.Link(shell.Class) + "?" + r.Query()
}

// carries says what the link promises; nothing before there is a run.
func (x *exports) carries() string {
	if x.trainer.View.Start == nil {
		return ""
	}
	return words.Carries(&x.trainer.View)
}

func (x *exports) name() string { return "unpool-" + x.shown.entry.Name }

func (x *exports) onCSV(app.Context, app.Event) {
	web.Download(x.name()+".csv", "text/csv", x.trainer.View.CSV())
}

// onCopy copies a link to the recipe.
func (x *exports) onCopy(ctx app.Context, _ app.Event) {
	x.forget()
	address, ok := x.link()
	if !ok {
		return
	}
	ctx.Async(func() {
		err := web.Copy(address)
		ctx.Dispatch(func(app.Context) {
			if x.copied = err == nil; !x.copied {
				x.byHand = address
			}
		})
	})
}

// forget removes the message about a link.
func (x *exports) forget() { x.copied, x.byHand = false, "" }

// offer shows the link, for the user to copy.
func (x *exports) offer() app.UI {
	return app.Label().Class("by-hand").Body(
		app.Text("This browser does not let the page copy. Copy the link from here:"),
		app.Input().ID("link").Type("text").ReadOnly(true).Value(x.byHand).
			OnFocus(func(_ app.Context, e app.Event) { e.Get("target").Call("select") }),
	)
}

// onChoose lets the user choose a checkpoint.
func (x *exports) onChoose(app.Context, app.Event) {
	web.With("#file", func(input app.Value) { input.Call("click") })
}

// onFile resumes from the checkpoint that the user chose.
func (x *exports) onFile(_ app.Context, e app.Event) {
	input := e.Get("target")
	if file := input.Get("files").Index(0); file.Truthy() {
		x.open(file)
		input.Set("value", "") // so that the same file can be chosen again
	}
}
