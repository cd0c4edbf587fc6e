package sweeps

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	uitable "unpool/app/ui/table"
	"unpool/core/number"
)

// pair compares the two points that were picked, seed by seed.
type pair struct{ scene *scene }

func (c *pair) render() app.UI {
	s := c.scene
	if len(s.picked) == 0 {
		return app.Div().Hidden(true)
	}
	var parts []app.UI
	for i, p := range s.picked {
		parts = append(parts, under(string(rune('A'+i))+": "+s.point(p)))
	}
	if len(s.picked) == 2 {
		parts = append(parts, c.compared())
	} else {
		parts = append(parts, under("Tick a second point in the table, or press one in a picture."))
	}
	return panel("pair", "", "Compared, paired by seed", button("unpick", "Compare nothing", s.unpick), parts...)
}

func (c *pair) compared() app.UI {
	s := c.scene
	p := s.Compare(s.picked[0], s.picked[1])
	if len(p.Seeds) == 0 {
		return under("No seed has been measured at the same step for both points yet.")
	}
	var rows [][]string
	for i, seed := range p.Seeds {
		at := "best"
		if p.At[i] > 0 {
			at = "step " + number.Int(p.At[i])
		}
		rows = append(rows, []string{fmt.Sprint(seed), at, number.Hundredths(p.A[i]), number.Hundredths(p.B[i]), number.Difference(p.A[i] - p.B[i])})
	}
	says := fmt.Sprintf("A − B: %s points, n = %d", number.Difference(p.Mean), len(p.Seeds))
	if len(p.Seeds) > 1 {
		says = fmt.Sprintf("A − B: %s ± %s points, mean ± standard deviation over n = %d seeds",
			number.Difference(p.Mean), number.Hundredths(p.Deviation), len(p.Seeds))
	}
	return div("prose",
		app.P().ID("paired").Class("says").Text(says+"."),
		uitable.Table("Validation accuracies by seed, in percent", []string{"seed", "at", "A", "B", "A − B"}, rows),
	)
}
