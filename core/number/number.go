// Package number writes numbers for people: thousands separators, sensible digits, units always there. Pages have thin spaces between
// thousands; plain text, for terminals and Markdown, has commas. It knows nothing of runs or pages.
package number

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Thin is the narrow no-break space that separates thousands, and a number from its unit.
const Thin = "\u202f"

// Int writes n with thin thousands separators: 60 000.
func Int[T ~int | ~int64](n T) string { return grouped(int64(n), "\u2212", Thin) }

// Plain writes n as plain text: 60,000.
func Plain[T ~int | ~int64](n T) string { return grouped(int64(n), "-", ",") }

// Ordinal writes a place, such as 14th.
func Ordinal(n int) string {
	ending := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return Plain(n) + ending
}

func grouped(n int64, minus, separator string) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = minus, digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Round writes x, rounded, like Int; a dash where x is not a finite number that fits.
func Round(x float64) string {
	if !finite(x) || math.Abs(x) > 1e15 {
		return "–"
	}
	return Int(int64(math.Round(x)))
}

// Significant writes x with so many significant digits, and thousands separators: 41.0, 1 200.
func Significant(x float64, digits int) string {
	if !finite(x) {
		return "–"
	}
	if x == 0 {
		return "0"
	}
	after := digits - 1 - int(math.Floor(math.Log10(math.Abs(x))))
	if after > 0 {
		return strconv.FormatFloat(x, 'f', after, 64)
	}
	unit := math.Pow10(-after)
	return Round(math.Round(x/unit) * unit)
}

// Percent writes a share of 1 to a tenth of a point: 0.971 is "97.1".
func Percent(share float64) string {
	if !finite(share) {
		return "–"
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64)
}

// Share writes a share of 1 as Percent does, with the sign: 0.971 is "97.1 %".
func Share(share float64) string { return Percent(share) + Thin + "%" }

// Hundredths writes a share of 1 to a hundredth of a point, as the course report does: 0.9727 is "97.27".
func Hundredths(share float64) string {
	if !finite(share) {
		return "–"
	}
	return strconv.FormatFloat(100*share, 'f', 2, 64)
}

// Difference writes a difference of two shares in points, with its sign, to a hundredth.
func Difference(d float64) string {
	if !finite(d) {
		return "–"
	}
	points := strings.TrimPrefix(strconv.FormatFloat(100*d, 'f', 2, 64), "-")
	switch {
	case points == "0.00":
		return points
	case d < 0:
		return "\u2212" + points
	}
	return "+" + points
}

// Loss writes a loss with three significant digits; an infinite one or NaN in words.
func Loss(x float64) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 0):
		return "infinite"
	case x == 0:
		return "0"
	}
	// Rounding first: 0.9996 has three significant digits as 1.00, not 1.000.
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 2, 64), 64)
	exponent := int(math.Floor(math.Log10(math.Abs(rounded))))
	if exponent < -5 || exponent > 5 {
		return strconv.FormatFloat(x, 'e', 2, 64)
	}
	return strconv.FormatFloat(rounded, 'f', max(0, 2-exponent), 64)
}

// Signed writes a number that may be below zero with three significant digits, as Loss does, and a minus sign in front where it is.
func Signed(x float64) string { return minus(x, Loss(math.Abs(x))) }

// Digits writes a number of any size with four significant digits, in powers of ten where that is shorter: −0.1041, 2.5e-07.
func Digits(x float64) string { return minus(x, strconv.FormatFloat(math.Abs(x), 'g', 4, 64)) }

// Exact writes a number with as many digits as distinguish it from all others of 32 bits.
func Exact(x float32) string {
	return minus(float64(x), strconv.FormatFloat(math.Abs(float64(x)), 'g', -1, 32))
}

// minus puts a minus sign before a magnitude where the number is below zero.
func minus(x float64, magnitude string) string {
	if x < 0 {
		return "\u2212" + magnitude
	}
	return magnitude
}

// Bytes writes a size in decimal units with one digit after the point: 11.6 MB.
func Bytes(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if n >= unit.size {
			return strconv.FormatFloat(float64(n)/float64(unit.size), 'f', 1, 64) + Thin + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + Thin + "B"
}

// Clock writes seconds as a stopwatch does: 1:12, or 1:02:03.
func Clock(seconds float64) string {
	if !finite(seconds) || seconds < 0 || seconds > 1e9 {
		return "–"
	}
	s := int64(math.Round(seconds))
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Duration writes seconds as people say them: 40 seconds, 12 minutes, 1 h 05 min.
func Duration(seconds float64) string {
	switch {
	case !finite(seconds) || seconds < 0 || seconds > 1e9:
		return "–"
	case seconds < 90:
		return count(math.Round(seconds), "second")
	case seconds < 90*60:
		return count(math.Round(seconds/60), "minute")
	}
	minutes := int64(math.Round(seconds / 60))
	return fmt.Sprintf("%d h %02d min", minutes/60, minutes%60)
}

func count(n float64, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return strconv.FormatFloat(n, 'f', 0, 64) + " " + unit
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
