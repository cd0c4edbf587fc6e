package net

import "fmt"

// Pool takes the largest or the mean of each map in a square window. In a window that reaches over the edge, only what
// lies in the image counts.
type Pool struct {
	Average bool
	Window  int
	Stride  int  // the window's side where the text names none
	Valid   bool // only windows that lie wholly inside the image; else the edges have windows too
}

func parsePool(o *options) Layer        { return pooling(false, o) }
func parseAveragePool(o *options) Layer { return pooling(true, o) }

func pooling(average bool, o *options) Pool {
	side := o.size(1)[0]
	return Pool{average, side, o.number("stride", side), o.flag("valid")}
}

func (l Pool) String() string {
	word := "pool"
	if l.Average {
		word = "avgpool"
	}
	return text(word, fmt.Sprint(l.Window), l.window().options(l.Window))
}

// Words says what the layer is.
func (l Pool) Words() string {
	kind := "max"
	if l.Average {
		kind = "average"
	}
	words := fmt.Sprintf("%s-pooling %dx%d", kind, l.Window, l.Window)
	if l.Stride != l.Window {
		words += fmt.Sprintf(", stride %d", l.Stride)
	}
	return words
}

func (Pool) stem() string     { return "pool" }
func (l Pool) window() window { return window{l.Window, l.Window, l.Stride, l.Valid} }

func (Pool) options() []Option {
	return append(windowOptions("window"), strideOption, validOption, flag("average", "Mean", "the mean of each window instead of its maximum"))
}

func (l Pool) place(p *Placed, _ *walk) error {
	if !p.In.image() {
		return p.needs("an image")
	}
	return l.window().over(p, p.In.last())
}
