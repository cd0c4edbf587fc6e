// Package class is the Class page, for whoever teaches: the link for the class with its QR code and how many are connected, and the kit for a class
// without internet. It shows what the site's server says (app/client) and knows no other page.
package class

import (
	"fmt"
	"html"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/number"
)

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: shell.Class, Name: "Class", New: func(s *shell.Shell) app.Composer { return &Page{Shell: s} }}

// Page is the Class page.
type Page struct {
	app.Compo
	*shell.Shell
}

// OnNav names the page, on the server too, and follows the class while it is shown.
func (p *Page) OnNav(ctx app.Context) {
	p.Tab.SetTitle(ctx, "Class – Unpool")
	if app.IsClient {
		p.Class.Watch(p.Mounted)
	}
}

// Render shows the whole page.
func (p *Page) Render() app.UI {
	state, link, kit := says(p.Class)
	return p.Frame(shell.Class, app.Elem("main").ID("class").TabIndex(-1).Aria("labelledby", "class-title").DataSet("state", state).Body(
		p.Notices("You are offline. What you have trained is still in this browser."),
		app.Raw(intro),
		app.Elem("section").Class("panel", "prose").Aria("labelledby", "link-title").Body(
			app.Raw(`<h2 id="link-title">The class’s link</h2>`),
			app.Raw(`<div class="prose">`+link+`</div>`),
			app.If(state == "open", func() app.UI { return app.P().ID("class-open").Role("status").Text(connected(p.Class.State.Open)) }),
		),
		app.Raw(start),
		app.If(kit != "", func() app.UI { return app.Raw(without + kit + `</section>`) }),
	))
}

// says is the page's state in a word, and what it says of the link and of the kit, as HTML; "" for nothing.
func says(c *client.Class) (state, link, kit string) {
	s := c.State
	switch {
	case !c.Answered && c.Failed:
		return "away", `<p role="status">The site’s server does not answer. This page asks again every few seconds.</p>`, kitText
	case !c.Answered:
		return "asking", `<p role="status">Asking the server.</p>`, kitText
	case s == nil:
		return "none", noServer, kitText + kitByHand
	case s.Member:
		return "member", member, ""
	}
	kit = kitText + fmt.Sprintf(kitButton, number.Bytes(s.Kit))
	if s.Link == "" {
		return "alone", alone, kit
	}
	limits := ""
	if strings.HasPrefix(s.Link, "http:") {
		limits = plain
	}
	return "open", fmt.Sprintf(open, html.EscapeString(s.Link), limits), kit
}

// connected says how many are.
func connected(n int64) string {
	if n == 1 {
		return "1 page is open by this link now."
	}
	return number.Int(n) + " pages are open by this link now."
}
