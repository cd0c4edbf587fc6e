package learn

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/markup"
	"unpool/app/web"
)

// source shows a declaration of models/nn, the model code itself, whose files lie beside the chapters.
type source struct {
	shell          *shell.Shell
	id, file, name string

	text   string
	failed error
	begun  bool
}

func (f *source) begin() {
	if f.begun {
		return
	}
	f.begun = true
	f.shell.Fetch(web.File("learn/nn/"+f.file+".txt"), func(text string, err error) {
		f.text, f.failed, f.begun = declaration(text, f.name), err, err == nil
	})
}

func (f *source) render() app.UI {
	var m markup.Markup
	m.Add(`<details id="%s" class="source"><summary>The Go code that computes this: models/nn/%s</summary>`, f.id, f.file)
	if f.failed != nil {
		m.Add(`<p class="problem">The source cannot be loaded: %s. Come back to this step when there is a connection.</p>`, f.failed.Error())
	}
	m.WriteString(`<pre class="listing" tabindex="0"><code>` + coloured(f.text) + `</code></pre></details>`)
	return m.Element()
}

// declaration is the function of a name in a Go file, with the comment above it; "" if there is none.
func declaration(text, name string) string {
	var comment []string
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "//") {
			comment = append(comment, l)
			continue
		}
		if strings.HasPrefix(l, "func "+name+"(") || strings.HasPrefix(l, "func (") && strings.Contains(l, ") "+name+"(") {
			end := i
			for end < len(lines)-1 && lines[end] != "}" {
				end++
			}
			return strings.Join(append(comment, lines[i:end+1]...), "\n")
		}
		comment = nil
	}
	return ""
}

// coloured is Go source as HTML in which comments stand out.
func coloured(text string) string {
	var m markup.Markup
	for l := range strings.Lines(text) {
		if code, comment, some := strings.Cut(l, "//"); some {
			m.Add(`%s<span class="comment">//%s</span>`, code, comment)
		} else {
			m.Add("%s", l)
		}
	}
	return m.String()
}
