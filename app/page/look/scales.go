package look

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/check"
	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// scales has the pictures of the scene drawn on one scale after every step, so that they can be compared while the slider moves. The reader
// may choose otherwise: a step on its own scale has more contrast.
type scales struct {
	question[protocol.Scales]
	scene *scene

	each  bool                          // each step has a scale of its own
	run   client.Ref                    // that was asked about
	image []byte                        // likewise, as JSON
	steps []int                         // likewise
	drawn map[*run.Weights]*run.Weights // on the scale, by what they are of
}

// ask asks for the scales of the image on show, unless they are known or asked for.
func (s *scales) ask() {
	m := s.scene.maps()
	if s.each || m == nil || len(s.subject.steps) < 2 {
		return
	}
	request := protocol.Steps{Image: own(m.Image), Steps: s.subject.steps}
	image, err := json.Marshal(request.Image)
	if err != nil {
		panic(err) // a mistake in the program
	}
	same := s.run == s.subject.id && slices.Equal(s.image, image)
	if same && slices.Equal(s.steps, request.Steps) {
		return
	}
	s.run, s.image, s.steps = s.subject.id, image, slices.Clone(request.Steps)
	if !same {
		s.question.close()
	}
	s.follow(protocol.LookScales, request) // a run under way has one step more: the scales before stay
}

// interrupt gives up what is asked for, since something else is wanted first. The trainer remembers how far it was.
func (s *scales) interrupt() {
	if s.cancel != nil {
		s.close()
		s.steps = nil
	}
}

// layer is a picture of what a layer outputs as it is to be drawn, and first one of the first layer's weights.
func (s *scales) layer(w *run.Weights) *run.Weights {
	return s.on(w, func(a *protocol.Scales) float64 { return a.Layers[w.Layer] })
}

func (s *scales) first(w *run.Weights) *run.Weights {
	return s.on(w, func(a *protocol.Scales) float64 { return a.First })
}

// on is a picture on one of the scales. It stays the same picture, which is not drawn anew then.
func (s *scales) on(w *run.Weights, scaleOf func(*protocol.Scales) float64) *run.Weights {
	if s.answer == nil || s.each {
		return w
	}
	scale := scaleOf(s.answer)
	if scale <= w.Scale {
		return w
	}
	if known := s.drawn[w]; known != nil && known.Scale == scale {
		return known
	}
	if s.drawn == nil {
		s.drawn = map[*run.Weights]*run.Weights{}
	}
	s.drawn[w] = filters.OnScale(w, scale)
	return s.drawn[w]
}

// render lets the reader choose, and says on which scale the pictures are.
func (s *scales) render() app.UI {
	return app.Div().Class("steady").Hidden(len(s.subject.steps) < 2).Body(
		check.New("same-scale", "Same scale at every step", !s.each, false, func(on bool) {
			s.each = !on
			s.ask()
		}),
		app.Span().ID("same-scale-says").Class("under").Text(s.says()),
		problem(s.failed),
	)
}

func (s *scales) says() string {
	n := number.Int(len(s.subject.steps))
	switch {
	case s.each:
		return "Colours cannot be compared between steps."
	case s.answer != nil:
		return fmt.Sprintf("The scale of a layer covers all %s stored steps.", n)
	case s.cancel != nil:
		return fmt.Sprintf("Looking for the scale that covers all %s stored steps: %s.", n, progress(s.progress))
	}
	return ""
}
