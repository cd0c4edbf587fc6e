package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	ui "unpool/app/ui/statistics"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// statistics are those of the activations on all test images, which are measured when they are asked for.
type statistics struct {
	subject *subject

	of       *run.Statistics
	failed   *protocol.Error
	progress protocol.Progress
	cancel   func() // gives the measurement up; nil while there is none
	asked    int    // counts measurements: what comes of one before is of no interest
}

// close forgets what was measured.
func (s *statistics) close() {
	if s.cancel != nil {
		s.cancel()
	}
	s.of, s.failed, s.cancel = nil, nil, nil
	s.asked++
}

func (s *statistics) measure() {
	s.close()
	asked := s.asked
	s.progress = protocol.Progress{}
	s.cancel = client.Look(s.subject.shell.Trainer, protocol.LookStatistics, s.subject.of(), nil,
		func(p protocol.Progress) { s.progress = p },
		func(of *run.Statistics, failed *protocol.Error) {
			if asked != s.asked {
				return
			}
			s.cancel, s.of = nil, of
			if failed != nil && failed.Code != protocol.Cancelled {
				s.failed = failed
			}
		})
}

func (s *statistics) render() app.UI {
	body := []app.UI{app.H2().ID("statistics-title").Class("large-title").Text("Activation statistics")}
	if s.failed != nil {
		body = append(body, app.P().Class("problem").Role("alert").Text(capital(s.failed.Message)+" "+s.failed.Hint))
	}
	switch {
	case s.of != nil:
		body = append(body, ui.Panel("look", s.of))
	case s.cancel != nil:
		body = append(body,
			app.P().Role("status").Class("under").Text(fmt.Sprintf("Measuring: %s of %s images.", number.Int(s.progress.Done), number.Int(max(s.progress.Total, 1)))),
			app.P().Body(app.Button().ID("statistics-stop").Type("button").OnClick(func(app.Context, app.Event) { s.cancel() }).Text("Stop")))
	default:
		body = append(body, app.P().Body(app.Button().ID("measure").Type("button").OnClick(func(app.Context, app.Event) { s.measure() }).
			Text("Measure on all test images")))
	}
	return app.Section().Aria("labelledby", "statistics-title").Body(body...)
}
