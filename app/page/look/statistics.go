package look

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/statistics"
	"unpool/core/protocol"
	"unpool/core/run"
)

// measured are the statistics of the activations on the test images, when they have been asked for.
type measured struct {
	question[run.Statistics]
}

func (m *measured) render() app.UI {
	return app.Section().Aria("labelledby", "statistics-title").Body(
		app.H2().ID("statistics-title").Class("large-title").Text("Activation statistics"),
		app.If(m.answer != nil, func() app.UI { return statistics.Panel("look", m.answer) }).Else(func() app.UI {
			return m.offer("measure", "Measure on all test images", "Measuring", func() { m.ask(protocol.LookStatistics, nil) })
		}),
	)
}
