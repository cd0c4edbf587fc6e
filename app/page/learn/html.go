package learn

import (
	"fmt"
	"html"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// markup is HTML under construction. What is only to be read is written so: it takes a fraction of the program that elements of go-app do.
type markup struct{ strings.Builder }

// add writes HTML. Texts among the arguments are escaped.
func (m *markup) add(format string, args ...any) {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = html.EscapeString(text)
		}
	}
	fmt.Fprintf(m, format, args...)
}

// element is what has been written, which is one element.
func (m *markup) element() app.UI { return app.Raw(m.String()) }

// when is a text where something holds.
func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}
