package net

import (
	"fmt"
	"strconv"
)

// The least and the largest rate of dropout.
const (
	minRate = 0.01
	maxRate = 0.99
)

// Dropout sets a share of its input to zero in training, again at each step, and enlarges the rest so that sums keep their
// mean (Srivastava et al., 2014).
type Dropout struct {
	Rate float64 // the share that is dropped
}

func parseDropout(o *options) Layer {
	if len(o.words) == 0 {
		return Dropout{0.5}
	}
	rate, err := strconv.ParseFloat(o.take(), 64)
	if err != nil && o.err == nil {
		o.err = problem("needs a rate, as in %q", o.example)
	}
	return Dropout{rate}
}

func (d Dropout) rate() string   { return strconv.FormatFloat(d.Rate, 'f', -1, 64) }
func (d Dropout) String() string { return text("dropout", d.rate()) }

// Words says what the layer is.
func (d Dropout) Words() string {
	if d.Rate == 0.5 {
		return "dropout of one half"
	}
	return fmt.Sprintf("dropout of %s", d.rate())
}

func (Dropout) stem() string { return "dropout" }

func (Dropout) options() []Option {
	return []Option{{Name: "rate", Label: "Rate", Help: "the share of values set to zero in training", Low: minRate, High: maxRate, what: "a rate"}}
}

func (Dropout) place(p *Placed, _ *walk) error { return p.same() }
