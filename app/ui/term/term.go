// Package term explains the words of the field where a page uses them. It knows no page.
package term

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// terms are the field's words, each explained in a sentence or two where the page first uses it.
var terms = map[string]string{
	"accuracy": "The share of images that the net classifies correctly, here of images that it has never been trained on. " +
		"On a sample of 1\u202f000, chance alone moves it by about half a point.",
	"loss": "How surprised the net is by the right answers: the mean cross-entropy, in nats. 0 is certain and right; " +
		"guessing gives the logarithm of the number of classes, 2.30 for ten. Training makes it smaller.",
	"step": "One training step shows the net one batch of images and moves every weight a little in the direction that makes " +
		"the loss of that batch smaller.",
	"rate": "How far each step moves the weights. Too small and learning crawls; too large and the loss jumps about or becomes " +
		"infinite.",
}

// Word is a word, by its name here, whose dotted underline opens its explanation.
func Word(name, word string) app.UI { return Explained(name, word, terms[name]) }

// Explained shows text when word is pressed. The browser opens and closes it, also by keyboard (Popover API).
func Explained(name, word, text string) app.UI {
	id := "term-" + name
	return app.Span().Class("explained").Body(
		app.Button().Type("button").Class("term").Attr("popovertarget", id).Text(word),
		app.Span().ID(id).Class("explanation").Attr("popover", "auto").Text(text),
	)
}
