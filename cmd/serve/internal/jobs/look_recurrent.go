package jobs

import (
	"errors"

	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/number"
	"unpool/core/plane"
)

// aboutEigenvalues says what they mean; look.GateWeights says it at length.
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
	strips, matrix := largestOf(g.Strips), largestOf(g.Matrix)
	x.say("### %s", name)
	x.say("The weights of each unit for a step's input, one row per unit, strongest at the top: %s. Gray is zero, black is -%s, white is %[2]s. "+
		"Numbers: [%[3]s-input.npy](%[3]s-input.npy), %[4]s, in the order of the units.", list(g.Order), significant(strips), name, shape([]int{r.Units, r.Reads}))
	if err := errors.Join(
		x.array(name+"-input", []int{r.Units, r.Reads}, g.Strips),
		x.picture(name+"-input", "input weights of "+name+", sorted", oneCell(r.Units, r.Reads, sorted, strips)),
	); err != nil {
		return err
	}
	x.say("Recurrent weights, from the unit of a row to that of a column. Black is -%s, white is %[1]s. Numbers: [%[2]s-recurrent.npy](%[2]s-recurrent.npy), %[3]s.",
		significant(matrix), name, shape([]int{r.Units, r.Units}))
	if err := errors.Join(
		x.array(name+"-recurrent", []int{r.Units, r.Units}, g.Matrix),
		x.picture(name+"-recurrent", "recurrent weights of "+name, oneCell(r.Units, r.Units, g.Matrix, matrix)),
	); err != nil {
		return err
	}
	x.say("Eigenvalues, the largest of magnitude %s. Numbers: [%[2]s-eigenvalues.npy](%[2]s-eigenvalues.npy), %[3]s, real and imaginary parts.\n\n"+
		"![eigenvalues of the recurrent weights of %[2]s in the complex plane, with the unit circle](%[2]s-eigenvalues.svg)",
		number.Significant(g.Radius, 3), name, shape([]int{r.Units, 2}))
	return errors.Join(
		x.array(name+"-eigenvalues", []int{r.Units, 2}, parts),
		x.file(name+"-eigenvalues.svg", plane.SVG(name, points)),
	)
}

// oneCell is a sheet of one image of numbers.
func oneCell(height, width int, values []float32, largest float32) figure.Sheet {
	return figure.Sheet{Columns: 1, Pixel: max(2, 256/width), Cells: []figure.Cell{gray(height, width, values, largest)}}
}
