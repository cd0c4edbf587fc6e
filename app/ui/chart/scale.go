package chart

import (
	"math"
	"strconv"
)

// Scale maps values to pixels: linearly, or by logarithm.
type Scale struct {
	Min, Max float64 // values; both above 0 on a logarithmic scale
	From, To float64 // pixels
	Log      bool
}

// Pixel returns where x lies. A value that a logarithmic scale cannot show lies at its lower end.
func (s Scale) Pixel(x float64) float64 {
	lo, hi := s.Min, s.Max
	if s.Log {
		lo, hi, x = math.Log(lo), math.Log(hi), math.Log(max(x, lo))
	}
	if hi == lo {
		return s.From
	}
	return s.From + (x-lo)/(hi-lo)*(s.To-s.From)
}

// Ticks returns about n round values within the scale, in order.
func (s Scale) Ticks(n int) []float64 {
	if s.Log {
		return s.logTicks(n)
	}
	step := niceStep((s.Max - s.Min) / float64(max(n, 1)))
	if step == 0 {
		return []float64{s.Min}
	}
	var ticks []float64
	// The tolerance takes in an end that rounding has moved out by a hair.
	for i := math.Ceil(s.Min/step - 1e-9); i <= s.Max/step+1e-9; i++ {
		ticks = append(ticks, i*step+0) // +0 makes a negative zero positive
	}
	return ticks
}

// logTicks offers 1, 2 and 5 of each decade, and powers of ten alone when those would crowd.
func (s Scale) logTicks(n int) []float64 {
	for _, digits := range [][]float64{{1, 2, 5}, {1}} {
		var ticks []float64
		for e := math.Floor(math.Log10(s.Min)); e <= math.Ceil(math.Log10(s.Max)); e++ {
			for _, d := range digits {
				if t := d * math.Pow(10, e); t >= s.Min*(1-1e-9) && t <= s.Max*(1+1e-9) {
					ticks = append(ticks, t)
				}
			}
		}
		if len(ticks) <= 2*n || len(digits) == 1 {
			return ticks
		}
	}
	return nil
}

// niceStep returns the smallest of 1, 2, 5 times a power of ten that is at least x; 0 for what has none.
func niceStep(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, d := range []float64{1, 2, 5} {
		if d*power >= x*(1-1e-9) {
			return d * power
		}
	}
	return 10 * power
}

// pixel writes a coordinate to a tenth of a pixel.
func pixel(x float64) string {
	return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
}
