// Package shell is what the pages of one tab share: the document around them with its header, theme and notices, the trainer,
// the runs that are kept, and the list of pages. It knows a page only by its Page.
package shell

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/web"
	"unpool/core/run"
)

// Shell is embedded in every page. It lives as long as the tab's document, so that training continues while another page is
// shown.
type Shell struct {
	Trainer *client.Trainer
	Runs    *client.Runs
	Sweeps  *client.Sweeps
	Storage *client.Storage
	Class   *client.Class
	Tab     Tab
	Ready   bool // the program runs: before, the server's copy of a page has no working buttons
	Offline bool
	Digit   []byte    // that was drawn on Learn and can be looked at inside; nil for none
	Beside  *run.View // whose curves are drawn behind those of the next run; nil for the run that was on show before

	ctx         app.Context // of the page on show: an event's ends with the button that it came from
	pages       []Page
	theme       theme
	updateReady bool
	isolation   isolation
	followed    bool // a link with a recipe has just been followed

	waiting []func(app.Context) // dispatched, and not yet run
}

// Drawn is what a link to Look inside calls the Digit, in the place of a test image's number.
const Drawn = "drawn"

// New returns what the pages share.
func New(pages []Page) *Shell {
	s := &Shell{pages: pages, theme: themeAuto}
	s.Trainer = client.NewTrainer(s.Dispatch)
	s.Runs, s.Storage = client.NewRuns(client.OpenStore, client.Site(), s.Dispatch), client.NewStorage(s.Dispatch)
	s.Sweeps, s.Class = client.NewSweeps(s.Runs.Server), client.NewClass(s.Dispatch)
	s.Tab.view, s.isolation.trainer = &s.Trainer.View, s.Trainer
	s.Trainer.Listen(s.Storage.Hear)
	s.Trainer.Listen(s.Tab.hear)
	s.Trainer.There.Server = s.Runs.Server
	return s
}

// OnMount takes over from the server's copy of the page, or from the page that was on show before.
func (s *Shell) OnMount(ctx app.Context) {
	s.ctx = ctx
	if s.Ready {
		showFromTheTop()
	} else {
		s.Ready = true
		s.theme.restore(ctx)
		s.isolation.begin(s.Dispatch)
		s.Class.Begin()
		s.listenForUpdates()
		keepArrowKeys()
		s.Offline = app.Window().Get("navigator").Get("onLine").Equal(app.ValueOf(false))
		s.listen(app.Window(), "offline", func() { s.Offline = true })
		s.listen(app.Window(), "online", func() { s.Offline = false })
		s.listen(app.Window().Call("matchMedia", "(prefers-color-scheme: dark)"), "change", func() {})
	}
	s.runWaiting(ctx)
}

// listenForUpdates learns that the service worker of another build has taken over, and has all of that build's files. The page's head notes it.
// go-app's OnAppUpdate misses an update that is found before go-app has registered its own service worker, which can take a minute.
func (s *Shell) listenForUpdates() {
	look := func() {
		s.updateReady = app.Window().Get("document").Get("documentElement").Get("dataset").Get("update").String() == "true"
	}
	look()
	s.listen(app.Window(), "update", look)
}

// Dispatch runs f on the pages' goroutine, with the page that is on show by then, and redraws that page. What a
// page that is just being left would have run is run by its successor, so nothing is lost. What f itself dispatches
// runs before the page is drawn: no page is ever drawn with half of a change.
func (s *Shell) Dispatch(f func(app.Context)) {
	s.waiting = append(s.waiting, f)
	s.ctx.Dispatch(s.runWaiting)
}

func (s *Shell) runWaiting(ctx app.Context) {
	for len(s.waiting) > 0 {
		f := s.waiting[0]
		s.waiting = s.waiting[1:]
		f(ctx)
	}
}

// AfterDrawing runs f when what has changed has been drawn.
func (s *Shell) AfterDrawing(f func()) { s.ctx.Defer(func(app.Context) { f() }) }

// listen calls handle, on the pages' goroutine, when target has the event.
func (s *Shell) listen(target app.Value, name string, handle func()) {
	target.Call("addEventListener", name, app.FuncOf(func(app.Value, []app.Value) any {
		s.Dispatch(func(app.Context) { handle() })
		return nil
	}))
}

// Fetch gets a text of this site and passes it, or the error, to done on the pages' goroutine.
func (s *Shell) Fetch(address string, done func(text string, err error)) {
	go func() {
		text, err := web.Text(address)
		s.Dispatch(func(app.Context) { done(text, err) })
	}()
}

// Dark reports whether the page is dark now.
func (s *Shell) Dark() bool { return s.theme.dark() }

// OnFollow is for links with a recipe: the Train page then takes it, even if it has taken the same before and its settings have
// been changed since.
func (s *Shell) OnFollow(app.Context, app.Event) { s.followed = true }

// Followed reports, once, whether such a link has been followed.
func (s *Shell) Followed() bool {
	followed := s.followed
	s.followed = false
	return followed
}
