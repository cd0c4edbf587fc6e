package learn

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/models"
)

// table is the chapter's net in numbers.
type table struct{ page *Page }

func (f table) begin() {}

func (f table) render() app.UI {
	p := f.page.chapter().Plan
	rows := [][]string{{"Layer", "Output", "Parameters", "Multiply-adds", "Receptive field"}}
	for l := range p.All() {
		rows = append(rows, []string{l.Name, chapter.Times(l.Out), number.Int(l.Parameters()), number.Int(l.Forward), chapter.Sees(l)})
	}
	return inNumbers("The net in numbers", append(rows, []string{"all", "", number.Int(p.Parameters()), number.Int(p.Forward()), ""}), " total-row")
}

// nets are some nets of the catalog in numbers.
type nets struct {
	page  *Page
	names []string
}

func (nets) begin() {}

func (f nets) render() app.UI {
	rows := [][]string{{"Net", "Parameters", "Multiply-adds", "Test accuracy"}}
	for _, name := range f.names {
		e, err := models.Find(name)
		if err != nil {
			continue // a test reads all chapters
		}
		plan, err := e.Recipe.Plan()
		if err != nil {
			continue
		}
		rows = append(rows, []string{e.Title, number.Int(plan.Parameters()), number.Int(plan.Forward()), f.page.book.results[name].Share()})
	}
	return inNumbers("The nets in numbers", rows, "")
}

// inNumbers is a table, with its head first; the class is the last row's.
func inNumbers(label string, rows [][]string, last string) app.UI {
	var m markup.Markup
	m.Add(`<div class="sideways" tabindex="0" role="region" aria-label="%s"><table class="net-table"><thead>`, label)
	for i, row := range rows {
		m.Add(`<tr class="one%s">`, when(i == len(rows)-1, last))
		for j, text := range row {
			switch {
			case i == 0:
				m.Add(`<th scope="col">%s</th>`, text)
			case j == 0:
				m.Add(`<th scope="row">%s</th>`, text)
			default:
				m.Add(`<td>%s</td>`, text)
			}
		}
		m.WriteString("</tr>" + when(i == 0, "</thead><tbody>"))
	}
	m.Add(`</tbody></table></div>`)
	return m.Element()
}
