// Package shelltest draws pages for their tests, whose goroutine is the pages'.
package shelltest

import (
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// patience is how long a page may take to show what it is to show.
const patience = 10 * time.Second

// Until runs what has been dispatched, and draws the page each time, until it has a text. It returns the page then.
func Until(t *testing.T, page app.UI, dispatched <-chan func(app.Context), want string) string {
	t.Helper()
	late := time.After(patience)
	for {
		html := app.HTMLString(page)
		if strings.Contains(html, want) {
			return html
		}
		select {
		case f := <-dispatched:
			f(app.Context{})
		case <-late:
			t.Fatalf("the page never has %s\n%s", want, html)
		}
	}
}

// Has checks that a page has some texts, and not others.
func Has(t *testing.T, html string, want []string, not ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(html, w) {
			t.Errorf("the page does not have %s", w)
		}
	}
	for _, n := range not {
		if strings.Contains(html, n) {
			t.Errorf("the page has %s", n)
		}
	}
}
