package examples

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
	"unpool/core/run"
)

// Confusion is the table of how images of each class are classified. A mistake is the darker the larger its share of the class. choose is called
// where a number is pressed; nil where that has no effect. It is for the pointer: the caller has another way for the keyboard.
func Confusion(a *run.Answers, classes []string, choose func(class, answer int)) app.UI {
	total := 0
	heads := []app.UI{app.Th().Scope("col").Text("true class")}
	rows := make([]app.UI, a.Classes)
	for class := range a.Classes {
		heads = append(heads, app.Th().Scope("col").Text(Name(classes, class)))
		counts := a.Counts[class*a.Classes:][:a.Classes]
		of := 0
		for _, n := range counts {
			of += n
		}
		total += of
		cells := []app.UI{app.Th().Scope("row").Text(Name(classes, class))}
		for answer, n := range counts {
			var press func()
			if choose != nil && n > 0 {
				press = func() { choose(class, answer) }
			}
			cells = append(cells, count(n, of, answer == class, press))
		}
		rows[class] = app.Tr().Body(cells...)
	}
	return app.Div().Class("confusion").Body(
		app.P().ID("confusion-says").Class("under").Text(fmt.Sprintf("%s test images after step %s: a row for each true class, a column for each answer of the net. Correct answers are on the diagonal.",
			number.Int(total), number.Int(a.Step))),
		app.Div().Class("table").TabIndex(0).Role("region").Aria("label", "Confusion matrix").Aria("describedby", "confusion-says").Body(
			app.Table().Body(app.Elem("thead").Body(app.Tr().Body(heads...)), app.Elem("tbody").Body(rows...)),
		),
	)
}

// count is a cell: n of the images of a class.
func count(n, of int, right bool, press func()) app.UI {
	cell := app.Td().Text(number.Int(n))
	if press != nil {
		cell = app.Td().Class("pressed").Body(app.Button().Type("button").TabIndex(-1).OnClick(func(app.Context, app.Event) { press() }).Text(number.Int(n)))
	}
	switch {
	case right:
		return cell.Class("right")
	case n == 0:
		return cell.Class("none")
	}
	return cell.Class("wrong").Style("--share", strconv.FormatFloat(float64(n)/float64(of), 'f', 2, 64))
}
