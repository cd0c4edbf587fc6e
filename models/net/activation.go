package net

// Activation is a function of each number.
type Activation string

// The activations.
const (
	ReLU    Activation = "relu"    // max(x, 0)
	Tanh    Activation = "tanh"    // hyperbolic tangent
	Sigmoid Activation = "sigmoid" // 1/(1+exp(-x))
	Leaky   Activation = "leaky"   // x, or LeakySlope x below 0 (Maas, Hannun and Ng, 2013)
	GELU    Activation = "gelu"    // x times the normal distribution function of x (Hendrycks and Gimpel, 2016)
)

// LeakySlope is the slope of Leaky below 0.
const LeakySlope = 0.01

// Activations lists them in the order a menu shows them.
var Activations = []Activation{ReLU, Tanh, Sigmoid, Leaky, GELU}

func (a Activation) String() string { return string(a) }

// Words says what the layer is.
func (a Activation) Words() string {
	return map[Activation]string{ReLU: "ReLU", Tanh: "tanh", Sigmoid: "sigmoid", Leaky: "leaky ReLU", GELU: "GELU"}[a]
}

func (a Activation) stem() string { return string(a) }

func (Activation) options() []Option {
	return []Option{word("kind", "Function", "no activation is called %q; choose one of %s", Activations)}
}

func (Activation) place(p *Placed, _ *walk) error { return p.same() }
