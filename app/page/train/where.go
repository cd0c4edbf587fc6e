package train

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/words"
	"unpool/core/api"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// where is the choice of where the next run is trained: in this tab, or on the site's server, if that trains. It is remembered, and so is the
// run of the server that this page follows.
type where struct {
	shell *shell.Shell
	setup *setup
	pace  *pace

	chosen protocol.Place
	looked bool
	server client.Pace // of steps there
}

// Where the browser keeps the choice, and the run that is followed.
const (
	whereKey    = "train-on"
	followedKey = "followed-run"
)

func newWhere(s *shell.Shell, of *setup, p *pace) *where {
	w := &where{shell: s, setup: of, pace: p}
	s.Trainer.There.Changed = func(id string) { w.keep(followedKey, id) }
	return w
}

// keep has the browser keep something beyond the tab's life.
func (w *where) keep(key string, what any) {
	w.shell.Dispatch(func(ctx app.Context) {
		if err := ctx.LocalStorage().Set(key, what); err != nil {
			app.Log("The choice cannot be remembered: " + err.Error()) // it lasts as long as the tab
		}
	})
}

// look takes up, once, what was chosen, and the run that was followed when the page was last left, if that is still to be trained.
func (w *where) look(ctx app.Context) {
	if w.looked {
		return
	}
	w.looked = true
	var id string
	if ctx.LocalStorage().Get(whereKey, &w.chosen) != nil || ctx.LocalStorage().Get(followedKey, &id) != nil || id == "" {
		return // nothing was kept
	}
	w.shell.Runs.Open(protocol.OnServer, func() {
		for _, r := range w.shell.Runs.All {
			under := r.Phase.Active() || r.Phase == run.Waiting
			if r.Ref() == (client.Ref{Place: protocol.OnServer, ID: id}) && under && w.shell.Trainer.View.Phase == run.Empty {
				w.shell.Trainer.There.Follow(id, r.Phase)
			}
		}
	})
}

// can reports whether the server can train the next run: not on the user's own pictures, nor on what it does not have, nor several nets by turns.
func (w *where) can() bool {
	i := w.setup.images
	if w.shell.Runs.Server.Here == nil || i.own() || len(w.setup.beside) > 0 {
		return false
	}
	set := w.setup.entry.Recipe.Dataset
	return set == recipe.MNIST || i.served.Have(set)
}

// there reports whether the next run is trained on the server.
func (w *where) there() bool { return w.chosen == protocol.OnServer && w.can() }

// name is the server as the end of a sentence.
func (w *where) name() string { return "on " + w.shell.Runs.Server.Name() }

// render is the choice, where there is one.
func (w *where) render() app.UI {
	shown := w.can() && !w.shell.Trainer.Others.Phase().Active()
	return app.Div().Class("where").Hidden(!shown).Body(app.If(shown, func() app.UI {
		r, problems := w.setup.recipe()
		here, there := "in this tab", w.name()+": "+w.shell.Runs.Server.Here.Where.String()
		if problems == nil {
			here += w.took(r)
			there += about(w.server.Of(w.shell.Runs.Server, r))
		}
		shared := firstFree(w.server.Machines)
		option := func(p protocol.Place, value, text string) app.UI {
			return app.Option().Value(value).Selected(w.chosen == p).Text(text)
		}
		return app.Div().Class("field").Body(
			app.Label().Class("name").For("where").Text("Where"),
			app.Select().ID("where").OnChange(func(_ app.Context, e app.Event) {
				w.chosen = protocol.InBrowser
				if e.Get("target").Get("value").String() == "server" {
					w.chosen = protocol.OnServer
				}
				w.keep(whereKey, w.chosen)
			}).Body(option(protocol.InBrowser, "tab", here), option(protocol.OnServer, "server", there)),
			app.P().Class("under").Hidden(shared == "" || !w.there()).Text(shared),
		)
	}))
}

// firstFree says which machines share the server's runs; "" if there is only one.
func firstFree(all []api.Worker) string {
	if len(all) < 2 {
		return ""
	}
	var names []string
	devices := map[string]int{}
	for _, one := range all {
		name := one.Name + " (" + one.Where.String()
		if devices[name]++; devices[name] == 1 {
			names = append(names, name)
		}
	}
	for i, name := range names {
		if n := devices[name]; n > 1 {
			names[i] += ", " + number.Plain(n) + " of them"
		}
		names[i] += ")"
	}
	return "Trained by the first of these that is free: " + strings.Join(names, "; ") + "."
}

// took is how long a step of a recipe takes in this tab, if that is known.
func (w *where) took(r recipe.Recipe) string {
	plan, err := r.Plan()
	if err != nil {
		return ""
	}
	return about(w.pace.step(plan, r))
}

// about says how long a step takes, if that is known.
func about(ms float64) string {
	if ms <= 0 {
		return ""
	}
	return ", about " + number.Significant(ms, 2) + " ms a step"
}

// away says what it means for a run that its server cannot be reached.
func (w *where) away() app.UI {
	server := w.shell.Runs.Server
	return app.If(server.Away && w.shell.Trainer.There.Is() && w.shell.Trainer.View.Phase.Active(), func() app.UI {
		return shell.Notice("The server, " + server.Name() + ", cannot be reached. The run is shown as of " + words.Moment(server.AsOf, time.Now()) + ".")
	})
}
