package client

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// program is the trainer's program, which runs from when it is first needed until it ends, for whatever reason.
type program struct {
	watching []func() bool // whether a page that shows at once what the trainer says is the one on show

	dispatch func(func(app.Context)) // runs a function on the pages' goroutine
	calls    *calls                  // nil while it does not run
}

// start starts the program, unless it runs.
func (p *program) start() {
	if p.calls != nil {
		return
	}
	c := &calls{dispatch: p.dispatch, seen: p.watched}
	w := load(web.Trainer(), c)
	c.lost = func() {
		w.end()
		p.calls = nil
	}
	c.begin()
	p.calls = c
}

// Watch has answers come at once while a page says that it is on show.
func (p *program) Watch(shown func() bool) { p.watching = append(p.watching, shown) }

func (p *program) watched() bool {
	return slices.ContainsFunc(p.watching, func(shown func() bool) bool { return shown() })
}

// leave ends the program; the next call gets a new one.
func (p *program) leave() {
	if p.calls != nil {
		p.calls.close()
	}
}
