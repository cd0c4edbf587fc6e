package net

// Init names how a layer's weights begin. The zero value is the layer's own default, which each kind documents.
type Init string

// The ways for weights to begin.
const (
	// Starter is the course's starter code: a normal distribution of standard deviation 0.1 cut off at 0.2, and biases
	// of 0.1.
	Starter Init = "starter"
	// He is a normal distribution of variance 2/(inputs of a sum), which a ReLU keeps (He, Zhang, Ren and Sun, 2015,
	// equation 10), cut off at two standard deviations.
	He Init = "he"
	// Glorot is the uniform distribution of Glorot and Bengio (2010, equation 16).
	Glorot Init = "glorot"
	// Orthogonal is a random matrix whose rows or columns, whichever are fewer, are orthonormal (Saxe, McClelland and
	// Ganguli, 2014). A convolution's rows are its windows' places.
	Orthogonal Init = "orthogonal"
)

// Inits lists the names in the order a menu shows them.
var Inits = []Init{Starter, He, Glorot, Orthogonal}

// or returns i, or a default where i names none.
func (i Init) or(other Init) Init {
	if i == "" {
		return other
	}
	return i
}

// bias is where biases begin beside such weights.
func (i Init) bias() float32 {
	if i == Starter {
		return 0.1
	}
	return 0
}

// Variable is one tensor of a layer, f32, before it exists.
type Variable struct {
	Name      string
	Dims      []int // the last axis is that of the outputs
	Statistic bool  // a running average: kept, not trained

	// Init says how it begins. Its last axis is Gates blocks side by side, each a matrix that begins by itself.
	// Without an Init it begins as constants, one a gate.
	Init      Init
	Gates     int
	Constants []float32
}

// Size is how many numbers the variable holds.
func (v Variable) Size() int { return Shape(v.Dims).Size() }

// matrix is a layer's weights, drawn as one matrix.
func matrix(name string, init Init, dims ...int) Variable {
	return Variable{Name: name, Dims: dims, Init: init, Gates: 1}
}

// constant is a vector of n equal numbers.
func constant(name string, value float32, n int) Variable {
	return Variable{Name: name, Dims: []int{n}, Gates: 1, Constants: []float32{value}}
}

// average is a constant that is not trained.
func average(name string, value float32, n int) Variable {
	v := constant(name, value, n)
	v.Statistic = true
	return v
}
