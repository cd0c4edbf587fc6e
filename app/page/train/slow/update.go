package slow

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/core/protocol"
)

// arrays are those of the net's weights, to choose from.
func (s *Step) arrays() app.UI {
	options := make([]app.UI, len(s.Updates))
	for i := range options {
		options[i] = app.Option().Value(strconv.Itoa(i)).Selected(i == s.Array).Text(s.array(i))
	}
	return app.Div().Class("field").Body(
		app.Label().For("slow-array").Text("Array of weights"),
		app.Select().ID("slow-array").OnChange(func(_ app.Context, e app.Event) {
			if i, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil {
				s.Pick(i)
			}
		}, app.EventScope(s.Step)).Body(options...),
	)
}

// array is the name of an array.
func (s *Step) array(i int) string { return s.Updates[i].Layer + " " + s.Updates[i].Name }

// update is how the optimiser moves the weights.
func (s *Step) update(m *markup.Markup) {
	says(m, "The optimiser moves every weight w against its gradient g, at the learning rate η\u00a0=\u00a0%s. Here is the arithmetic for one "+
		"weight: the one with the largest gradient of its array.", number.Digits(s.Rate))
	u := &s.Updates[s.Array]
	m.Add(`<p class="slow-sum">%s %s: w&nbsp;=&nbsp;%s, g&nbsp;=&nbsp;%s</p>`, s.array(s.Array), place(u), number.Exact(u.Before), number.Digits(float64(u.WeightGradient)))
	m.WriteString(`<ol class="slow-equations" aria-label="The arithmetic of one weight">`)
	for i := range u.Equations {
		e := &u.Equations[i]
		line := e.Name + " = " + e.Formula
		if e.Numbers != "" {
			line += " = " + e.Numbers
		}
		m.Add(`<li><span class="under">%s</span>%s = <b>%s</b></li>`, e.Says, line, number.Digits(e.Value))
	}
	m.Add(`</ol><p id="slow-new" class="slow-sum">The training program computes w&nbsp;=&nbsp;%s</p>`, number.Exact(u.After))
	says(m, "All weights move at once. This is how far, as root mean squares, beside how large the weights are; about a thousandth per step is common.")
	var rows [][]string
	for i := range s.Updates {
		u := &s.Updates[i]
		share := "–"
		if u.Size > 0 {
			share = number.Significant(100*u.Moved/u.Size, 2) + number.Thin + "%"
		}
		rows = append(rows, []string{s.array(i), shape(u.Dims), number.Loss(u.Size), number.Loss(u.Moved), share})
	}
	table(m, "How far the weights move", []string{"weights", "shape", "size", "update", "update / size"}, rows)
}

// result is how the step has changed the loss.
func (s *Step) result(m *markup.Markup) {
	verb := "falls"
	if s.After > s.Loss {
		verb = "rises"
	}
	says(m, "With the new weights the loss of the same batch %s:", verb)
	m.Add(`<p id="slow-loss" class="slow-sum">%s → %s</p>`, number.Signed(s.Loss), number.Signed(s.After))
	says(m, "A step follows the gradient of one batch, so the next batch may gain less, or lose. Nothing has changed yet: the training program took this "+
		"step, read its numbers, and put all weights back. Taking the step now gives exactly these weights.")
}

// place says which weight of an array it is, counted from 1.
func place(u *protocol.Update) string {
	parts := make([]string, len(u.At))
	for i, at := range u.At {
		parts[i] = strconv.Itoa(at + 1)
	}
	return "[" + strings.Join(parts, ", ") + "] of " + shape(u.Dims)
}
