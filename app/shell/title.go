package shell

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/words"
	"unpool/core/run"
)

// title is the tab's: the page's own, after how far the run is, for those who look at another tab meanwhile.
type title struct {
	view  *run.View
	own   string
	shown string
}

// SetTitle makes own the title of the page that is shown.
func (s *Shell) SetTitle(ctx app.Context, own string) {
	s.title.own = own
	s.title.shown = s.title.text()
	ctx.Page().SetTitle(s.title.shown)
}

// hear follows the run.
func (t *title) hear(run.Event) {
	if text := t.text(); text != t.shown && t.own != "" {
		t.shown = text
		app.Window().Get("document").Set("title", text)
	}
}

func (t *title) text() string {
	if at := words.Tab(t.view); at != "" {
		return at + " · " + t.own
	}
	return t.own
}
