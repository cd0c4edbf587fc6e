package train

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/page/train/slow"
	"unpool/app/shell"
	"unpool/app/ui/button"
	"unpool/app/ui/words"
	"unpool/core/control"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// slowMotion is the next training step of a paused run in parts.
type slowMotion struct {
	shell   *shell.Shell
	trainer *client.Trainer
	train   app.EventHandler // begins a run

	open   bool
	hold   bool // the run that is about to begin is to pause
	image  int  // of the batch
	array  int  // of weights
	part   int  // on show
	asking bool // an answer is awaited
	latest *protocol.Dissection
	failed *protocol.Error
}

// hear follows the run's events.
func (s *slowMotion) hear(e run.Event) {
	switch e := e.(type) {
	case *run.Start:
		s.latest, s.failed, s.image, s.array = nil, nil, 0, 0
		if s.hold {
			s.hold = false
			s.trainer.Ask(control.Pause)
		}
	case *run.State:
		if e.Phase == run.Paused {
			s.failed = nil
			s.ask()
		}
	case *run.End:
		s.open, s.hold = false, false
	}
}

// ask asks for the step after the one that the paused run has taken, if that is to be shown and is not yet.
func (s *slowMotion) ask() {
	v := &s.trainer.View
	if !s.open || s.asking || v.Phase != run.Paused || s.trainer.There.Is() || s.shows(v) {
		return
	}
	start, step, image := v.Start, v.Step, s.image
	s.asking = true
	client.Dissect(s.trainer, protocol.Dissect{Image: image}, func(d *protocol.Dissection, failed *protocol.Error) {
		s.asking = false
		if v.Start != start || v.Step != step || s.image != image {
			s.ask()
			return
		}
		if d != nil && s.latest != nil && s.latest.Step != d.Step {
			s.part = 0
			s.shell.KeepFocus("slow-title") // the button that took the step disappears
		}
		s.latest, s.failed = d, failed
	})
}

// shows reports whether what is shown is what the run would do next.
func (s *slowMotion) shows(v *run.View) bool {
	return s.failed != nil || s.latest != nil && s.latest.Step == v.Step+1 && s.latest.Image == s.image
}

// button opens the panel.
func (s *slowMotion) button() app.HTMLButton {
	return app.Button().ID("slow-open").Type("button").Class("quiet", "disclosure").Aria("expanded", s.open).Aria("controls", "slow-motion").
		Title("See the next training step in parts, with its numbers").OnClick(s.toggle).Text("Slow motion")
}

// toggle opens the panel, or closes it if it is open. The run is paused for it, or begun where there is none.
func (s *slowMotion) toggle(ctx app.Context, e app.Event) {
	s.part, s.failed = 0, nil
	if s.open {
		s.open, s.hold = false, false
		return
	}
	if s.trainer.View.Phase == run.Empty {
		s.train(ctx, e)
	}
	switch v := &s.trainer.View; {
	case v.Phase == run.Empty: // something is wrong with the settings
		return
	case s.trainer.There.Is(), v.Phase == run.Paused:
	case v.Phase.CanPause():
		s.trainer.Ask(control.Pause)
	default:
		s.hold = true
	}
	s.open = true
	s.ask()
	s.shell.AfterDrawing(func() { shell.Focus("slow-title") })
}

// render is the panel, where it is open.
func (s *slowMotion) render(dark bool) app.UI {
	return app.Div().ID("slow-motion").Hidden(!s.open).Body(app.If(s.open, func() app.UI {
		title, state := "Slow motion", "under"
		says := s.says()
		if says == "" { // the part is marked
			says, state = fmt.Sprintf("Part %d of %d: %s", s.part+1, len(slow.Parts), slow.Parts[s.part]), "unseen"
		}
		if s.latest != nil {
			title += ": step " + number.Int(s.latest.Step)
		}
		if len(s.trainer.Others.All) > 0 {
			title += " of the first net"
		}
		body := []app.UI{
			app.H2().ID("slow-title").Class("large-title").TabIndex(-1).Text(title),
			app.P().ID("slow-state").Class(state).Role("status").Text(says),
		}
		if s.latest != nil && s.failed == nil {
			body = append(body, s.steps(), app.Div().ID("slow-part").Class("slow-both").DataSet("part", s.part).Body(s.parts(dark)...), s.turns())
		}
		return app.Elem("section").Class("panel", "slow").Aria("labelledby", "slow-title").Aria("busy", s.asking).On("keydown", s.onKey).Body(body...)
	}))
}

// says is why the next step is not on show; "" where it is.
func (s *slowMotion) says() string {
	v := &s.trainer.View
	switch {
	case s.trainer.There.Is():
		return "Slow motion works for runs in this tab; this one is trained by the server."
	case s.failed != nil:
		return words.AsSentence(s.failed.Message) + " " + words.AsSentence(s.failed.Hint)
	case v.Phase != run.Paused && (s.hold || s.trainer.Asked == control.Pause):
		return "Waiting for the run to pause."
	case v.Phase != run.Paused && s.trainer.Asked != control.Step:
		return "Pause the run to take its next step apart."
	case s.asking || s.latest == nil:
		return "Taking the next step apart, which takes about as long as three steps."
	}
	return ""
}

func (s *slowMotion) parts(dark bool) []app.UI {
	step := slow.Step{
		Dissection: s.latest, Dark: dark, Array: s.array,
		Choose: func(image int) {
			s.image = image
			s.ask()
		},
		Pick: func(array int) { s.array = array },
		Take: button.New("slow-take", s.trainer.View.Phase != run.Paused || s.asking, func(app.Context, app.Event) { s.trainer.Ask(control.Step) }).
			Class("primary").Body(icon("step"), app.Text("Take this step")),
	}
	return step.Part(s.part)
}

// steps leads to all parts.
func (s *slowMotion) steps() app.UI {
	all := make([]app.UI, len(slow.Parts))
	for i, name := range slow.Parts {
		current := "false"
		if i == s.part {
			current = "step"
		}
		all[i] = app.Button().ID("slow-to-"+strconv.Itoa(i)).Type("button").Class("slow-to").Aria("current", current).
			OnClick(func(app.Context, app.Event) { s.turn(i - s.part) }, app.EventScope(i)).Text(strconv.Itoa(i+1) + " " + name)
	}
	return app.Div().Class("slow-steps").Role("group").Aria("label", "Parts of the step").Body(all...)
}

// turns leads to the parts before and after.
func (s *slowMotion) turns() app.UI {
	to := func(id, label string, by int) app.UI {
		at := s.part + by
		return button.New(id, at < 0 || at >= len(slow.Parts), func(app.Context, app.Event) { s.turn(by) }, s.part).Text(label)
	}
	return app.Div().Class("slow-turn").Body(
		to("slow-back", "Back", -1), app.Raw(`<span class="under">or the arrow keys ← →</span>`), to("slow-next", "Next", 1))
}

// turn shows another part.
func (s *slowMotion) turn(by int) {
	if at := s.part + by; at >= 0 && at < len(slow.Parts) {
		s.part = at
		s.shell.KeepFocus("slow-title")
	}
}

// onKey has the arrow keys turn the parts, unless they are for what has the focus.
func (s *slowMotion) onKey(_ app.Context, e app.Event) {
	by := map[string]int{"ArrowLeft": -1, "ArrowRight": 1}[e.Get("key").String()]
	if by != 0 && s.latest != nil && !e.Get("target").Call("closest", "select, [role=region]").Truthy() {
		s.turn(by)
	}
}
