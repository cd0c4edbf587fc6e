package look

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/core/number"
	"unpool/core/run"
)

// beside is the net that is measured beside the one looked into: another step of the run, or another run.
type beside struct {
	measurement

	with    moment // the zero moment is none
	steps   []int  // of that run, of which there are weights
	problem string // why they cannot be read
	choices int    // counts them: a run that is read slowly may no longer be wanted
}

// measured is what has been measured of the other net, nil if nothing has.
func (b *beside) measured() *run.Activations {
	if b.with.run == (client.Ref{}) || len(b.steps) == 0 {
		return nil
	}
	return b.at(b.with)
}

// choose compares with another run, or with none: with the first step of the run looked into, where the net is untrained, or the last of
// another one.
func (b *beside) choose(other client.Ref, now moment) {
	b.close()
	b.choices++
	choices := b.choices
	b.with, b.steps, b.problem = moment{run: other}, nil, ""
	if other == (client.Ref{}) {
		return
	}
	b.subject.library.read(other, func(steps []int, err error) {
		switch {
		case choices != b.choices:
		case err != nil:
			b.problem = "The run cannot be read: " + err.Error() + "."
		case len(steps) == 0:
			b.problem = "No weights are stored for this run."
		default:
			b.steps, b.with.step = steps, steps[len(steps)-1]
			if other == now.run {
				b.with.step = steps[0]
			}
		}
	}, nil)
}

// render is what the other net is chosen with.
func (b *beside) render(now moment) app.UI {
	none, same := b.with.run == client.Ref{}, b.with.run == now.run
	listed := b.with.run
	if same {
		listed = client.Ref{} // it has an option of its own
	}
	options := append([]app.UI{
		app.Option().Value("").Selected(none).Text("nothing"),
		app.Option().Value(now.run.String()).Selected(same).Text("this run, another step"),
	}, b.subject.library.options(listed)...)
	return app.Div().Class("comparison").Body(
		app.Div().Class("field").Body(
			app.Label().Class("name").For("compare-run").Text("Compare with"),
			app.Select().ID("compare-run").OnChange(func(_ app.Context, e app.Event) {
				b.choose(client.RefOf(e.Get("target").Get("value").String()), now)
			}, app.EventScope(now)).Body(options...),
		),
		app.Div().Class("field").Hidden(len(b.steps) == 0).Body(
			app.Label().Class("name").For("compare-step").Text("After training step"),
			app.Select().ID("compare-step").OnChange(func(_ app.Context, e app.Event) {
				step, err := strconv.Atoi(e.Get("target").Get("value").String())
				if err == nil && slices.Contains(b.steps, step) {
					b.close()
					b.with.step = step
				}
			}).Body(b.stepOptions()...),
		),
		app.P().Class("problem").Role("alert").Hidden(b.problem == "").Text(b.problem),
		app.If(len(b.steps) > 0 && b.measured() == nil, func() app.UI {
			return app.Div().Class("comparison-offer").Body(b.offer(b.with, "Measure the other net"))
		}),
	)
}

func (b *beside) stepOptions() (options []app.UI) {
	for _, step := range b.steps {
		options = append(options, app.Option().Value(strconv.Itoa(step)).Selected(step == b.with.step).Text(number.Int(step)))
	}
	return options
}

// measuredOn is what was measured, in words.
func measuredOn(of, against *run.Activations) string {
	text := fmt.Sprintf("Measured on %s test images, after step %s.", number.Int(of.Images), number.Int(of.Step))
	if against == nil {
		return text
	}
	return text + fmt.Sprintf(" Compared with: after step %s, on %s test images.", number.Int(against.Step), number.Int(against.Images))
}
