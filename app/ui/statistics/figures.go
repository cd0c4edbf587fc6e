package statistics

import (
	"unpool/core/number"
	"unpool/core/run"
)

// figures are what is measured of a layer or a map, in the order of the columns.
var figures = []struct {
	head  string
	value func(run.Spread) float64
	share bool // of 1, written in percent
}{
	{"mean", func(s run.Spread) float64 { return s.Mean }, false},
	{"std. deviation", func(s run.Spread) float64 { return s.Deviation }, false},
	{"min", func(s run.Spread) float64 { return s.Min }, false},
	{"max", func(s run.Spread) float64 { return s.Max }, false},
	{"share of zeros", func(s run.Spread) float64 { return s.Zeros }, true},
}

// texts are a spread's figures for readers.
func texts(s run.Spread) (all []string) {
	for _, f := range figures {
		if f.share {
			all = append(all, number.Share(f.value(s)))
		} else {
			all = append(all, number.Signed(f.value(s)))
		}
	}
	return all
}

// differences are those of two spreads' figures, with their signs.
func differences(of, against run.Spread) (all []string) {
	for _, f := range figures {
		difference := f.value(of) - f.value(against)
		if f.share {
			all = append(all, number.Difference(difference)+" points")
		} else {
			all = append(all, withSign(difference, number.Signed))
		}
	}
	return all
}

// withSign is a text of a number with a plus, too, where it is above zero.
func withSign(x float64, text func(float64) string) string {
	if x > 0 {
		return "+" + text(x)
	}
	return text(x)
}
