package look

import (
	"fmt"
	"slices"
	"strconv"

	"unpool/core/recipe"
	"unpool/models/net"
)

// Fix is the recipe of a new run that tries to do something about a finding of a run of r, and says in a sentence what is different.
// ok is false where nothing was found, or where r leaves nothing to change.
func (f Finding) Fix(r recipe.Recipe) (fixed recipe.Recipe, says string, ok bool) {
	if !f.Found {
		return r, "", false
	}
	fixed = r
	says, ok = f.fix(&fixed, f)
	if !ok || fixed == r || fixed.Validate() != nil {
		return r, "", false
	}
	return fixed, says, true
}

// lowerRate takes a fifth of the learning rate.
func lowerRate(r *recipe.Recipe, _ Finding) (string, bool) {
	was := r.LearningRate
	r.LearningRate = rounded(was/5, 3)
	return fmt.Sprintf("Learning rate %s instead of %s: large steps can move a filter to where no gradient brings it back.",
		plain(r.LearningRate), plain(was)), true
}

// renormalize holds filters below twice the median RMS.
func renormalize(r *recipe.Recipe, f Finding) (string, bool) {
	r.FilterRMS = rounded(2*f.typical, 2)
	return fmt.Sprintf("After each step, filters with an RMS above %s, twice the median, are scaled down to it.", plain(r.FilterRMS)), true
}

// smallerFilters takes two thirds of the first convolution's window, as an odd number: 7 of 11, 5 of 7, 3 of 5.
func smallerFilters(r *recipe.Recipe, _ Finding) (string, bool) {
	smaller := func(side int) int { return min(side, max(3, side*2/3|1)) }
	return change(r, func(c *net.Conv) string {
		was := *c
		c.Height, c.Width = smaller(c.Height), smaller(c.Width)
		return fmt.Sprintf("Filters of %dx%d instead of %dx%d in the first layer.", c.Height, c.Width, was.Height, was.Width)
	})
}

// smallerStride halves the first convolution's stride.
func smallerStride(r *recipe.Recipe, _ Finding) (string, bool) {
	return change(r, func(c *net.Conv) string {
		was := c.Stride
		c.Stride = (c.Stride + 1) / 2
		return fmt.Sprintf("A stride of %d instead of %d in the first layer.", c.Stride, was)
	})
}

// change changes the first convolution of a recipe's net.
func change(r *recipe.Recipe, do func(c *net.Conv) string) (says string, ok bool) {
	n, err := net.Parse(r.Net)
	if err != nil {
		return "", false
	}
	var first func(n net.Net) (net.Net, bool)
	first = func(n net.Net) (net.Net, bool) {
		for i, l := range n {
			switch l := l.(type) {
			case net.Conv:
				says = do(&l)
				n = slices.Clone(n)
				n[i] = l
				return n, true
			case net.Residual:
				if layers, ok := first(l.Layers); ok {
					n = slices.Clone(n)
					n[i] = net.Residual{Layers: layers}
					return n, true
				}
			}
		}
		return n, false
	}
	n, ok = first(n)
	r.Net = n.String()
	return says, ok
}

// rounded is a number with so many significant digits.
func rounded(x float64, digits int) float64 {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64) // it reads what it wrote
	return x
}

func plain(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
