// Package markup writes HTML without event handlers: it takes a fraction of the code that elements of go-app do.
package markup

import (
	"fmt"
	"html"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Markup is HTML under construction.
type Markup struct{ strings.Builder }

// Add writes HTML. Texts among the arguments are escaped.
func (m *Markup) Add(format string, args ...any) {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = html.EscapeString(text)
		}
	}
	fmt.Fprintf(m, format, args...)
}

// Element is what has been written, which is one element.
func (m *Markup) Element() app.UI { return app.Raw(m.String()) }
