package shell

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/words"
	"unpool/core/run"
)

// Tab is the tab's title: the page's own, after how far the run is, for those who look at another tab meanwhile.
type Tab struct {
	view  *run.View
	own   string
	shown string
}

// SetTitle makes own the title of the page that is shown.
func (t *Tab) SetTitle(ctx app.Context, own string) {
	t.own = own
	t.shown = t.text()
	ctx.Page().SetTitle(t.shown)
}

// hear follows the run.
func (t *Tab) hear(run.Event) {
	if text := t.text(); text != t.shown && t.own != "" {
		t.shown = text
		app.Window().Get("document").Set("title", text)
	}
}

func (t *Tab) text() string {
	if at := words.Tab(t.view); at != "" {
		return at + " · " + t.own
	}
	return t.own
}
