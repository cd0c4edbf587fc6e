package learn

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/core/number"
)

// table is the chapter's net in numbers.
type table struct{ page *Page }

func (f table) begin() {}

func (f table) render() app.UI {
	p := f.page.chapter().Plan
	var m markup
	m.add(`<div class="sideways" tabindex="0" role="region" aria-label="The net in numbers"><table class="net-table"><thead><tr>`)
	for _, h := range []string{"Layer", "Output", "Parameters", "Multiply-adds", "Receptive field"} {
		m.add(`<th scope="col">%s</th>`, h)
	}
	m.add(`</tr></thead><tbody>`)
	const row = `<tr class="%s"><th scope="row">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>`
	for l := range p.All() {
		m.add(row, "one", l.Name, chapter.Times(l.Out), number.Int(l.Parameters()), number.Int(l.Forward), chapter.Sees(l))
	}
	m.add(row+`</tbody></table></div>`, "total-row", "all", "", number.Int(p.Parameters()), number.Int(p.Forward()), "")
	return m.element()
}
