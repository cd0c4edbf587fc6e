package shell

import (
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
)

// Frame is a whole page: the header, and below it what is the page's own. path is the page's.
func (s *Shell) Frame(path string, main app.UI) app.UI {
	return app.Div().Class("page").Body(app.If(app.IsServer, func() app.UI { return app.Raw(noScript) }), header(s, path), main)
}

// noScript is for browsers that run no scripts: nothing else on the page can say so.
const noScript = `<noscript><style>#app-wasm-loader { display: none }</style><p class="failure">This page trains neural networks ` +
	`with a program in your browser, which needs JavaScript and WebAssembly. JavaScript is switched off here: allow it for this site, then reload ` +
	`the page.</p></noscript>`

func header(s *Shell, current string) app.UI {
	var links []app.UI
	for _, p := range s.pages {
		a := app.A().Href(Link(p.Path)).Text(p.Name)
		if p.Path == current {
			a = a.Aria("current", "page")
		}
		links = append(links, a)
	}
	return app.Elem("header").Class("top").Body(
		app.Span().Class("brand").Body(
			app.Raw(`<img src="`+web.File("icon.svg")+`" alt="" width="20" height="20">`), // go-app leaves an empty alt out
			app.Text("Unpool"),
		),
		app.Elem("nav").Aria("label", "Pages").Body(links...),
		underWay(&s.Trainer.View, current),
		app.Button().Type("button").Class("quiet", "theme").Disabled(!s.Ready).OnClick(s.onTheme).
			Aria("label", fmt.Sprintf("Theme: %s. Change to %s.", s.theme, s.theme.next())).
			Title("Theme: %s", s.theme).
			Body(app.Span().Class("theme-"+string(s.theme)).Aria("hidden", true)),
	)
}

// underWay says on the Train page what the trainer computes with, and elsewhere how far the run under way is.
func underWay(v *run.View, current string) app.UI {
	if r, ok := v.Recipe(); ok && current != Train && v.Phase.Active() {
		return app.A().ID("under-way").Class("tier").Href(Link(Train)).
			Text(fmt.Sprintf("%s: step %s / %s", v.Phase, number.Int(v.Step), number.Int(r.Steps)))
	}
	line := app.Span().Class("tier")
	if v.Start == nil || current != Train {
		return line
	}
	tier := strings.TrimPrefix(v.Start.Tier, "relaxed ")
	return line.Title("computed with %s", tier).Body(app.Span().Class("more").Text("computed with "), app.Text(tier))
}

// Notices are about the whole page: what being offline means, what else the page has to say, and that another
// build is ready.
func (s *Shell) Notices(offline string, others ...app.UI) app.UI {
	parts := []app.UI{app.If(s.Offline, func() app.UI { return Notice(offline) })}
	parts = append(parts, others...)
	parts = append(parts, app.If(s.updateReady, func() app.UI { return reloading("A newer version of this page is ready. ") }).Else(s.isolation.notice))
	return app.Div().Class("notices").Role("status").Body(parts...)
}

// Notice is one of them.
func Notice(text string) app.UI { return app.P().Class("notice").Text(text) }

func (s *Shell) onTheme(ctx app.Context, _ app.Event) { s.theme.set(ctx, s.theme.next()) }
