package shell

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// halves is a page with two things that belong together.
type halves struct {
	app.Compo
	shell         Shell
	first, second bool
	drawn         []bool // of each drawing: whether the two were the same
}

func (h *halves) OnPreRender(ctx app.Context) { h.shell.ctx = ctx }

func (h *halves) Render() app.UI {
	h.drawn = append(h.drawn, h.first == h.second)
	return app.Div()
}

// What runs on the pages' goroutine may dispatch its second half: the page is not drawn between the two.
func TestDispatchedWithinDispatched(t *testing.T) {
	engine := app.NewTestEngine()
	var page halves
	if err := engine.Load(&page); err != nil {
		t.Fatal(err)
	}
	engine.ConsumeAll()
	page.shell.Dispatch(func(app.Context) {
		page.first = true
		page.shell.Dispatch(func(app.Context) { page.second = true })
	})
	for range 2 { // one turn of the loop each, with a drawing after it
		engine.ConsumeNext()
	}
	engine.ConsumeAll()
	if !page.second || len(page.drawn) < 2 {
		t.Fatalf("drawn %d times, and the second half has happened: %t", len(page.drawn), page.second)
	}
	for i, whole := range page.drawn {
		if !whole {
			t.Errorf("drawing %d shows half of the change", i+1)
		}
	}
}
