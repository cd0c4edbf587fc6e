package client

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/run"
)

// Storage is the room that the browser grants this site, and whether it may take it back.
type Storage struct {
	Used, Granted int64 // bytes; 0 where the browser does not say
	Lasting       bool  // what is kept stays until the user deletes it

	dispatch func(func(app.Context))
}

// NewStorage returns a storage that nobody has asked for. dispatch runs a function on the pages' goroutine.
func NewStorage(dispatch func(func(app.Context))) *Storage { return &Storage{dispatch: dispatch} }

// Look asks the browser.
func (s *Storage) Look() { s.ask("persisted") }

// Hear asks the browser to keep what is stored for good when a first run is done: then there is something to lose, and those
// browsers that ask their users back ask them at a moment when they know what it is about.
func (s *Storage) Hear(e run.Event) {
	if end, ok := e.(*run.End); ok && end.Status == run.Done && !s.Lasting {
		s.ask("persist")
	}
}

// ask asks by a method of navigator.storage whether what is kept is lasting, and how much there is.
func (s *Storage) ask(method string) {
	manager := app.Window().Get("navigator").Get("storage")
	if !manager.Truthy() { // where the page does not come over a secure connection
		return
	}
	promise := func(name string) (app.Value, bool) {
		got, err := web.Settled(func(done, failed app.Func) { manager.Call(name).Call("then", done, failed) })
		return got, err == nil
	}
	go func() {
		lasting, known := promise(method)
		estimate, measured := promise("estimate")
		s.dispatch(func(app.Context) {
			s.Lasting = known && lasting.Bool()
			if measured {
				s.Used, s.Granted = int64(estimate.Get("usage").Float()), int64(estimate.Get("quota").Float())
			}
		})
	}()
}
