package statistics

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/app/ui/check"
	"unpool/core/number"
	"unpool/core/run"
)

// histogram shows a layer's, as bars, and that of another net as an outline over them, in the same bins.
type histogram struct {
	layer, name string
	of          run.Histogram
	otherName   string
	other       *run.LayerActivations // nil for none
	file        string                // offers the picture as a file of this name, without its ending
	log         *bool                 // show shares by their logarithm: rare activations are visible, too
}

// A bin is so wide, and the picture so high, before it is stretched over the room it has.
const (
	binWidth   = 10
	plotHeight = 100
)

func (h *histogram) render() app.UI {
	of, other := h.of, run.Histogram{}
	if h.other != nil {
		other = h.other.Histogram
	}
	width := max(of.Width, other.Width)
	of, other = of.Widened(width), other.Widened(width)
	caption := h.caption(of, other)
	if len(of.Counts)+len(other.Counts) == 0 {
		return app.P().Class("caption").Text(caption)
	}
	a := newAxes(of, other, *h.log)
	drawing := a.grid() + a.bars(of)
	if len(other.Counts) > 0 {
		drawing += a.outline(other)
	}
	return app.Elem("figure").Class("histogram").Body(
		app.Elem("figcaption").Class("caption").Text(caption),
		app.Div().Class("histogram-legend").Body(
			app.If(h.other != nil, func() app.UI {
				return app.Span().Body(
					app.Span().Class("key", "filled").Aria("hidden", true), app.Text(h.name),
					app.Span().Class("key").Aria("hidden", true), app.Text(h.otherName),
				)
			}),
			check.Of("histogram-log-"+h.layer, "log scale", h.log),
		),
		app.Div().Class("histogram-plot").Role("img").Aria("label", h.says(of, other)).Body(
			app.Div().Class("y").Body(a.shareLabels()...),
			app.Raw(a.stretched(`aria-hidden="true"`, drawing)),
			app.Div().Class("x").Body(a.valueLabels()...),
		),
		h.save(a, caption, drawing),
	)
}

// caption says what is counted, and what has no bar.
func (h *histogram) caption(of, other run.Histogram) string {
	total := of.Total()
	if len(of.Counts) == 0 && len(other.Counts) == 0 {
		return fmt.Sprintf("All %s activations are exactly zero: there is nothing to draw.", number.Int(total))
	}
	text := fmt.Sprintf("The distribution of the activations of %s: all %s are counted, in bins %s wide. ", h.layer, number.Int(total), tick(max(of.Width, other.Width)))
	if h.other == nil && of.Zeros == 0 {
		return text + "None is exactly zero."
	}
	if h.other == nil {
		return text + fmt.Sprintf("%s are exactly zero and have no bar.", number.Share(share(of, of.Zeros)))
	}
	return text + fmt.Sprintf("Those that are exactly zero have no bar: %s (%s) and %s (%s).",
		number.Share(share(of, of.Zeros)), h.name, number.Share(share(other, other.Zeros)), h.otherName)
}

// says is the picture in words.
func (h *histogram) says(of, other run.Histogram) string {
	parts := []string{"Histogram of " + h.layer}
	for _, one := range []struct {
		name string
		run.Histogram
	}{{h.name, of}, {h.otherName, other}} {
		if len(one.Counts) == 0 {
			continue
		}
		fullest := slices.Index(one.Counts, slices.Max(one.Counts))
		parts = append(parts, fmt.Sprintf("%s: from %s to %s, with the largest share, %s, from %s to %s", one.name,
			tick(one.From(0)), tick(one.From(len(one.Counts))), number.Share(share(one.Histogram, one.Counts[fullest])), tick(one.From(fullest)), tick(one.From(fullest+1))))
	}
	return strings.Join(parts, ". ") + "."
}

// axes are what both histograms are drawn on.
type axes struct {
	first, end int         // bins
	values     chart.Scale // to the right, in parts of the width
	shares     chart.Scale // up, in parts of the height
}

func newAxes(of, other run.Histogram, log bool) axes {
	a := axes{first: math.MaxInt, end: math.MinInt}
	least, most := 1.0, 0.0
	for _, h := range []run.Histogram{of, other} {
		if len(h.Counts) > 0 {
			a.first, a.end = min(a.first, h.First), max(a.end, h.First+len(h.Counts))
		}
		for _, c := range h.Counts {
			if c > 0 {
				least, most = min(least, share(h, c)), max(most, share(h, c))
			}
		}
	}
	width := max(of.Width, other.Width)
	a.values = chart.Scale{Min: float64(a.first) * width, Max: float64(a.end) * width, To: 1}
	a.shares = chart.Scale{Max: most, To: 1}
	if log {
		a.shares.Min, a.shares.Log = math.Pow(10, math.Floor(math.Log10(least/2))), true // so that the least has a height
	}
	return a
}

func share(h run.Histogram, count int64) float64 { return float64(count) / float64(max(1, h.Total())) }

// y is where a share of activations is, from the top.
func (a axes) y(share float64) string { return decimal(plotHeight * (1 - a.shares.Pixel(share))) }

// x is where a bin begins.
func (a axes) x(bin int) int { return (bin - a.first) * binWidth }

// bars are a histogram's, each with what it stands for.
func (a axes) bars(h run.Histogram) string {
	var b strings.Builder
	for i, c := range h.Counts {
		s := share(h, c)
		fmt.Fprintf(&b, `<rect x="%d" y="%s" width="%d" height="%s"><title>%s to %s: %s</title></rect>`,
			a.x(h.First+i)+1, a.y(s), binWidth-1, decimal(plotHeight*a.shares.Pixel(s)), tick(h.From(i)), tick(h.From(i+1)), tick(100*s)+number.Thin+"%")
	}
	return b.String()
}

// outline is a histogram's, from the left to the right.
func (a axes) outline(h run.Histogram) string {
	path := fmt.Sprintf("M%d %d", a.x(h.First), plotHeight)
	for i, c := range h.Counts {
		path += fmt.Sprintf("V%sH%d", a.y(share(h, c)), a.x(h.First+i+1))
	}
	return fmt.Sprintf(`<path d="%sV%d"/>`, path, plotHeight)
}

func (a axes) grid() string {
	var b strings.Builder
	for _, t := range a.shares.Ticks(3) {
		fmt.Fprintf(&b, `<line x1="0" x2="%d" y1="%s" y2="%[2]s"/>`, a.x(a.end), a.y(t))
	}
	return b.String()
}

// stretched is a drawing as an SVG element that is stretched over the room it has.
func (a axes) stretched(attributes, drawing string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" preserveAspectRatio="none" %s>%s</svg>`, a.x(a.end), plotHeight, attributes, drawing)
}

// shareLabels and valueLabels are the numbers of the axes.
func (a axes) shareLabels() (labels []app.UI) {
	for _, t := range a.shares.Ticks(3) {
		labels = append(labels, app.Span().Style("bottom", decimal(100*a.shares.Pixel(t))+"%").Text(tick(100*t)+number.Thin+"%"))
	}
	return labels
}

func (a axes) valueLabels() (labels []app.UI) {
	for _, t := range a.values.Ticks(5) {
		labels = append(labels, app.Span().Style("left", decimal(100*a.values.Pixel(t))+"%").Text(tick(t)))
	}
	return labels
}

// tick is a round number of an axis, or where a bin ends.
func tick(x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'g', 4, 64), "-", "−", 1)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
