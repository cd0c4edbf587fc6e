package e2e

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"unpool/internal/browser"
)

//go:embed testdata/layout.js
var layoutJS string

// screen is a size of the page in CSS pixels, and how it is read there.
type screen struct {
	width, height int64
	text          string // the root's font size
	forced        bool   // the reader's own colours
}

func (s screen) String() string {
	name := fmt.Sprintf("%d×%d, text at %s", s.width, s.height, s.text)
	if s.forced {
		name += ", forced colours"
	}
	return name
}

// screens are phones, tablets and desks, a phone on its side, and a desk at 400 %, all at two sizes of text; and a desk in forced colours.
func screens() []screen {
	var all []screen
	for _, size := range [][2]int64{{320, 640}, {390, 844}, {768, 1024}, {900, 900}, {1280, 900}, {1920, 1080}, {844, 390}, {320, 256}} {
		for _, text := range []string{"100%", "200%"} {
			all = append(all, screen{size[0], size[1], text, false})
		}
	}
	return append(all, screen{1280, 900, "100%", true})
}

// Every page in each of its states fits on every screen, and can be used by everybody.
func TestEveryState(t *testing.T) {
	site := start(t)
	for _, to := range tours(t, site) {
		t.Run(to.page, func(t *testing.T) {
			t.Parallel()
			tab := browser.OpenFor(t, 2*browser.Patience)
			for _, state := range to.states {
				tab.Look(1280, 900, false)
				state.show(tab)
				everybody(t, tab, state.name)
			}
		})
	}
}

// everybody checks that the page that is shown fits on every screen, and can be used by everybody.
func everybody(t *testing.T, tab *browser.Tab, state string) {
	t.Helper()
	fits(t, tab, state)
	accessible(t, tab, state)
}

// fits checks that nothing lies outside the screen or over other text or is cut off, that no column has one letter per line, and that bars which
// stay where they are leave room for the page.
func fits(t *testing.T, tab *browser.Tab, state string) {
	t.Helper()
	for _, s := range screens() {
		tab.Look(s.width, s.height, false)
		if s.forced {
			tab.ForceColours()
		}
		browser.Eval[any](tab, fmt.Sprintf("void (document.documentElement.style.fontSize = %q)", s.text))
		for _, problem := range browser.Await[[]string](tab, fmt.Sprintf("(%s)(%v)", strings.TrimSuffix(strings.TrimSpace(layoutJS), ";"), s.forced)) {
			t.Errorf("%s, %v: %s", state, s, problem)
		}
	}
	browser.Eval[any](tab, "void (document.documentElement.style.fontSize = '')")
	tab.Look(1280, 900, false)
}

// While numbers change, readings and their units stay where they are.
func TestReadingsStandStill(t *testing.T) {
	tab := browser.Open(t)
	tab.Look(1280, 900, false)
	tab.Go(address(t, start(t), 300, 30))
	tab.Click("#train")
	tab.Wait(stateIs("training")+" && "+stepShownJS+" > 0", later)
	browser.Eval[any](tab, `void (window.places = {}, (function look() {
		for (const e of document.querySelectorAll(".reading, .steps .unit, .main .unit, .speed .unit")) {
			if (document.querySelector("#status").dataset.state !== "training") continue;
			const at = e.getBoundingClientRect(), name = e.parentElement.parentElement.className + "/" + e.className;
			(places[name] ??= new Set()).add(Math.round(at.left));
		}
		requestAnimationFrame(look);
	})())`)
	tab.Wait(stateIs("done"), later)
	for name, places := range browser.Eval[map[string][]int](tab, "Object.fromEntries(Object.entries(places).map(([name, all]) => [name, [...all]]))") {
		if len(places) != 1 {
			t.Errorf("%s moves sideways: %v", name, places)
		}
	}
}
