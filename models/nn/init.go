package nn

import (
	"fmt"
	"hash/fnv"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/models"
)

// spec is one variable before it exists.
type spec struct {
	layer, name string
	dims        []int
	fill        func(r *random, dims []int, flat []float32)
	statistic   bool // kept, not trained
}

// Init makes every variable of a recipe's net in the store, f32, with its initial value: a function of the recipe's
// seed and the variable's name alone, computed on the host, the same bits everywhere.
//
// The report's convolutional nets start as the course's starter code for the report did: weights from a normal distribution
// of standard deviation 0.1 cut off at 0.2, biases at 0.1. The recurrent nets start from Glorot and Bengio's uniform
// weights (2010, equation 16), an orthogonal recurrent matrix for each gate (Saxe, McClelland and Ganguli, 2014), and
// biases of 0, but 1 for an LSTM's forget gate (Jozefowicz et al., 2015) and a GRU's two gates: to remember is the
// better habit to begin with.
func Init(store *model.Store, r recipe.Recipe) error {
	specs := specs(r)
	if specs == nil {
		return fmt.Errorf("nn: no architecture is called %q", r.Arch)
	}
	for _, s := range specs {
		size := 1
		for _, d := range s.dims {
			size *= d
		}
		h := fnv.New64a()
		h.Write([]byte(s.layer + "/" + s.name)) // a hash takes every write
		flat := make([]float32, size)
		s.fill(seeded(r.Seed, h.Sum64()), s.dims, flat)
		v, err := store.RootScope().At("%s", s.layer).CreateVariable(s.name, tensors.FromFlatDataAndDimensions(flat, s.dims...))
		if err != nil {
			return fmt.Errorf("nn: variable %s/%s: %w", s.layer, s.name, err)
		}
		v.SetTrainable(!s.statistic)
	}
	return nil
}

// specs lists a net's variables from input to output.
func specs(r recipe.Recipe) []spec {
	side, channels := r.Dataset.Shape()
	quarter := models.Pooled(models.Pooled(side))
	eighth := models.Pooled(quarter)
	u, row := r.Units, side*channels
	switch r.Arch {
	case recipe.RNN:
		return append(cell("rnn", row, u, 0), dense("logits", u, models.Classes, glorot, constant(0))...)
	case recipe.LSTM:
		return append(cell("lstm", row, u, 0, 1, 0, 0), dense("logits", u, models.Classes, glorot, constant(0))...)
	case recipe.GRU:
		return append(cell("gru", row, u, 1, 1, 0), dense("logits", u, models.Classes, glorot, constant(0))...)
	case recipe.LeNet5:
		return join(
			conv("conv1", 5, channels, 32), conv("conv2", 5, 32, 64),
			dense("fc1", quarter*quarter*64, 1024, starter, constant(0.1)),
			dense("logits", 1024, models.Classes, starter, constant(0.1)))
	case recipe.BNCNN:
		return join(
			conv("conv1", 5, channels, 32), norm("norm1", 32),
			conv("conv2", 3, 32, 64), norm("norm2", 64),
			conv("conv3", 3, 64, 64), norm("norm3", 64),
			dense("fc1", eighth*eighth*64, 256, starter, constant(0.1)), norm("norm4", 256),
			dense("logits", 256, models.Classes, starter, constant(0.1)))
	case recipe.VGG, recipe.VGGWide:
		var all []spec
		in := channels
		for i, c := range models.VGG(r.Arch) {
			all = join(all, filters(fmt.Sprint("conv", i+1), 3, in, c.Maps), norm(fmt.Sprint("norm", i+1), c.Maps))
			in = c.Maps
		}
		return join(all, dense("logits", in, models.Classes, glorot, constant(0)))
	}
	return nil
}

