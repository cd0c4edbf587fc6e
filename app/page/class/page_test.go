package class

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/shell/shelltest"
	"unpool/core/api"
)

// What the page says depends on who serves it, and to whom.
func TestStates(t *testing.T) {
	const file = `href="api/kit.zip"`
	for _, test := range []struct {
		name     string
		class    client.Class
		has, not []string
	}{
		{"before an answer", client.Class{}, []string{`data-state="asking"`}, []string{file, "class.svg"}},
		{"no answer", client.Class{Failed: true}, []string{`data-state="away"`, "asks again"}, []string{file}},
		{"no server", client.Class{Answered: true}, []string{`data-state="none"`, "serve kit DIR"}, []string{file, "class.svg", "class-open"}},
		{"this machine only", client.Class{Answered: true, State: &api.ClassState{Kit: 31_400_000}}, []string{`data-state="alone"`, "-addr 0.0.0.0:8080", file, "31.4\u202fMB"}, []string{"class.svg"}},
		{"a class", client.Class{Answered: true, State: &api.ClassState{Link: "http://192.0.2.7:8080/?token=abc&lt", Open: 29}},
			[]string{`data-state="open"`, "http://192.0.2.7:8080/?token=abc&amp;lt", "api/class.svg", "29 pages are open", "-tls", file}, nil},
		{"a class over HTTPS", client.Class{Answered: true, State: &api.ClassState{Link: "https://lab/?token=abc", Open: 1}}, []string{"1 page is open"}, []string{"-tls"}},
		{"a member", client.Class{Answered: true, State: &api.ClassState{Member: true}}, []string{`data-state="member"`}, []string{file, "class.svg", "-addr"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := shell.New([]shell.Page{Entry})
			s.Class = &test.class
			html := app.HTMLString(&Page{Shell: s})
			shelltest.Has(t, html, test.has, test.not...)
			if strings.Count(html, "<h1") != 1 {
				t.Errorf("%d titles", strings.Count(html, "<h1"))
			}
		})
	}
}
