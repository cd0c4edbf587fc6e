package pad

import (
	"math"
	"testing"
)

// bounds are the rows and columns that have ink, and where its centre is.
func bounds(digit []byte) (height, width int, x, y float64) {
	left, right, top, bottom, mass := Side, -1, Side, -1, 0.0
	for i, v := range digit {
		if v > 40 {
			left, right, top, bottom = min(left, i%Side), max(right, i%Side), min(top, i/Side), max(bottom, i/Side)
		}
		mass += float64(v)
		x += float64(v) * (float64(i%Side) + 0.5)
		y += float64(v) * (float64(i/Side) + 0.5)
	}
	return bottom - top + 1, right - left + 1, x / mass, y / mass
}

// However large a digit is drawn, and wherever, it comes out as large as MNIST's and in the middle.
func TestDigit(t *testing.T) {
	for name, draw := range map[string]func(*sketch){
		"a large one":         func(s *sketch) { s.line(10, 10, 100, 100) },
		"a small one, aside":  func(s *sketch) { s.line(80, 10, 95, 25) },
		"a flat stroke":       func(s *sketch) { s.line(10, 50, 90, 50) },
		"an upright stroke":   func(s *sketch) { s.line(20, 10, 20, 100) },
		"a seven":             func(s *sketch) { s.line(30, 20, 80, 20); s.line(80, 20, 45, 95) },
		"out of the pad":      func(s *sketch) { s.line(-50, 60, 200, 60) },
		"a single dot":        func(s *sketch) { s.dot(5, 100) },
		"up to the last edge": func(s *sketch) { s.line(112, 0, 112, 112); s.line(0, 112, 112, 112) },
	} {
		var s sketch
		draw(&s)
		height, width, x, y := bounds(s.digit())
		if longer := max(height, width); longer < 18 || longer > 21 {
			t.Errorf("%s is %d by %d pixels", name, height, width)
		}
		if math.Abs(x-Side/2) > 1 || math.Abs(y-Side/2) > 1 {
			t.Errorf("%s has its centre at %.1f, %.1f", name, x, y)
		}
	}
	if new(sketch).digit() != nil {
		t.Error("an empty pad is a digit")
	}
	var s sketch
	s.line(20, 20, 90, 90)
	brightest := 0
	for _, v := range s.digit() {
		brightest = max(brightest, int(v))
	}
	if brightest < 200 {
		t.Errorf("a stroke is at most %d bright", brightest)
	}
}

// A picture of a digit is recognised, dark on light or light on dark; an empty one is not a digit.
func TestDigitOfPicture(t *testing.T) {
	for name, c := range map[string]struct{ ground, ink int }{"ink on paper": {230, 40}, "chalk": {30, 200}, "faint pencil": {240, 190}} {
		gray := make([]byte, Places*Places)
		for i := range gray {
			gray[i] = byte(c.ground + i%7 - 3) // paper is never even
			if x, y := i%Places, i/Places; x > 60 && x < 68 && y > 15 && y < 55 {
				gray[i] = byte(c.ink)
			}
		}
		digit := Digit(gray)
		if digit == nil {
			t.Errorf("%s: no digit", name)
			continue
		}
		height, width, x, y := bounds(digit)
		if height < 18 || height > 21 || width > 6 || math.Abs(x-Side/2) > 1 || math.Abs(y-Side/2) > 1 {
			t.Errorf("%s: %d by %d pixels about %.1f, %.1f", name, height, width, x, y)
		}
	}
	even := make([]byte, Places*Places)
	for i := range even {
		even[i] = byte(200 + i%5)
	}
	if Digit(even) != nil {
		t.Error("paper is a digit")
	}
}
