package train

import (
	"math"
	"strconv"

	"unpool/core/number"
	"unpool/core/recipe"
)

// Equation is one line of the arithmetic by which an optimiser moves a weight.
type Equation struct {
	Name    string  // of its result, such as "m"
	Says    string  // what that is, in words
	Formula string  // in symbols
	Numbers string  // the same in numbers
	Value   float64 // the result, computed in 64 bits; training does so in 32
}

// moved is what decides how one weight moves in a step.
type moved struct {
	weight, gradient, rate float64
	m, v                   float64 // the optimiser's averages before the step: of gradients, or the velocity, and of their squares
	step                   float64 // that it is, from 1
}

// equations are an optimiser's update of a weight in numbers; the last one gives the new weight. What training computes is NewOptimizer's alone:
// these explain it, and a test compares the two.
func equations(r recipe.Recipe, w moved) []Equation {
	// What is multiplied by the learning rate, and what divides it, if anything does.
	by, direction := "g", w.gradient
	over, divisor := "", 1.0
	var lines []Equation
	line := func(name, says, formula, numbers string, value float64) float64 {
		lines = append(lines, Equation{name, says, formula, numbers, value})
		return value
	}
	average := func(name, says, of, squared string, beta, before, now float64) float64 {
		numbers := digits(beta) + " × " + digits(before) + " + " + digits(1-beta) + " × " + digits(w.gradient) + squared
		return line(name, says, digits(beta)+"·"+name+" + "+digits(1-beta)+"·"+of, numbers, beta*before+(1-beta)*now)
	}
	// Averages begin at 0; dividing by this corrects for it.
	unbiased := func(name string, beta, value float64) float64 {
		power := digits(beta) + superscript(w.step)
		return line(name+"′", name+", corrected for beginning at 0", name+" / (1 − "+digits(beta)+"ᵗ)",
			digits(value)+" / (1 − "+power+")", value/(1-math.Pow(beta, w.step)))
	}
	switch r.Optimizer {
	case recipe.Momentum:
		by = "v"
		direction = line("v", "the velocity", digits(r.Momentum)+"·v + g",
			digits(r.Momentum)+" × "+digits(w.m)+" + "+digits(w.gradient), r.Momentum*w.m+w.gradient)
	case recipe.Adam, recipe.RMSProp:
		beta := rmsBeta
		if r.Optimizer == recipe.Adam {
			beta, by = beta2, "m′"
			direction = average("m", "the running mean of the gradients", "g", "", beta1, w.m, w.gradient)
			direction = unbiased("m", beta1, direction)
		}
		v := average("v", "the running mean of their squares", "g²", "²", beta, w.v, w.gradient*w.gradient)
		divisor = math.Sqrt(unbiased("v", beta, v)) + epsilon
		by, over = by+" / (√v′ + ε)", " / "+digits(divisor)
	}
	step := line("step", "how far the weight moves", "η · "+by, digits(w.rate)+" × "+digits(direction)+over, w.rate*direction/divisor)
	line("w", "the new weight", "w − step", digits(w.weight)+" − "+digits(step), w.weight-step)
	return lines
}

// digits writes a number as number.Digits does, in parentheses where it is below zero.
func digits(x float64) string {
	if x < 0 {
		return "(" + number.Digits(x) + ")"
	}
	return number.Digits(x)
}

// superscript writes a whole number above the line.
func superscript(n float64) (above string) {
	for _, digit := range strconv.FormatFloat(n, 'f', 0, 64) {
		above += string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[digit-'0'])
	}
	return above
}