func join(lists ...[]spec) (all []spec) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// cell is a recurrent layer that reads row numbers a step, with one gate for each bias, its gates side by side as column
// blocks.
func cell(layer string, row, units int, biases ...float32) []spec {
	gates := len(biases)
	bias := func(_ *random, _ []int, flat []float32) {
		for i := range flat {
			flat[i] = biases[i/units]
		}
	}
	return []spec{
		{layer, "weights", []int{row, gates * units}, blocks(gates, glorot), false},
		{layer, "recurrent", []int{units, gates * units}, blocks(gates, orthogonal), false},
		{layer, "bias", []int{gates * units}, bias, false},
	}
}

func conv(layer string, window, in, out int) []spec {
	return []spec{
		{layer, "weights", []int{window, window, in, out}, starter, false},
		{layer, "bias", []int{out}, constant(0.1), false},
	}
}

// filters is a convolution without a bias.
func filters(layer string, window, in, out int) []spec {
	return []spec{{layer, "weights", []int{window, window, in, out}, he, false}}
}

func dense(layer string, in, out int, weights, bias func(*random, []int, []float32)) []spec {
	return []spec{
		{layer, "weights", []int{in, out}, weights, false},
		{layer, "bias", []int{out}, bias, false},
	}
}

func norm(layer string, channels int) []spec {
	return []spec{
		{layer, "scale", []int{channels}, constant(1), false},
		{layer, "offset", []int{channels}, constant(0), false},
		{layer, "mean", []int{channels}, constant(0), true},
		{layer, "variance", []int{channels}, constant(1), true},
	}
}

func constant(v float32) func(*random, []int, []float32) {
	return func(_ *random, _ []int, flat []float32) {
		for i := range flat {
			flat[i] = v
		}
	}
}

// starter draws from the normal distribution of the course's starter code.
func starter(r *random, _ []int, flat []float32) {
	for i := range flat {
		flat[i] = float32(r.normal() * 0.1)
	}
}

// he draws a convolution's weights from the normal distribution of variance 2/(inputs of one sum), which a ReLU keeps (He,
// Zhang, Ren and Sun, 2015), cut off at two standard deviations.
func he(r *random, dims []int, flat []float32) {
	deviation := math.Sqrt(2 / float64(dims[0]*dims[1]*dims[2]))
	for i := range flat {
		flat[i] = float32(r.normal() * deviation)
	}
}

// glorot draws uniformly from ±sqrt(6/(in+out)).
func glorot(r *random, dims []int, flat []float32) {
	limit := math.Sqrt(6 / float64(dims[0]+dims[1]))
	for i := range flat {
		flat[i] = float32(r.uniform() * limit)
	}
}

// blocks fills a matrix of gates column blocks, each as a matrix of its own.
func blocks(gates int, fill func(*random, []int, []float32)) func(*random, []int, []float32) {
	return func(r *random, dims []int, flat []float32) {
		rows, columns := dims[0], dims[1]/gates
		block := make([]float32, rows*columns)
		for gate := range gates {
			fill(r, []int{rows, columns}, block)
			for i := range rows {
				copy(flat[i*dims[1]+gate*columns:], block[i*columns:(i+1)*columns])
			}
		}
	}
}

// orthogonal makes the rows of a square matrix orthonormal, by Gram and Schmidt's method on normal numbers, each row
// made orthogonal twice against rounding. The conversions keep a compiler from fusing a product with a sum, which
// would round differently on another processor.
func orthogonal(r *random, dims []int, flat []float32) {
	n := dims[0]
	rows := make([][]float64, n)
	for i := range rows {
		row := make([]float64, n)
		for j := range row {
			row[j] = r.normal()
		}
		for range 2 {
			for _, other := range rows[:i] {
				d := dot(row, other)
				for j := range row {
					row[j] -= float64(d * other[j])
				}
			}
		}
		length := math.Sqrt(dot(row, row))
		for j := range row {
			row[j] /= length
			flat[i*n+j] = float32(row[j])
		}
		rows[i] = row
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}
