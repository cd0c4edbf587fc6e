package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/run"
)

// stats measures the activations of the net on the test images, beside those of another net if one is asked for.
func (x *insight) stats(ctx context.Context) error {
	of, err := x.measure(ctx, x.subject)
	if err != nil {
		return err
	}
	var other *run.Activations
	if x.second != nil {
		if other, err = x.measure(ctx, x.second); err != nil {
			return err
		}
	}
	x.say("The outputs of every activation function and every recurrent layer for %s test images. In a recurrent layer each step counts as a position and "+
		"each unit as a map. A dead map is zero everywhere for all images.\n\n%s", number.Plain(of.Images), layerTable(of))
	if other != nil {
		x.say("The same for the other net, on %s test images:\n\n%s", number.Plain(other.Images), layerTable(other))
		x.say("The differences, for the layers that both nets have:\n\n%s", differences(of, other))
	}
	x.say("For programs: [statistics.csv](statistics.csv) by layer, [maps.csv](maps.csv) by map, and [histograms.csv](histograms.csv). Maps are counted from 0.")
	for i := range of.Layers {
		l := &of.Layers[i]
		x.say("## %s", l.Layer)
		if err := x.histogram(l, of, other); err != nil {
			return err
		}
		var dead []string
		for m, s := range l.Maps {
			if s.Dead() {
				dead = append(dead, number.Plain(m))
			}
		}
		if len(dead) > 0 {
			x.say("Dead maps: %s.", strings.Join(dead, ", "))
		}
	}
	return errors.Join(
		x.file("statistics.csv", []byte(of.LayersCSV())),
		x.file("maps.csv", []byte(of.MapsCSV())),
		x.file("histograms.csv", []byte(of.HistogramsCSV())),
	)
}

func (x *insight) measure(ctx context.Context, s *subject) (*run.Activations, error) {
	a, err := remembered(ctx, s, s.net, "activations", nil, func(a *run.Activations) bool { return s.net.FitsActivations(a, s.set) },
		func() (*run.Activations, error) {
			fmt.Fprintf(x.stderr, "measuring %s test images\n", number.Plain(s.set.Test.Len()))
			return s.net.Activations(ctx, s.set, nil)
		})
	if errors.Is(err, look.ErrNoActivations) {
		return nil, command.Usage("the net has no activation function and no recurrent layer, so there is nothing to measure")
	}
	return a, err
}

// spread are the figures of a layer for readers.
func spread(s run.Spread) []string {
	return []string{
		number.Significant(s.Mean, 4), number.Significant(s.Deviation, 4), number.Significant(s.Min, 4), number.Significant(s.Max, 4), number.Percent(s.Zeros) + " %",
	}
}

var layerHead = []string{"layer", "mean", "standard deviation", "min", "max", "zeros", "dead maps"}

func layerTable(a *run.Activations) string {
	var rows [][]string
	for _, l := range a.Layers {
		rows = append(rows, append(append([]string{l.Layer}, spread(l.Spread)...), number.Plain(l.Dead())+" of "+number.Plain(len(l.Maps))))
	}
	return markdown.Table(layerHead, rows)
}

// differences are what the layers of a have more than those of b.
func differences(a, b *run.Activations) string {
	var rows [][]string
	for _, l := range a.Layers {
		o := b.Layer(l.Layer)
		if o == nil {
			continue
		}
		d := run.Spread{Mean: l.Mean - o.Mean, Deviation: l.Deviation - o.Deviation, Min: l.Min - o.Min, Max: l.Max - o.Max, Zeros: l.Zeros - o.Zeros}
		cells := spread(d)
		cells[len(cells)-1] = number.Percent(d.Zeros) + " points"
		rows = append(rows, append(append([]string{l.Layer}, cells...), number.Plain(l.Dead()-o.Dead())))
	}
	return markdown.Table(layerHead, rows)
}

// histogram draws a layer's histogram, with the other net's over it.
func (x *insight) histogram(l *run.LayerActivations, of, other *run.Activations) error {
	h := l.Histogram
	figures := figure.Curves{X: "activation", Y: "share of all activations in %"}
	label, others := "", ""
	if other != nil {
		label = "step " + number.Plain(of.Step)
		if o := other.Layer(l.Layer); o != nil {
			// The wider bins are those that both can have.
			h = h.Widened(o.Histogram.Width)
			wide := o.Histogram.Widened(h.Width)
			others = fmt.Sprintf(", and of the other net's %s %%", number.Percent(zeros(wide)))
			if len(wide.Counts) > 0 {
				figures.Series = append(figures.Series, figure.Series{Label: "the other, step " + number.Plain(other.Step), Points: steps(wide)})
			}
		}
	}
	if len(h.Counts) > 0 {
		figures.Series = append([]figure.Series{{Label: label, Points: steps(h), Filled: true}}, figures.Series...)
	}
	if len(figures.Series) == 0 {
		x.say("All activations are exactly zero.")
		return nil
	}
	x.say("All %s activations are counted, in bins %s wide. Those that are exactly zero are not in the figure: %s %%%s.",
		number.Plain(l.Histogram.Total()), number.Significant(h.Width, 4), number.Percent(zeros(h)), others)
	return x.draw(l.Layer+"-histogram", "histogram of "+l.Layer, figures)
}

func zeros(h run.Histogram) float64 { return float64(h.Zeros) / float64(h.Total()) }

// steps are the corners of a histogram's outline: shares in percent.
func steps(h run.Histogram) []figure.Point {
	points := []figure.Point{{X: h.From(0)}}
	for i, c := range h.Counts {
		y := 100 * float64(c) / float64(h.Total())
		points = append(points, figure.Point{X: h.From(i), Y: y}, figure.Point{X: h.From(i + 1), Y: y})
	}
	return append(points, figure.Point{X: h.From(len(h.Counts))})
}
