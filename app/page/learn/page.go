// Package learn is the page Learn: chapters of steps, one idea each, with figures that compute with the trainer's model code. What a chapter
// says stands in public/learn (see its package chapter); the page shows it, and keeps how far the reader has come. It knows no other page.
package learn

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/markup"
	"unpool/app/web"
)

// Entry is the page as the site knows it.
var Entry = shell.Page{Path: path, Name: "Learn", New: func(s *shell.Shell) app.Composer { return New(s) }}

const path = "learn/"

// Page is the page Learn.
type Page struct {
	app.Compo
	*shell.Shell

	book    book
	read    progress
	at      place
	figures map[string]figure // by where they stand
	scene   *scene            // of the chapter on show
	keys    bool              // the arrow keys are listened to
}

// place is a step of a chapter.
type place struct {
	chapter string // "" for the list of chapters
	step    int    // from 0
}

// link is its address.
func (a place) link() string {
	if a.chapter == "" {
		return shell.Link(path)
	}
	return shell.Link(path) + "#" + a.chapter + "/" + strconv.Itoa(a.step+1)
}

// placeOf reads the part of an address after #.
func placeOf(fragment string) place {
	name, step, _ := strings.Cut(fragment, "/")
	n, _ := strconv.Atoi(step) // the first step where there is none
	return place{name, max(0, n-1)}
}

// New makes the page of a tab.
func New(s *shell.Shell) *Page {
	p := &Page{Shell: s, figures: map[string]figure{}}
	p.book.shell = s
	return p
}

// OnNav names the page, on the server too, and goes to the step of the address.
func (p *Page) OnNav(ctx app.Context) {
	p.Tab.SetTitle(ctx, "Learn – Unpool")
	if app.IsServer {
		return
	}
	p.read.restore(ctx)
	p.listen(ctx)
	to := placeOf(ctx.Page().URL().Fragment)
	moved := to != p.at
	p.at = to
	p.book.load(func() { p.Dispatch(p.arrive) }) // before the chapters are drawn
	if p.book.chapters != nil && moved {
		p.arrive(ctx)
		p.AfterDrawing(func() {
			app.Window().Call("scrollTo", 0, 0)
			shell.Focus("step-title")
			web.With(".strip-layers [aria-current]", func(e app.Value) { e.Call("scrollIntoView", map[string]any{"block": "nearest", "inline": "center"}) })
		})
	}
}

// arrive takes up that another step is shown.
func (p *Page) arrive(ctx app.Context) {
	c := p.chapter()
	if c == nil {
		return
	}
	p.at.step = min(p.at.step, len(c.Steps)-1)
	p.read.mark(ctx, p.at)
	p.Tab.SetTitle(ctx, plain(c.Steps[p.at.step].Title)+" – Learn – Unpool")
	if c.Run != "" && (p.scene == nil || p.scene.chapter != c) {
		p.scene = newScene(p.Shell, c, p.scene)
	}
	p.begin(c)
}

// chapter is the one on show; nil for the list of chapters.
func (p *Page) chapter() *chapter.Chapter { return p.book.find(p.at.chapter) }

// begin has the step's figures ask for what they show.
func (p *Page) begin(c *chapter.Chapter) {
	if c.Run != "" {
		p.scene.begin()
	}
	for i, part := range c.Steps[p.at.step].Parts {
		if part.Figure != nil {
			p.figure(i, part.Figure).begin()
		}
	}
}

// listen has the arrow keys turn pages, unless they are for what has the focus.
func (p *Page) listen(app.Context) {
	if p.keys {
		return
	}
	p.keys = true
	app.Window().Get("document").Call("addEventListener", "keydown", app.FuncOf(func(_ app.Value, args []app.Value) any {
		e := args[0]
		by := map[string]int{"ArrowLeft": -1, "ArrowRight": 1}[e.Get("key").String()]
		for _, held := range []string{"altKey", "ctrlKey", "metaKey", "shiftKey"} {
			if e.Get(held).Bool() {
				by = 0
			}
		}
		if by == 0 || !p.Mounted() || e.Get("target").Call("closest", "input, select, textarea, [role=slider], [role=application], pre, .sideways").Truthy() {
			return nil
		}
		p.Dispatch(func(ctx app.Context) {
			if to, ok := p.neighbour(by); ok {
				shell.Go(ctx, to.link())
			}
		})
		return nil
	}))
}

// neighbour is the step before or after the one on show, possibly in another chapter.
func (p *Page) neighbour(by int) (place, bool) {
	c := p.chapter()
	if c == nil {
		return place{}, false
	}
	if to := p.at.step + by; to >= 0 && to < len(c.Steps) {
		return place{c.Name, to}, true
	}
	other := p.book.beside(c, by)
	switch {
	case other == nil:
		return place{}, false
	case by < 0:
		return place{other.Name, len(other.Steps) - 1}, true
	}
	return place{other.Name, 0}, true
}

// Render shows the whole page.
func (p *Page) Render() app.UI {
	state, body := "ready", p.contents
	switch c := p.chapter(); {
	case p.book.failed != nil:
		state, body = "failed", func() app.UI { return failure(p.book.failed) }
	case p.book.chapters == nil:
		state, body = "loading", loading
	case c != nil:
		body = func() app.UI { return p.step(c) }
	}
	return p.Frame(path,
		app.Elem("main").ID("learn").TabIndex(-1).Aria("labelledby", "step-title").DataSet("state", state).Body(
			p.Notices("You are offline. What this browser has stored can still be read."),
			body(),
		),
	)
}

func loading() app.UI {
	return app.Raw(`<div class="prose"><h1 id="step-title" tabindex="-1">Learn</h1><p role="status">Loading the chapters.</p></div>`)
}

func failure(err error) app.UI {
	var m markup.Markup
	m.Add(`<div class="failure" role="alert"><h1 id="step-title" tabindex="-1">The chapters cannot be read</h1><p>Check the connection, then reload the page.</p>`+
		`<details><summary>Details</summary><pre>%s</pre></details></div>`, err.Error())
	return m.Element()
}
