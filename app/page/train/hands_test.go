package train

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/models"
)

// What a user does to the page. What comes of it the tests read from what the page shows; e2e has the presses themselves.

// pick chooses a net of the menu.
func (p *Page) pick(t *testing.T, name string) {
	t.Helper()
	e, err := models.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	p.setup.set(e, e.Recipe)
}

// write writes into the field of a setting.
func (p *Page) write(setting, text string) { p.setup.typed(setting, text) }

// unfold opens a part of the page that is closed.
func (p *Page) unfold(f fold) { p.folds.open = f }

func (p *Page) html() string { return app.HTMLString(p) }
