package chart

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden figures")

// many is a chart of as many runs as one compares, each with a curve on training and on test images of so many points.
func many(runs, points int) Spec {
	s := Spec{Title: fmt.Sprintf("Accuracy of %d runs", runs), Y: "accuracy, of 10 000 test images", Unit: Share}
	began := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	for i := range runs {
		look := Nth(i)
		train := Series{Name: fmt.Sprintf("run %d", i+1), Part: "train", Look: look.With(Dashed)}
		test := Series{Name: train.Name, Part: "test", Look: look}
		for k := range points {
			part := float64(k) / float64(max(points-1, 1))
			noise := 0.01 * math.Sin(float64(k*(i+3))*12.9898)
			at := Place{Step: float64(max(5500, points-1) * k / max(points-1, 1)), Seconds: 600 * part, Time: began.Add(time.Duration(600 * part * float64(time.Second)))}
			y := 0.93 + 0.003*float64(i%17) - 0.8*math.Exp(-12*part) + noise
			train.Points = append(train.Points, Point{Place: at, Y: min(1, y+0.02)})
			test.Points = append(test.Points, Point{Place: at, Y: y})
		}
		s.Series = append(s.Series, train, test)
	}
	return s
}

// seeds is a chart of a mean over seeds with its band, the run before, a reference and a break.
func seeds() Spec {
	s := Spec{Title: "Loss of RNN & LSTM <128>", Y: "cross-entropy, in nats", Unit: Nats, XMax: 5500, Reference: 0.09,
		ReferenceName: "course report", Breaks: []Break{{Place{Step: 3000}, "another machine"}}, View: View{Log: true}}
	for i, name := range []string{"before", "mean of 3 seeds"} {
		one := Series{Name: name, Look: Nth(i), Faint: i == 0}
		for step := 50.0; step <= 5500; step += 50 {
			y := 0.05 + 0.01*float64(i) + 2.2*math.Exp(-step/500)
			one.Points = append(one.Points, Point{Place: Place{Step: step}, Y: y, Spread: 0.2 * y * float64(i)})
		}
		s.Series = append(s.Series, one)
	}
	return s
}

func TestFigures(t *testing.T) {
	smooth := many(3, 200)
	smooth.View = View{Smooth: true, Axis: Elapsed}
	for name, svg := range map[string]string{
		"one":    SVG(spec(at(0, 0.1), at(50, 0.5), at(100, 0.9)), Light, Figure),
		"seeds":  SVG(seeds(), Dark, Figure),
		"smooth": SVG(smooth, Light, Figure),
		"many":   SVG(many(20, 30), Light, Figure),
	} {
		file := "testdata/" + name + ".svg"
		if *update {
			if err := os.WriteFile(file, []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if svg != string(want) {
			t.Errorf("%s has changed: look at it, and if it is right run go test ./app/ui/chart -update", file)
		}
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	svg := SVG(spec(at(0, 0.5), at(50, 0.9)), Light, Figure)
	d := xml.NewDecoder(strings.NewReader(svg))
	words := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		if text, ok := token.(xml.CharData); ok {
			words += string(text)
		}
	}
	for _, want := range []string{`Accuracy of "R&D" <nets>`, "training step", "accuracy, of 10 000 test images", "test 90.0\u202f%", "course report"} {
		if !strings.Contains(words, want) {
			t.Errorf("the figure does not say %q", want)
		}
	}
}

// The style sheet and the figures have the same colours.
func TestStyleSheetHasTheThemes(t *testing.T) {
	css, err := os.ReadFile("../../../public/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	for ink, light := range Light.Inks {
		want := fmt.Sprintf("--%s: light-dark(%s, %s);", ink, light, Dark.Inks[ink])
		if !strings.Contains(string(css), want) {
			t.Errorf("the style sheet does not say %s", want)
		}
	}
}

// Lines contrast with the background by 3 to 1, text by 4.5 to 1.
func TestContrast(t *testing.T) {
	for _, theme := range []Theme{Light, Dark} {
		for ink, colour := range theme.Inks {
			if c := contrast(t, colour, theme.Ground); c < 3 {
				t.Errorf("%s on %s has a contrast of %.1f", ink, theme.Ground, c)
			}
		}
		for _, colour := range []string{theme.Text, theme.Soft} {
			if c := contrast(t, colour, theme.Ground); c < 4.5 {
				t.Errorf("text of %s on %s has a contrast of %.1f", colour, theme.Ground, c)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	luminance := func(colour string) float64 {
		var rgb [3]uint8
		if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			c := float64(rgb[i]) / 255
			if c = math.Pow((c+0.055)/1.055, 2.4); rgb[i] <= 10 {
				c = float64(rgb[i]) / 255 / 12.92
			}
			sum += weight * c
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// The drawing of many points is no larger than the width requires, whatever their number.
func TestSizeIsBoundedByTheWidth(t *testing.T) {
	for _, points := range []int{10_000, 40_000} {
		size := Size{Width: 1000, Height: 264}
		for _, m := range many(2, points).Plot(size).Marks() {
			if m.Kind == kindCurve {
				if n := len(regexp.MustCompile("[ML]").FindAllString(m.Attrs[0][1], -1)); n > 4*1000 {
					t.Errorf("%d points are drawn as %d", points, n)
				}
			}
		}
	}
}

// What drawing costs: everything again as when data arrive, and only what a zoom or the crosshair changes.
func BenchmarkDraw(b *testing.B) {
	s := many(10, 10_000) // 20 series
	s.Smooth = true
	for _, width := range []float64{400, 1400} {
		size := Size{Width: width, Height: 264}
		b.Run(fmt.Sprintf("data/%v", width), func(b *testing.B) {
			for b.Loop() {
				s.Plot(size).Marks()
			}
		})
		b.Run(fmt.Sprintf("live/%v", width), func(b *testing.B) { // one run of ten continues
			s := s
			s.XMax = 20_000
			s.Series = append([]Series(nil), s.Series...)
			var d drawing
			for i := 0; b.Loop(); i++ {
				s := s
				s.Series = append([]Series(nil), s.Series...)
				s.Series[0].Points = s.Series[0].Points[:9000+i%1000]
				d.of(s, size)
			}
		})
		b.Run(fmt.Sprintf("zoom/%v", width), func(b *testing.B) {
			var d drawing
			for i := 0; b.Loop(); i++ {
				s := s
				s.Zoom = Range{float64(i % 100), 5400}
				d.of(s, size)
			}
		})
		b.Run(fmt.Sprintf("crosshair/%v", width), func(b *testing.B) {
			var d drawing
			for i := 0; b.Loop(); i++ {
				plot := d.of(s, size).plot
				at := float64(i % 5500)
				plot.Crosshair(at)
				plot.Legend(at, false)
			}
		})
	}
}
