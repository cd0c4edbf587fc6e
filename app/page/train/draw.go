package train

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/examples"
	"unpool/app/ui/pad"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// draw is a pad to draw a digit on, and how the net of the run on show classifies it: at once, and again at each evaluation.
type draw struct {
	shell   *shell.Shell
	trainer *client.Trainer

	open   bool
	digit  []byte // nil before one is drawn
	asking bool   // an answer is awaited
	again  bool   // another digit was drawn, or the net has learned, meanwhile
	answer *protocol.Prediction
	failed *protocol.Error
}

// can reports whether the net can be asked about a digit: it reads digits in MNIST's form, and is in this tab.
func (d *draw) can() bool {
	v := &d.trainer.View
	if v.Start == nil || len(v.Metrics) == 0 || d.trainer.There.Is() {
		return false
	}
	t := v.Start.Recipe.Task()
	return t.Height == pad.Side && t.Width == pad.Side && t.Channels == 1 && strings.Join(classesOf(v), "") == "0123456789"
}

// hear follows what the run says.
func (d *draw) hear(e run.Event) {
	switch e.(type) {
	case *run.Start:
		d.answer, d.failed = nil, nil
	case *run.Metric:
		d.ask()
	}
}

// ask asks about the digit that is drawn. A net that has not answered is asked again when it has.
func (d *draw) ask() {
	switch {
	case d.digit == nil || !d.open || !d.can():
		return
	case d.asking:
		d.again = true
		return
	}
	d.asking = true
	client.Predict(d.trainer, protocol.Predict{Images: d.digit}, func(p *protocol.Prediction, err *protocol.Error) {
		d.asking = false
		d.answer, d.failed = p, err
		if again := d.again; again {
			d.again = false
			d.ask()
		}
	})
}

// drawn takes a digit from the pad.
func (d *draw) drawn(digit []byte) {
	d.shell.Dispatch(func(app.Context) {
		if d.digit = digit; digit == nil {
			d.answer = nil
		}
		d.ask()
	})
}

// button opens the pad.
func (d *draw) button() app.UI {
	return app.Button().ID("draw").Type("button").Class("quiet", "disclosure").Hidden(!d.can()).
		Aria("expanded", d.open).Aria("controls", "draw-area").
		OnClick(func(app.Context, app.Event) {
			d.open = !d.open
			d.ask()
		}).Text("Draw a digit")
}

// render is the pad with the answer, where it is open.
func (d *draw) render() app.UI {
	open := d.open && d.can()
	return app.Div().ID("draw-area").Class("draw").Hidden(!open).Body(app.If(open, func() app.UI {
		return app.Div().Class("draw-both").Body(&pad.Pad{ID: "pad", Drawn: d.drawn}, d.says())
	}))
}

// says is the answer.
func (d *draw) says() app.UI {
	says := "Draw a digit from 0 to 9 that fills most of the pad. The net answers when the stroke ends, and again at each evaluation."
	var table app.UI
	switch {
	case d.failed != nil:
		says = words.AsSentence(d.failed.Message) + " " + words.AsSentence(d.failed.Hint)
	case d.digit != nil && d.answer != nil && len(d.answer.Probabilities) == 1:
		var best int
		best, table = examples.Chances(d.answer.Classes, d.answer.Probabilities[0])
		says = "It answers " + examples.Name(d.answer.Classes, best) + ", with a probability of " +
			number.Share(float64(d.answer.Probabilities[0][best])) + ", after step " + number.Int(d.answer.Step) + "."
	}
	parts := []app.UI{app.P().ID("draw-says").Role("status").Text(says)}
	if table != nil {
		parts = append(parts, table)
	}
	return app.Div().Class("drawn").Body(parts...)
}
