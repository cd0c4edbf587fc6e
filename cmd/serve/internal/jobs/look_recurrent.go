package jobs

import (
	"errors"
	"fmt"

	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/number"
	"unpool/core/plane"
	"unpool/core/svg"
)

// aboutEigenvalues says what they mean; look.GateWeights explains it in full.
const aboutEigenvalues = "The eigenvalues of the recurrent weights and the unit circle: a pattern of the state whose eigenvalue lies inside fades from step to step; one " +
	"outside grows. Except for tanh, that is all of an RNN's memory. An LSTM and a GRU remember with their gates: there the candidate's eigenvalues say " +
	"what happens to the state where the gates let all of it through."

// gates shows the weights of a recurrent layer, gate by gate.
func (x *insight) gates(r *look.Recurrent) error {
	x.say("## %s: %s units that read %s values per step\n\n%s", r.Layer, number.Plain(r.Units), number.Plain(r.Reads), aboutEigenvalues)
	for _, g := range r.Gates {
		name := g.Name
		if g.Backward {
			name = "backward-" + name
		}
		if err := x.gate(r, g, r.Layer+"-"+name); err != nil {
			return err
		}
	}
	return nil
}

func (x *insight) gate(r *look.Recurrent, g look.GateWeights, name string) error {
	var sorted, parts []float32
	for _, unit := range g.Order {
		sorted = append(sorted, g.Strips[unit*r.Reads:(unit+1)*r.Reads]...)
	}
	var points [][2]float32
	for _, e := range g.Eigenvalues {
		one := [2]float32{float32(real(e)), float32(imag(e))}
		parts, points = append(parts, one[:]...), append(points, one)
	}
	x.say("### %s", name)
	if err := errors.Join(
		x.picture(name+"-input", oneCell("Input weights of "+name, "The weights of each unit for a step's input, one row per unit, strongest at the top. Gray is zero.",
			r.Units, r.Reads, sorted)),
		x.array(name+"-input", []int{r.Units, r.Reads}, g.Strips),
	); err != nil {
		return err
	}
	x.say("The array is in the order of the units; the picture is in the order %s.", list(g.Order))
	if err := errors.Join(
		x.picture(name+"-recurrent", oneCell("Recurrent weights of "+name, "Recurrent weights, from the unit of a row to that of a column. Gray is zero.", r.Units, r.Units, g.Matrix)),
		x.array(name+"-recurrent", []int{r.Units, r.Units}, g.Matrix),
	); err != nil {
		return err
	}
	says := fmt.Sprintf("In the complex plane, with the unit circle. The largest magnitude is %s.", number.Significant(g.Radius, 3))
	d := svg.Document{Width: plane.Side, Height: plane.Side, Title: "Eigenvalues of the recurrent weights of " + name, Says: says}
	d.Add("%s", plane.Draw(points))
	x.say("%[1]s: %[2]s\n\n![%[1]s](%[3]s-eigenvalues.svg)", d.Title, says, name)
	return errors.Join(
		x.array(name+"-eigenvalues", []int{r.Units, 2}, parts),
		x.file(name+"-eigenvalues.svg", []byte(d.String())),
	)
}

// oneCell is a sheet of one image of numbers.
func oneCell(title, says string, height, width int, values []float32) figure.Sheet {
	largest := largestOf(values)
	return figure.Sheet{Title: title, Says: says, Low: significant(-largest), High: significant(largest), Columns: 1, Pixel: max(2, 256/width),
		Cells: []figure.Cell{gray(height, width, values, largest)}}
}
