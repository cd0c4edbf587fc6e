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
	return app.Section().ID("pair").Class("panel").Aria("labelledby", "pair-title").Hidden(len(s.picked) == 0).Body(app.If(len(s.picked) > 0, func() app.UI {
		parts := []app.UI{app.Div().Class("panel-head").Body(
			app.H2().ID("pair-title").Text("Compared, paired by seed"),
			app.Button().ID("unpick").Type("button").Class("quiet").OnClick(func(app.Context, app.Event) { s.picked = nil }).Text("Compare nothing"),
		)}
		for i, p := range s.picked {
			parts = append(parts, app.P().Class("under").Text(string(rune('A'+i))+": "+s.point(p)))
		}
		if len(s.picked) == 2 {
			parts = append(parts, c.compared())
		} else {
			parts = append(parts, app.P().Class("under").Text("Tick a second point, or press one in a picture."))
		}
		return app.Div().Class("prose").Body(parts...)
	}))
}

func (c *pair) compared() app.UI {
	s := c.scene
	p := s.Compare(s.picked[0], s.picked[1])
	if len(p.Seeds) == 0 {
		return app.P().Class("problem").Text("No seed was measured at the same step for both yet.")
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
		says = fmt.Sprintf("A − B: %s ± %s points, mean ± standard deviation over n = %d seeds", number.Difference(p.Mean), number.Hundredths(p.Deviation), len(p.Seeds))
	}
	return app.Div().Class("prose").Body(
		app.P().ID("paired").Class("says").Text(says+"."),
		uitable.Table("Validation accuracies by seed, in percent", []string{"seed", "at", "A", "B", "A − B"}, rows),
	)
}
