package client

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/run"
)

// program is the trainer's program, which runs from when it is first needed until it fails.
type program struct {
	Watched func() bool // whether the page that shows all of a run is the one on show

	dispatch func(func(app.Context)) // runs a function on the pages' goroutine
	hear     func(...run.Event)
	worker   *Worker // nil while it does not run
}

// start starts the program, unless it runs.
func (p *program) start() {
	if p.worker != nil {
		return
	}
	w := &Worker{Dispatch: p.dispatch, Seen: func() bool { return p.Watched() }}
	w.Deliver = func(events []run.Event) {
		if p.worker == w {
			p.hear(events...)
		}
	}
	p.worker = w
	w.Start(web.File("trainer.js"))
}

// leave ends the program; what comes next gets a new one.
func (p *program) leave() {
	if p.worker != nil {
		p.worker.Close()
		p.worker = nil
	}
}
