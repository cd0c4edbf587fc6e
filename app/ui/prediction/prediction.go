// Package prediction asks the reader what will come out, before a result is shown.
package prediction

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/markup"
)

// Question is what is asked, and what is said after it.
type Question struct {
	ID      string // of its elements, in front
	Text    string
	Choices []string
	Right   int    // of the choices; -1 while it is not known
	Because string // why
	Guess   int    // the choice that the reader took; -1 before
}

// Ask asks. choose takes up the reader's choice, once.
func Ask(q Question, choose func(ctx app.Context, choice int)) app.UI {
	says := "Answer to see the result."
	switch {
	case q.Guess < 0:
	case q.Right < 0:
		says = "The result is being computed."
	case q.Guess == q.Right:
		says = "Right. " + q.Because
	default:
		says = "Not quite. " + q.Because
	}
	var m markup.Markup
	m.Add(`<div class="prediction" role="group" aria-labelledby="%s-question"><p id="%[1]s-question" class="prediction-question">%s</p><div class="choices">`,
		q.ID, q.Text)
	for i, text := range q.Choices {
		class := ""
		switch {
		case q.Guess >= 0 && i == q.Right:
			class, text = "right", "✓ "+text
		case q.Right >= 0 && i == q.Guess:
			class, text = "not-right", "✗ "+text
		}
		m.Add(`<button type="button" id="%s-choice-%d" data-choice="%[2]d" class="%s" aria-disabled="%t">%s</button>`, q.ID, i+1, class, q.Guess >= 0, text)
	}
	m.Add(`</div><p id="%s-says" role="status">%s</p></div>`, q.ID, says)
	return app.Div().OnClick(func(ctx app.Context, e app.Event) {
		choice, err := strconv.Atoi(e.Get("target").Get("dataset").Get("choice").String())
		if err == nil && q.Guess < 0 {
			choose(ctx, choice-1)
		}
	}, app.EventScope(q.ID, q.Guess)).Body(m.Element())
}
