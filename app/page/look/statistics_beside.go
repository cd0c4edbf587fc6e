package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
)

// beside is the net that is measured beside the one looked into: another step of the run, or another run.
type beside struct {
	measurement
	net    another
	chosen func() // another one is
}

// measured is what has been measured of the other net, nil if nothing has.
func (b *beside) measured() *run.Activations {
	if !b.net.known() {
		return nil
	}
	return b.at(b.net.moment())
}

// choose compares with another run, or with none: with the first step of the run looked into, where the net is untrained, or the last of
// another one.
func (b *beside) choose(other client.Ref, now moment) {
	b.close()
	b.net.choose(other, func(steps []int) int {
		if other == now.run {
			return 0
		}
		return len(steps) - 1
	}, b.chosen)
	if other == (client.Ref{}) {
		b.chosen()
	}
}

// render is what the other net is chosen with.
func (b *beside) render(now moment) app.UI {
	listed := b.net.id
	if listed == now.run {
		listed = client.Ref{} // it has an option of its own
	}
	options := append([]app.UI{
		web.Option("").Selected(b.net.id == client.Ref{}).Text("nothing"),
		app.Option().Value(now.run.String()).Selected(b.net.id == now.run).Text("this run, another step"),
	}, b.subject.library.options(listed)...)
	fields := b.net.render("compare", "Compare with", options, func(other client.Ref) { b.choose(other, now) }, func() {
		b.close()
		b.chosen()
	}, now)
	return app.Div().Class("comparison").Body(append(fields, app.If(b.net.known() && b.measured() == nil, func() app.UI {
		return app.Div().Class("comparison-offer").Body(b.offer(b.net.moment(), "Measure the other net"))
	}))...)
}

// measuredOn is what was measured, in words.
func measuredOn(of, against *run.Activations) string {
	text := fmt.Sprintf("Measured on %s test images, after step %s.", number.Int(of.Images), number.Int(of.Step))
	if against == nil {
		return text
	}
	return text + fmt.Sprintf(" Compared with: after step %s, on %s test images.", number.Int(against.Step), number.Int(against.Images))
}
