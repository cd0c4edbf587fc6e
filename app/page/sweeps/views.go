package sweeps

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/picture"
	"unpool/app/page/sweeps/study"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/figure"
	"unpool/core/number"
)

// views are the pictures of a sweep.
type views struct {
	scene *scene

	size     chart.Size // the room there is, and the size of letters
	field    string     // the scatter plot's; "" for the one that matters most
	parallel *view
	scatter  *view
	rungs    *view
	brush    *brush
	weighed  *study.Study // that importances are of
	weights  []study.Importance
}

func newViews(s *shell.Shell, sc *scene) *views {
	v := &views{scene: sc, size: chart.Size{Width: 1000, Text: 13}}
	v.parallel = &view{id: "parallel", title: "All settings", scene: sc, make: func() picture.Picture {
		return picture.NewParallel(sc.Study, chart.Size{Width: v.size.Width, Height: 22 * v.size.Text, Text: v.size.Text})
	}}
	v.scatter = &view{id: "scatter", title: "One setting", scene: sc, make: func() picture.Picture {
		return picture.NewScatter(sc.Study, v.against(), chart.Size{Width: v.ofScatter(), Height: 22 * v.size.Text, Text: v.size.Text})
	}}
	v.rungs = &view{id: "rungs", title: "How far each run was trained", scene: sc, make: func() picture.Picture {
		return picture.NewRungs(sc.Study, sc.shown, chart.Size{Width: v.half(), Height: 22 * v.size.Text, Text: v.size.Text})
	}}
	v.brush = &brush{scene: sc, view: v.parallel}
	return v
}

// half is the room for one of two pictures side by side, where there is room for two.
func (v *views) half() float64 {
	if v.size.Width < twoFrom {
		return v.size.Width
	}
	return (v.size.Width - betweenPanels) / 2
}

// ofScatter is the scatter plot's room: all of it where it has no picture beside it.
func (v *views) ofScatter() float64 {
	if v.scene.Ladder() {
		return v.half()
	}
	return v.size.Width
}

const (
	twoFrom       = 840 // pixels from which two pictures are side by side; the style sheet has the same
	betweenPanels = 50  // from one picture to the next: gap, borders and padding
)

// against is the field of the scatter plot.
func (v *views) against() string {
	if v.field != "" {
		return v.field
	}
	if all := v.importances(); len(all) > 0 {
		return all[0].Axis.Name
	}
	return study.Accuracy
}

func (v *views) importances() []study.Importance {
	if v.weighed != v.scene.Study {
		v.weighed, v.weights = v.scene.Study, v.scene.Importances()
	}
	return v.weights
}

// measured takes in how much room there is.
func (v *views) measured(width, text float64) {
	if v.size.Width != width || v.size.Text != text {
		v.size.Width, v.size.Text = width, text
		v.scene.changes++
	}
}

func (v *views) render() app.UI {
	pictures := []app.UI{
		v.parallel.render(v.coloured()+" Drag along an axis to select a part of it, or move its two handles with the arrow keys.", v.scale(), v.brush.render),
		v.scatter.render("Validation accuracy against one setting. A bar is the standard deviation over seeds.", v.choice(), nil),
	}
	if v.scene.Ladder() {
		pictures = append(pictures, v.rungs.render(fmt.Sprintf("One line per run, the best at the top, ending where the run stopped. At each rung one point in %d continues; "+
			"point at a line to see who was stopped, when and why.", v.scene.Eta), nil, nil))
	}
	return div("views", pictures...)
}

// coloured says what the lines are, and what their colours are.
func (v *views) coloured() string {
	says := "Each line is one setting; its colour shows the validation accuracy."
	if below := v.scene.Axis(study.Accuracy).Below; below > 0 {
		says += " " + counted(below, "point lies", "points lie") + " below the accuracy axis and are drawn at its lower end."
	}
	return says
}

// scale says which colour is which accuracy.
func (v *views) scale() app.UI {
	edges := v.scene.Edges
	if len(edges) == 0 {
		return nil
	}
	parts := []app.UI{app.Text(number.Share(edges[0]))}
	for bin := range study.Bins {
		parts = append(parts, app.Span().Class("swatch", picture.Class(bin)))
	}
	parts = append(parts, app.Text(number.Share(edges[study.Bins])+"; an equal number of points per colour"))
	return div("swatches", parts...)
}

// choice is the scatter plot's field.
func (v *views) choice() app.UI {
	var options []option
	for _, a := range v.scene.Axes[:len(v.scene.Axes)-1] {
		options = append(options, option{a.Name, a.Label})
	}
	return div("choosing", app.Label().For("scatter-field").Text("Setting"), choose("scatter-field", v.against(), options, func(value string) {
		v.field = value
		v.scene.changes++
	}))
}

// importance says by how much each field matters, by which method, and what that does not measure.
func (v *views) importance() app.UI {
	all := v.importances()
	n := v.scene.Measured()
	drawn, height := picture.Importance(all, v.half(), v.size.Text)
	says := fmt.Sprintf("How much of the ranking of %s each setting explains on its own: ε² of the ranks (Kelley 1935), over groups of equal values or "+
		"fifths. “Chance?” marks values that random groups would also reach in more than one of twenty cases (Kruskal and Wallis 1952). Effects that two settings "+
		"have only together are not seen, nor anything outside the values tried.", counted(n, "measured point", "measured points"))
	spoken := ""
	for _, one := range all {
		spoken += one.Axis.Label + " " + number.Percent(one.Share) + " %"
		if one.Chance {
			spoken += ", perhaps by chance"
		}
		spoken += "; "
	}
	const title = "Which settings matter"
	return panel("importance", "study", title, nil,
		under(says).Class("caption"),
		div("wide-picture", app.Raw(fmt.Sprintf(`<svg role="img" aria-label="%s" width="%.0f" height="%.0f">%s</svg>`,
			escaped(title+": "+spoken), v.half(), height, drawn))).TabIndex(0), // which scrolls on a phone
		&figure.Save{Title: title, File: "unpool-sweep-importance", Figure: func() (string, error) {
			return picture.Document(title, says, v.half(), height, drawn), nil
		}},
	)
}
