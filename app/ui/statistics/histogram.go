package statistics

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/core/number"
	"unpool/core/run"
)

// histogram shows a layer's, as bars, and that of another net as an outline over them, in the same bins.
type histogram struct {
	layer, name string
	of          run.Histogram
	otherName   string
	other       *run.LayerActivations // nil for none
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
	a := axes{first: math.MaxInt, width: width}
	for _, one := range []run.Histogram{of, other} {
		if len(one.Counts) > 0 {
			a.first, a.end = min(a.first, one.First), max(a.end, one.First+len(one.Counts))
			a.top = max(a.top, share(one, slices.Max(one.Counts)))
		}
	}
	drawing := append(a.grid(), a.bars(of)...)
	if len(other.Counts) > 0 {
		drawing = append(drawing, a.outline(other))
	}
	return app.Figure().Class("histogram").Body(
		app.FigCaption().Class("caption").Text(caption),
		app.P().Class("histogram-legend").Hidden(h.other == nil).Body(
			app.Span().Class("key", "filled").Aria("hidden", true), app.Text(h.name),
			app.Span().Class("key").Aria("hidden", true), app.Text(h.otherName),
		),
		app.Div().Class("histogram-plot").Role("img").Aria("label", h.says(of, other)).Body(
			app.Div().Class("y").Body(a.shares()...),
			element("svg").Attr("viewBox", fmt.Sprintf("0 0 %d %d", (a.end-a.first)*binWidth, plotHeight)).
				Attr("preserveAspectRatio", "none").Aria("hidden", true).Body(drawing...),
			app.Div().Class("x").Body(a.values()...),
		),
	)
}

// caption says what is counted, and what has no bar.
func (h *histogram) caption(of, other run.Histogram) string {
	total := of.Total()
	if len(of.Counts) == 0 && len(other.Counts) == 0 {
		return fmt.Sprintf("All %s activations are exactly zero: there is nothing to draw.", number.Int(total))
	}
	text := fmt.Sprintf("How the activations of %s are spread: all %s are counted, in bins %s wide. ", h.layer, number.Int(total), number.Loss(max(of.Width, other.Width)))
	if h.other == nil {
		return text + fmt.Sprintf("%s are exactly zero and have no bar.", percent(share(of, of.Zeros)))
	}
	return text + fmt.Sprintf("Exactly zero, and without a bar, are %s (%s) and %s (%s).",
		percent(share(of, of.Zeros)), h.name, percent(share(other, other.Zeros)), h.otherName)
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
		parts = append(parts, fmt.Sprintf("%s: from %s to %s, most of them, %s, from %s to %s", one.name,
			tick(one.From(0)), tick(one.From(len(one.Counts))), percent(share(one.Histogram, one.Counts[fullest])), tick(one.From(fullest)), tick(one.From(fullest+1))))
	}
	return strings.Join(parts, ". ") + "."
}

// axes are what both histograms are drawn on.
type axes struct {
	first, end int     // bins
	width      float64 // of a bin
	top        float64 // the largest share
}

func share(h run.Histogram, count int64) float64 { return float64(count) / float64(max(1, h.Total())) }

func (a axes) height(share float64) float64 { return plotHeight * share / a.top }

// bars are a histogram's, each with what it stands for.
func (a axes) bars(h run.Histogram) (all []app.UI) {
	for i, c := range h.Counts {
		height := a.height(share(h, c))
		all = append(all, element("rect").
			Attr("x", (h.First+i-a.first)*binWidth).Attr("y", decimal(plotHeight-height)).
			Attr("width", binWidth).Attr("height", decimal(height)).
			Body(element("title").Text(fmt.Sprintf("%s to %s: %s", tick(h.From(i)), tick(h.From(i+1)), percent(share(h, c))))))
	}
	return all
}

// outline is a histogram's, from the left to the right.
func (a axes) outline(h run.Histogram) app.UI {
	path := fmt.Sprintf("M%d %d", (h.First-a.first)*binWidth, plotHeight)
	for i, c := range h.Counts {
		path += fmt.Sprintf("V%sH%d", decimal(plotHeight-a.height(share(h, c))), (h.First+i+1-a.first)*binWidth)
	}
	return element("path").Attr("d", path+fmt.Sprintf("V%d", plotHeight))
}

// shareTicks and valueTicks are the round numbers of the axes.
func (a axes) shareTicks() (ticks []float64) { return chart.Scale{Max: a.top}.Ticks(3) }

func (a axes) valueTicks() []float64 {
	return chart.Scale{Min: float64(a.first) * a.width, Max: float64(a.end) * a.width}.Ticks(5)
}

func (a axes) grid() (lines []app.UI) {
	for _, t := range a.shareTicks() {
		y := decimal(plotHeight - a.height(t))
		lines = append(lines, element("line").Attr("x1", 0).Attr("x2", (a.end-a.first)*binWidth).Attr("y1", y).Attr("y2", y))
	}
	return lines
}

func (a axes) shares() (labels []app.UI) {
	for _, t := range a.shareTicks() {
		labels = append(labels, app.Span().Style("bottom", decimal(a.height(t))+"%").Text(tick(100*t)+number.Thin+"%"))
	}
	return labels
}

func (a axes) values() (labels []app.UI) {
	for _, t := range a.valueTicks() {
		at := 100 * (t/a.width - float64(a.first)) / float64(a.end-a.first)
		labels = append(labels, app.Span().Style("left", decimal(at)+"%").Text(tick(t)))
	}
	return labels
}

// tick is a round number of an axis, or where a bin ends.
func tick(x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'g', 4, 64), "-", "−", 1)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

func element(tag string) app.HTMLElem { return app.Elem(tag).XMLNS("http://www.w3.org/2000/svg") }
