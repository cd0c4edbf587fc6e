package train

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/term"
	"unpool/core/number"
	"unpool/core/run"
)

// readings are the numbers of a run.
func readings(v *run.View, left *countdown) app.UI {
	accuracy, loss, of, share := "–", "–", "", ""
	if m, ok := v.Latest(); ok {
		accuracy = padded(number.Percent(m.Test.Accuracy), "10.0")
		of = " of " + number.Int(m.Test.N) + " images"
		share = fmt.Sprint(m.Test.Accuracy)
		loss = number.Loss(m.Test.Loss)
	}
	return app.Div().Class("readings").Body(
		app.Div().Class("reading", "main").Body(
			app.Div().ID("test-accuracy").Class("figure").DataSet("value", share).Body(
				app.Text(accuracy), app.Span().Class("unit").Text(number.Thin+"%")),
			app.Div().Class("under").Body(term.Word("accuracy", "test accuracy"), app.Text(of)),
		),
		reading("loss", loss, "", term.Word("loss", "test loss")),
		progress(v),
		speed(v, left),
	)
}

// figureSpace is as wide as a digit.
const figureSpace = '\u2007'

// padded makes a number as wide as another by spaces before it, so that what follows it stays where it is.
func padded(text, as string) string {
	have, want := []rune(text), []rune(as)
	missing := want[:max(len(want)-len(have), 0)]
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return figureSpace
		}
		return r
	}, string(missing)) + text
}

func reading(class, figure, unit string, under app.UI) app.UI {
	return app.Div().Class("reading", class).Body(
		app.Div().Class("figure").Body(
			app.Text(figure), app.If(unit != "", func() app.UI { return app.Span().Class("unit").Text(unit) })),
		app.Div().Class("under").Body(under),
	)
}

// progress says what is done, what is left and when it will end.
func progress(v *run.View) app.UI {
	done, total := int64(v.Step), int64(0)
	figure, unit, under := "–", "", string(v.Phase)
	words := func() app.UI { return app.Text(under) }
	if r, ok := v.Recipe(); ok {
		total = int64(r.Steps)
		figure, unit = padded(number.Int(v.Step), number.Int(r.Steps)), " / "+number.Int(r.Steps)
		under = "training step"
	}
	switch v.Phase {
	case run.Loading:
		done, total = v.Done, v.Total
		figure, unit, under = "–", "", "loading"
		if total > 0 {
			figure, unit = number.Bytes(done), " / "+number.Bytes(total)
		}
	case run.Evaluating:
		under = "evaluating"
		if v.Total > 0 {
			under = fmt.Sprintf("evaluating: %s of %s images", number.Int(v.Done), number.Int(v.Total))
		}
	case run.Training:
		words = func() app.UI { return term.Word("step", under) }
	case run.Compiling, run.Paused, run.Done, run.Stopped, run.Failed:
		under = string(v.Phase)
	}
	bar := app.Progress().Aria("label", under)
	if total > 0 {
		bar = bar.Max(total).Value(done)
	}
	return app.Div().Class("reading", "steps").Body(
		app.Div().Class("figure").Body(app.Text(figure), app.Span().Class("unit").Text(unit)),
		bar,
		app.Div().Class("under").Body(words()),
	)
}

func speed(v *run.View, left *countdown) app.UI {
	figure, under := "–", ""
	if v.Progress.ImagesPerSecond > 0 {
		figure = number.Round(v.Progress.ImagesPerSecond)
	}
	switch {
	case v.End != nil && v.End.Seconds > 0:
		if r, ok := v.Recipe(); ok && v.End.MsPerStep > 0 {
			figure = number.Round(1000 / v.End.MsPerStep * float64(r.Batch))
		}
		under = "took " + number.Clock(v.End.Seconds)
	case v.End == nil && v.Progress.SecondsLeft > 0:
		under = number.Clock(v.Progress.Seconds) + " elapsed, " + left.words()
	}
	return reading("speed", figure, number.Thin+"images/s", app.Text(under))
}
