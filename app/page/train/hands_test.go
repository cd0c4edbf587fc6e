package train

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/builder"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
	"unpool/models/net"
)

// What a user does to the page, what it is told, and what it shows. Only here do tests touch what the page consists of: the outcome they
// read from what is shown; e2e has the presses themselves.

// pick chooses a net of the menu.
func (p *Page) pick(t *testing.T, name string) {
	t.Helper()
	e, err := models.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	p.setup.set(e, e.Recipe)
}

// write writes into the field of a setting.
func (p *Page) write(setting, text string) { p.setup.typed(setting, text) }

// build writes into the field of an option of the net's first layer in the builder, and undo presses its Undo.
func (p *Page) build(option, text string) {
	p.setup.net.Choose(builder.Path{0})
	first, _ := p.setup.net.Chosen()
	for _, o := range net.Options(first) {
		if o.Name == option {
			p.setup.net.Set(o, text)
		}
	}
}

func (p *Page) undo() {
	p.setup.net.Undo()
	p.setup.change("net", p.setup.net.Text()) // as the builder does
}

// unfold opens a part of the page that is closed.
func (p *Page) unfold(f fold) { p.folds.open = f }

// openConfusion and openPad press the buttons under the answers.
func (p *Page) openConfusion() { p.answers.open = true }
func (p *Page) openPad()       { p.draw.open = true }

// putAside has the user's own pictures not used.
func (p *Page) putAside() { p.images.aside = true }

// tryNext presses the button of what is suggested first.
func (p *Page) tryNext() { p.next.set(p.next.all[0]) }

// visit follows a link with a query.
func (p *Page) visit(query string) { p.link.follow(query) }

// begins presses Train for a run of a recipe.
func (p *Page) begins(r recipe.Recipe) { p.shown.keep(nil, r) }

// resumes presses Resume for a run that the browser keeps.
func (p *Page) resumes(v *run.View) {
	p.take(v.Start.Recipe)
	p.controls.inForce(v.LearningRate)
	p.Trainer.View = *v
}

// allowed tells how many threads the browser allows.
func (p *Page) allowed(threads int) { p.threads = threads }

// measuring and measured are the trainer's engine, whose speed is asked for and arrives.
func (p *Page) measuring()                      { p.pace.asked = true }
func (p *Page) measured(engine protocol.Engine) { p.pace.hear(engine) }

// serves tells which data sets the server has.
func (p *Page) serves(sets ...client.ServedSet) { p.images.served = sets }

// published tells that the site has a run of a net, with its log, and how accurate it was.
func (p *Page) published(name string, accuracy float64, log ...run.Record) {
	p.promise.published = map[string]float64{name: accuracy}
	p.shown.reference.knows([]results.Row{{Name: name, Runs: []results.Run{{Seed: 1, File: "a.jsonl"}}}})
	p.shown.reference.runs["a.jsonl"] = run.Replay(log)
}

// answersDigit tells how the net classifies a digit that is drawn.
func (p *Page) answersDigit(answer *protocol.Prediction) {
	p.draw.digit, p.draw.answer = make([]byte, 784), answer
}

func (p *Page) html() string { return app.HTMLString(p) }

// element is the tag of an id, "" where there is none.
func (p *Page) element(id string) string {
	return regexp.MustCompile(`<[a-z]+[^>]*\bid="` + id + `"[^>]*>`).FindString(p.html())
}

// can reports whether a button is there and can be pressed.
func (p *Page) can(id string) bool {
	tag := p.element(id)
	return tag != "" && !regexp.MustCompile(` (aria-disabled|disabled|hidden)[ >]`).MatchString(tag)
}

// holds reports whether a field has a value.
func (p *Page) holds(id, value string) bool {
	return strings.Contains(p.element(id), ` value="`+value+`"`)
}

// standard is the net that the page is set to when it is opened.
var standard = models.Catalog[0].Recipe
