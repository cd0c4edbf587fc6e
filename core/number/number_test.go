package number_test

import (
	"math"
	"strings"
	"testing"

	"unpool/core/number"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number.Int(0), "0"},
		{number.Int(999), "999"},
		{number.Int(1000), "1 000"},
		{number.Int(3274634), "3 274 634"},
		{number.Int(-41200), "−41 200"},
		{number.Round(41199.6), "41 200"},
		{number.Round(math.NaN()), "–"},
		{number.Significant(113.8, 2), "110"},
		{number.Significant(7.24, 2), "7.2"},
		{number.Significant(0.0123, 2), "0.012"},
		{number.Significant(41, 3), "41.0"},
		{number.Significant(2840.9, 2), "2 800"},
		{number.Significant(math.Inf(1), 2), "–"},
		{number.Percent(0.9714), "97.1"},
		{number.Percent(1), "100.0"},
		{number.Percent(math.Inf(1)), "–"},
		{number.Hundredths(0.9727), "97.27"},
		{number.Hundredths(math.NaN()), "–"},
		{number.Difference(0.0031), "+0.31"},
		{number.Difference(-0.0567), "−5.67"},
		{number.Difference(-0.00001), "0.00"},
		{number.Difference(math.NaN()), "–"},
		{number.Loss(0.0943), "0.0943"},
		{number.Loss(0.09399), "0.0940"},
		{number.Loss(2.3026), "2.30"},
		{number.Loss(0.9996), "1.00"},
		{number.Loss(12.34), "12.3"},
		{number.Loss(0.0000012), "1.20e-06"},
		{number.Loss(0), "0"},
		{number.Loss(math.NaN()), "NaN"},
		{number.Loss(math.Inf(1)), "infinite"},
		{number.Signed(0.5), "0.500"},
		{number.Signed(-0.09399), "−0.0940"},
		{number.Signed(-0.0000012), "−1.20e-06"},
		{number.Signed(math.Copysign(0, -1)), "0"},
		{number.Signed(math.Inf(-1)), "−infinite"},
		{number.Signed(math.NaN()), "NaN"},
		{number.Digits(-0.10408), "−0.1041"},
		{number.Digits(2.5e-7), "2.5e-07"},
		{number.Exact(0.1), "0.1"},
		{number.Exact(-0.44650215), "−0.44650215"},
		{number.Bytes(512), "512 B"},
		{number.Bytes(11_594_722), "11.6 MB"},
		{number.Bytes(3_400), "3.4 kB"},
		{number.Clock(72.4), "1:12"},
		{number.Clock(3723), "1:02:03"},
		{number.Clock(math.Inf(1)), "–"},
		{number.Duration(1), "1 second"},
		{number.Duration(72), "72 seconds"},
		{number.Duration(2700), "45 minutes"},
		{number.Duration(7260), "2 h 01 min"},
	} {
		if got := strings.ReplaceAll(c.got, number.Thin, " "); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", -999: "-999"} {
		if got := number.Plain(n); got != want {
			t.Errorf("Plain(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 14: "14th", 21: "21st", 102: "102nd", 111: "111th", 1113: "1,113th", 1003: "1,003rd"} {
		if got := number.Ordinal(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
