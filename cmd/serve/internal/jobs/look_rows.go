package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/rowchart"
	"unpool/core/svg"
)

// eachClass is how many images of a class a unit is followed through.
const eachClass = 20

// rows shows how a recurrent layer reads the image row by row: the states and gates of its units, what the net would answer after each row, how far
// back its gradient reaches, and what one unit does on images of each class; beside another net's reading if one is named.
func (x *insight) rows(ctx context.Context) error {
	unit := 0
	if x.Map != nil {
		unit = *x.Map
	}
	r, err := x.reading(ctx, x.subject, x.Layer, unit)
	if err != nil {
		return err
	}
	word := "row"
	if r.Columns {
		word = "column"
	}
	x.say("The layer %s reads the image %s by %s, in %d steps.", r.Layer, word, word, r.Steps)
	image := figure.Sheet{Title: "the image", Says: capital(x.imageSays) + ".", Columns: 1, Pixel: enlarged(x.set.Width), Cells: []figure.Cell{x.cell(x.pixels)}}
	if err := x.picture("image", image); err != nil {
		return err
	}
	for _, d := range r.Directions {
		if err := x.direction(r, &d, word); err != nil {
			return err
		}
	}
	if err := x.unit(r, unit, word); err != nil {
		return err
	}
	others := []*look.Reading{}
	if x.Against != "" {
		other, err := x.reading(ctx, x.second, "", 0)
		if err != nil {
			return fmt.Errorf("-against: %w", err)
		}
		others = append(others, other)
		states, title := other.Directions[0].Traces[0].Values, fmt.Sprintf("The states of %s in %s", other.Layer, x.versus())
		if err := errors.Join(
			x.steps("other-state", title, other.Steps, other.Units, states),
			x.array("other-state", []int{other.Steps, other.Units}, states),
		); err != nil {
			return err
		}
	}
	return errors.Join(x.after(r, others, word), x.reach(r, others, word), x.across(ctx, r, unit))
}

// reading follows a layer of a net through its image.
func (x *insight) reading(ctx context.Context, s *subject, layer string, unit int) (*look.Reading, error) {
	r, err := s.net.Reading(ctx, s.pixels, layer, unit, nil)
	switch {
	case errors.Is(err, look.ErrNoCell):
		return nil, command.Usage("rows follows a recurrent layer, and %w", err)
	case errors.Is(err, look.ErrNoLayer):
		return nil, command.Usage("-layer: %w", err)
	case err != nil && x.Map != nil:
		return nil, command.Usage("-map: %w", err)
	}
	return r, err
}

// direction shows the numbers of all units that read in one direction.
func (x *insight) direction(r *look.Reading, d *look.Direction, word string) error {
	prefix, end := r.Layer+"-", ""
	if d.Backward {
		prefix, end = prefix+"backward-", " of the units that read from the end"
	}
	x.say("## What all units do%s\n\nA row of a picture for each %s, a column for each unit, similar units side by side: %s. The arrays are in the order of the units.",
		end, word, list(d.Order))
	for _, t := range d.Traces {
		var sorted []float32
		for row := range slices.Chunk(t.Values, r.Units) {
			for _, unit := range d.Order {
				sorted = append(sorted, row[unit])
			}
		}
		if err := errors.Join(
			x.steps(prefix+t.Name, capital(rowchart.Name(t.Name))+end, r.Steps, r.Units, sorted),
			x.array(prefix+t.Name, []int{r.Steps, r.Units}, t.Values),
		); err != nil {
			return err
		}
	}
	return nil
}

// steps is a picture with a row for each step.
func (x *insight) steps(name, title string, rows, columns int, values []float32) error {
	s := oneCell(title, title+". Gray is zero.", rows, columns, values)
	s.Pixel = max(4, 512/columns)
	return x.picture(name, s)
}

