package examples

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
)

// probable is how many classes are shown.
const probable = 5

// Chances shows the most probable of some classes, each with a bar, and returns the most probable one.
func Chances(classes []string, probabilities []float32) (best int, table app.UI) {
	order := make([]int, len(probabilities))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(probabilities[b], probabilities[a]) })
	var rows []app.UI
	for _, c := range order[:min(probable, len(order))] {
		share := float64(probabilities[c])
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Text(Name(classes, c)),
			app.Td().Class("share").Body(app.Span().Class("bar").Style("width", strconv.FormatFloat(100*share, 'f', 1, 64)+"%")),
			app.Td().Text(number.Share(share)),
		))
	}
	return order[0], app.Table().Class("shares").Aria("label", "The most probable classes").Body(app.Elem("tbody").Body(rows...))
}
