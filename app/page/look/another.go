package look

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/web"
	"unpool/core/number"
)

// another is a net beside the one looked into: of any run that can be, after one of its steps.
type another struct {
	library library

	id      client.Ref // of the run; the zero Ref is none
	steps   []int      // of which it has weights; nil until that is known
	at      int        // index of the step
	problem string     // why they cannot be read
	choices int        // counts them: a run that is read slowly may no longer be wanted

	wanted     client.Ref // by a link, until it can be read
	wantedStep string     // likewise; "" for the one that is usually first
}

// take takes up the net that a link has under a name, and put adds to a link the one that is chosen.
func (a *another) take(link url.Values, name string) {
	a.wanted, a.wantedStep = client.RefOf(link.Get(name)), link.Get(name+"-step")
}

func (a *another) put(link url.Values, name string) {
	if a.known() {
		link.Set(name, a.id.String())
		link.Set(name+"-step", strconv.Itoa(a.steps[a.at]))
	}
}

// follow has the run of a link chosen as soon as that can be read.
func (a *another) follow(choose func(client.Ref)) {
	if wanted := a.wanted; wanted != (client.Ref{}) && a.library.listed(wanted) {
		a.wanted = client.Ref{}
		choose(wanted)
	}
}

// choose chooses a run, or none. When its steps are known, begins says which is chosen first, and then is called.
func (a *another) choose(id client.Ref, begins func(steps []int) int, then func()) {
	a.choices++
	now, step := a.choices, a.wantedStep
	a.wantedStep = ""
	a.id, a.steps, a.at, a.problem = id, nil, 0, ""
	if id == (client.Ref{}) {
		return
	}
	a.library.read(id, func(steps []int, err error) {
		switch {
		case now != a.choices:
		case err != nil:
			a.problem = "The run cannot be read: " + err.Error() + "."
		case len(steps) == 0:
			a.problem = "No weights are stored for this run."
		default:
			a.steps, a.at = steps, begins(steps)
			if at := slices.IndexFunc(steps, func(one int) bool { return strconv.Itoa(one) == step }); at >= 0 {
				a.at = at
			}
			then()
		}
	}, nil)
}

// known reports whether there is such a net: a run is chosen, and its steps are known.
func (a *another) known() bool { return len(a.steps) > 0 }

// moment is which net it is.
func (a *another) moment() moment {
	if !a.known() {
		return moment{}
	}
	return moment{a.id, a.steps[a.at]}
}

// render is what run and step are chosen with: of some options, by elements whose IDs begin in one way. chosen hears of a run, and moved of a step; scope is
// what they depend on, as app.EventScope has it.
func (a *another) render(id, label string, options []app.UI, chosen func(client.Ref), moved func(), scope ...any) []app.UI {
	return []app.UI{
		field(id+"-run", label,
			app.Select().ID(id+"-run").OnChange(func(_ app.Context, e app.Event) {
				chosen(client.RefOf(web.Chosen(e)))
			}, app.EventScope(scope...)).Body(options...),
		),
		app.If(a.known(), func() app.UI {
			return field(id+"-step", "After its training step "+number.Int(a.steps[a.at]),
				stepSlider(id+"-step", a.steps, a.at, func(at int) {
					a.at = at
					moved()
				}, a.id),
			)
		}),
		app.P().Class("problem").Role("alert").Hidden(a.problem == "").Text(a.problem),
	}
}
