package check

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

func TestNew(t *testing.T) {
	on := true
	for _, c := range []struct {
		box  app.UI
		want []string
	}{
		{New("a", "all of them", false, true, func(bool) {}), []string{`id="a"`, "all of them", `checked="false"`, " disabled "}},
		{Of("b", "this one", &on), []string{`id="b"`, "this one", " checked ", `disabled="false"`}},
		{Choice("c", "of-three", "that one", true, func() {}), []string{`id="c"`, `type="radio"`, `name="of-three"`, "that one", " checked "}},
	} {
		html := strings.ReplaceAll(app.HTMLString(c.box), ">", " >") // attributes come in any order
		for _, w := range c.want {
			if !strings.Contains(html, w) {
				t.Errorf("it does not have %s:\n%s", w, html)
			}
		}
	}
}
