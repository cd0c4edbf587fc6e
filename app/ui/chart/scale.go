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
func (s Scale) Pixel(x float64) float64 { return s.pixels()(x) }

// farthest is how far away from the picture anything is drawn: more would overflow.
const farthest = 1e6

// pixels is Pixel for many values.
func (s Scale) pixels() func(float64) float64 {
	lo, hi := s.Min, s.Max
	if s.Log {
		lo, hi = math.Log(lo), math.Log(hi)
	}
	if hi == lo {
		return func(float64) float64 { return s.From }
	}
	per := (s.To - s.From) / (hi - lo)
	if s.Log {
		return func(x float64) float64 { return s.From + (math.Log(max(x, s.Min))-lo)*per }
	}
	return func(x float64) float64 { return max(-farthest, min(s.From+(x-lo)*per, farthest)) }
}

// Value returns what lies at a pixel.
func (s Scale) Value(pixel float64) float64 {
	part := (pixel - s.From) / (s.To - s.From)
	if s.Log {
		return math.Exp(math.Log(s.Min) + part*(math.Log(s.Max)-math.Log(s.Min)))
	}
	return s.Min + part*(s.Max-s.Min)
}

// Ticks returns about n round values within the scale, in order.
func (s Scale) Ticks(n int) []float64 {
	if s.Log {
		if ticks := s.logTicks(n); len(ticks) > 1 {
			return ticks
		} // else less than a factor of two is on view
	}
	return s.multiples(niceStep((s.Max - s.Min) / float64(max(n, 1))))
}

// multiples returns the multiples of a step within the scale.
func (s Scale) multiples(step float64) []float64 {
	if step == 0 {
		return []float64{s.Min}
	}
	var ticks []float64
	// The tolerance includes an end that rounding has moved out slightly.
	for i := math.Ceil(s.Min/step - 1e-9); i <= s.Max/step+1e-9; i++ {
		ticks = append(ticks, i*step+0) // +0 makes a negative zero positive
	}
	return ticks
}

// logTicks offers 1, 2 and 5 of each decade; powers of ten alone, or each second of them and so on, where those would crowd.
func (s Scale) logTicks(n int) []float64 {
	low, high := math.Floor(math.Log10(s.Min)), math.Ceil(math.Log10(s.Max))
	digits := []float64{1, 2, 5}
	for decades := 1.0; ; {
		var ticks []float64
		for e := math.Ceil(low/decades) * decades; e <= high; e += decades {
			for _, d := range digits {
				if t := d * math.Pow(10, e); t >= s.Min*(1-1e-9) && t <= s.Max*(1+1e-9) {
					ticks = append(ticks, t)
				}
			}
		}
		if len(ticks) <= 2*n || decades > high-low {
			return ticks
		}
		if len(digits) > 1 {
			digits = digits[:1]
		} else {
			decades++
		}
	}
}

// niceStep returns the smallest of 1, 2, 5 times a power of ten that is at least x; 0 if there is none.
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

// plain writes a tick of a logarithmic scale, or of one whose ticks need not have the same number of digits.
func plain(x float64) string {
	if x != 0 && (math.Abs(x) < 1e-4 || math.Abs(x) >= 1e6) {
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// decimals is how many digits after the point the multiples of a step need.
func decimals(step float64) int {
	if step == 0 || step >= 1 {
		return 0
	}
	return int(math.Ceil(-math.Log10(step) - 1e-9))
}

func finite(x float64) bool { return x-x == 0 }
