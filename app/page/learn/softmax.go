package learn

import (
	"math"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/core/protocol"
)

// softmax shows what logits come to: probabilities, the loss, and its gradient.
type softmax struct {
	knob
	question
	shell *shell.Shell

	answer *protocol.Loss
	have   protocol.Logits // that the answer is about
}

func newSoftmax(s *shell.Shell, id string, of *chapter.Figure) *softmax {
	f := &softmax{shell: s}
	f.knob = newKnob(id, of, f.begin)
	return f
}

// begin asks for the loss.
func (f *softmax) begin() {
	with, err := f.of.Softmax.With(f.value)
	if err != nil {
		app.Log(f.id + ": " + err.Error()) // a test reads all chapters
		return
	}
	ask(&f.question, f.shell, protocol.AskLoss, with, func(a *protocol.Loss) { f.answer, f.have = a, with })
}

func (f *softmax) render() app.UI {
	return panel(f.id, f.of.Title,
		f.prediction(),
		f.slider(),
		f.state(f.answer != nil),
		f.table(),
	)
}

// table has a row for each class.
func (f *softmax) table() app.UI {
	if f.answer == nil {
		return app.Text("")
	}
	hidden := func(text string) string {
		if f.hides() {
			return "?"
		}
		return text
	}
	var m markup.Markup
	m.Add(`<div><div class="sideways" tabindex="0" role="region" aria-label="The classes"><table id="%s-table" class="softmax"><thead><tr><th scope="col">Class</th><th scope="col" class="number">Logit</th>`+
		`<th scope="col">Probability</th><th scope="col" class="number">Gradient</th></tr></thead><tbody>`, f.id)
	for i, class := range f.of.Softmax.Classes {
		p := float64(f.answer.Probabilities[i])
		m.Add(`<tr><th scope="row">%s</th><td class="number" data-part="z">%s</td>`, class+when(i == f.have.Label, " (right)"), signed(float64(f.have.Logits[i])))
		m.Add(`<td class="share" data-part="p"><span class="bar" aria-hidden="true" style="width: %.1f%%"%s></span>%s</td>`, 100*p, when(f.hides(), " hidden"), hidden(number.Share(p)))
		m.Add(`<td class="number" data-part="g">%s</td></tr>`, hidden(signed(rounded(f.answer.Gradient[i]))))
	}
	m.Add(`</tbody></table></div><p id="%s-value" class="sum-text" data-part="L" role="status">Loss: %s</p></div>`, f.id,
		hidden("−ln "+number.Significant(float64(f.answer.Probabilities[f.have.Label]), 3)+" = "+number.Loss(float64(f.answer.Loss))+" nats"))
	return m.Element()
}

// rounded is a number to thousandths.
func rounded(x float32) float64 { return math.Round(float64(x)*1000) / 1000 }