// unit shows what one unit does.
func (x *insight) unit(r *look.Reading, unit int, word string) error {
	d := &r.Directions[unit/r.Units]
	var lines []rowchart.Line
	for _, t := range d.Traces {
		line := rowchart.Line{Name: t.Name}
		for row := range r.Steps {
			line.Values = append(line.Values, t.Values[row*r.Units+unit%r.Units])
		}
		lines = append(lines, line)
	}
	gates, states := rowchart.Units(lines)
	gates.Backward, states.Backward = d.Backward, d.Backward
	x.say("## Unit %d", unit)
	err := x.chart("unit-state", fmt.Sprintf("Unit %d", unit), "Its state, and what makes it.", word, states)
	if len(gates.Lines) > 0 {
		err = errors.Join(err, x.chart("unit-gates", fmt.Sprintf("The gates of unit %d", unit), "1 lets all through, 0 nothing.", word, gates))
	}
	return err
}

// chart is a picture of lines over the rows.
func (x *insight) chart(name, title, says, word string, c rowchart.Chart) error {
	c.X = word
	elements, height := c.Draw()
	d := svg.Document{Width: rowchart.Width, Height: height, Title: title, Says: says}
	d.Add("%s", elements)
	x.say("%s\n\n![%s](%s.svg)", says, title, name)
	return x.file(name+".svg", []byte(d.String()))
}

// after shows what the net would answer after each row.
func (x *insight) after(r *look.Reading, others []*look.Reading, word string) error {
	x.say("## The answer after each %s", word)
	if r.Answers == nil {
		x.say("The net's answer rests on the states after all %ss, so there is no answer after each.", word)
		return nil
	}
	c := rowchart.Answers(x.set.Classes, r.Answers)
	c.Mark = r.Decided()
	decided := func(of *look.Reading) string {
		answer := x.set.Classes[look.Largest(of.Answers[of.Steps-1])]
		return fmt.Sprintf("from %s %d on, counted from 1, the answer is %s and no longer changes", word, of.Decided()+1, answer)
	}
	says := capital(decided(r)) + "."
	for _, other := range others {
		if other.Answers != nil {
			says += " In the other net " + decided(other) + "."
		}
	}
	return errors.Join(
		x.chart("answers", "The answer after each "+word, "The probability of each class if the image ended after that "+word+". "+says, word, c),
		x.array("answers", []int{r.Steps, len(x.set.Classes)}, slices.Concat(r.Answers...)),
	)
}

// reach shows how far back the gradient reaches.
func (x *insight) reach(r *look.Reading, others []*look.Reading, word string) error {
	c := rowchart.Chart{Log: true, At: -1, Mark: -1, Lines: []rowchart.Line{{Name: "this net", Values: r.Gradients}}}
	for _, other := range others {
		c.Lines = append(c.Lines, rowchart.Line{Name: "the other net", Values: other.Gradients})
	}
	x.say("## How far back the gradient reaches")
	return errors.Join(
		x.chart("gradients", "How far back the gradient reaches", "The norm of the gradient of the answer's logit with respect to what is read at each "+
			word+", on a logarithmic scale.", word, c),
		x.array("gradients", []int{r.Steps}, r.Gradients),
	)
}

// across shows what the unit does on images of each class.
func (x *insight) across(ctx context.Context, r *look.Reading, unit int) error {
	a, err := x.net.Across(ctx, x.set, r.Layer, unit, eachClass, nil)
	if err != nil {
		return err
	}
	x.say("## Unit %d on many images", unit)
	says := fmt.Sprintf("State of unit %d on the first %d test images of each class, class by class", unit, eachClass)
	return errors.Join(
		x.steps("across", says, a.Steps, len(a.Images), a.States),
		x.array("across", []int{a.Steps, len(a.Images)}, a.States),
		x.steps("means", "Mean over each class", a.Steps, len(x.set.Classes), a.Means),
		x.array("means", []int{a.Steps, len(x.set.Classes)}, a.Means),
	)
}
