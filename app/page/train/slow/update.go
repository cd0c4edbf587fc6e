package slow

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/table"
	"unpool/core/number"
	"unpool/core/protocol"
)

// update is how the optimiser moves the weights.
func (s Step) update() []app.UI {
	var options []app.UI
	var rows [][]string
	for i, u := range s.Updates {
		options = append(options, app.Option().Value(strconv.Itoa(i)).Selected(i == s.Array).Text(u.Layer+" "+u.Name))
		share := "–"
		if u.Size > 0 {
			share = number.Significant(100*u.Moved/u.Size, 2) + number.Thin + "%"
		}
		rows = append(rows, []string{u.Layer + " " + u.Name, shape(u.Dims), number.Loss(u.Size), number.Loss(u.Moved), share})
	}
	u := s.Updates[s.Array]
	var lines []app.UI
	for _, e := range u.Equations {
		line := e.Name + " = " + e.Formula
		if e.Numbers != "" {
			line += " = " + e.Numbers
		}
		lines = append(lines, app.Elem("li").Body(under(e.Says), app.Span().Text(line+" = "), app.Elem("strong").Text(digits(e.Value))))
	}
	return []app.UI{
		says("The optimiser moves every weight w against its gradient g, at the learning rate η\u00a0=\u00a0%s. Here is the arithmetic for one weight: the one with the largest "+
			"gradient of its array.", digits(s.Rate)),
		app.Div().Class("field").Body(
			app.Label().For("slow-array").Text("Array of weights"),
			app.Select().ID("slow-array").OnChange(func(_ app.Context, e app.Event) {
				if i, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil {
					s.Pick(i)
				}
			}, app.EventScope(s.Step)).Body(options...),
		),
		app.P().Class("slow-sum").Text(fmt.Sprintf("%s %s %s: w\u00a0=\u00a0%s, g\u00a0=\u00a0%s", u.Layer, u.Name, place(u), exact(u.Before), digits(float64(u.WeightGradient)))),
		app.Elem("ol").Class("slow-equations").Aria("label", "The arithmetic of one weight").Body(lines...),
		app.P().ID("slow-new").Class("slow-sum").Text("The training program itself comes to w\u00a0=\u00a0" + exact(u.After)),
		says("All weights move at once. This is how far, as root mean squares, beside how large the weights are; about a thousandth a step is common."),
		table.Table("How far the weights move", []string{"weights", "shape", "size", "update", "update / size"}, rows),
	}
}

// result is what the step has done to the loss.
func (s Step) result() []app.UI {
	verb := "falls"
	if s.After > s.Loss {
		verb = "rises"
	}
	return []app.UI{
		says("With the new weights the loss of the same batch %s:", verb),
		app.P().ID("slow-loss").Class("slow-sum").Text(number.Signed(s.Loss) + " → " + number.Signed(s.After)),
		says("A step follows the gradient of one batch, so the next batch may gain less, or lose. Nothing has changed yet: the training program took this step, read " +
			"its numbers, and put all weights back. Taking the step now gives exactly these weights."),
		app.Div().Body(s.Take),
	}
}

// place says which weight of an array it is, counted from 1.
func place(u protocol.Update) string {
	parts := make([]string, len(u.At))
	for i, at := range u.At {
		parts[i] = strconv.Itoa(at + 1)
	}
	return "[" + strings.Join(parts, ", ") + "] of " + shape(u.Dims)
}

// digits writes a number with four significant digits.
func digits(x float64) string { return signed(x, strconv.FormatFloat(math.Abs(x), 'g', 4, 64)) }

// exact writes a weight with all its digits.
func exact(x float32) string {
	return signed(float64(x), strconv.FormatFloat(math.Abs(float64(x)), 'g', -1, 32))
}

// signed puts a minus sign before a magnitude where the number is below zero.
func signed(x float64, magnitude string) string {
	if x < 0 {
		return "−" + magnitude
	}
	return magnitude
}
