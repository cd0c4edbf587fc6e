package statistics

import (
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/run"
)

// of is a net with some layers, of three maps each.
func of(name string, mean float64, zeros int64, layers ...string) Measured {
	a := &run.Activations{Step: 3, Images: 10}
	for _, l := range layers {
		a.Layers = append(a.Layers, run.LayerActivations{
			Layer: l, Spread: run.Spread{Mean: mean, Deviation: 1, Max: 2, Zeros: float64(zeros) / 100},
			Maps:      []run.Spread{{Mean: 0.5, Max: 1}, {Zeros: 1}, {Mean: 0.75, Max: 2}},
			Histogram: run.Histogram{Zeros: zeros, Width: 0.5, First: 1, Counts: []int64{60 - zeros, 0, 40}},
		})
	}
	return Measured{name, a}
}

func has(t *testing.T, html string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(html, w) {
			t.Errorf("it does not have %s:\n%s", w, html)
		}
	}
}

func TestLayers(t *testing.T) {
	l := &Layers{ID: "l", Of: of("step 3", 0.25, 50, "relu1", "relu2")}
	html := app.HTMLString(l)
	has(t, html, "0.250", "50.0\u202f%", "1 of 3", `aria-expanded="false"`)
	if strings.Contains(html, "difference") || strings.Contains(html, "<svg") {
		t.Error("it compares with nothing, or has a histogram of a closed layer")
	}
	l.toggle("relu1")
	html = app.HTMLString(l)
	has(t, html, `id="l-relu1-maps"`, "all 100 are counted, in bins 0.5 wide. 50.0\u202f% are exactly zero",
		`aria-label="Histogram of relu1. step 3: from 0.5 to 2, with the largest share, 40.0`)
	if n := strings.Count(html, "<rect"); n != 3 {
		t.Errorf("%d bars, want 3", n)
	}

	l.Against = of("step 0", 0.5, 20, "relu1", "tanh3")
	html = app.HTMLString(l)
	has(t, html, "−0.250", "+30.00 points", "Only in step 3: relu2. Only in step 0: tanh3.", "50.0\u202f% (step 3) and 20.0\u202f% (step 0)")
	if strings.Count(html, "difference</td>") != 1 || strings.Count(html, "<path") != 1 {
		t.Errorf("not one layer is compared:\n%s", html)
	}
}

// Bars and outline are as high as their shares, in bins of one width.
func TestHistogram(t *testing.T) {
	log := false
	h := &histogram{
		layer: "relu1", name: "a", otherName: "b", log: &log,
		of:    run.Histogram{Width: 0.5, First: -1, Counts: []int64{10, 30, 40, 20}},
		other: &run.LayerActivations{Histogram: run.Histogram{Zeros: 20, Width: 1, First: 0, Counts: []int64{60, 20}}},
	}
	rect, x, y := regexp.MustCompile(`<rect[^>]*>`), regexp.MustCompile(` x="(\d+)"`), regexp.MustCompile(` y="([\d.]+)"`)
	bars := func() (all []string) {
		for _, r := range rect.FindAllString(app.HTMLString(app.Div().Body(h.render())), -1) {
			all = append(all, x.FindStringSubmatch(r)[1]+" "+y.FindStringSubmatch(r)[1])
		}
		return all
	}
	// In bins of 1, from -1: 10, 70 and 20 of 100.
	if got := bars(); !slices.Equal(got, []string{"1 85.71", "11 0.00", "21 71.43"}) {
		t.Errorf("bars at %q", got)
	}
	has(t, app.HTMLString(app.Div().Body(h.render())), `d="M10 100V14.29H20V71.43H30V100"`, "−1 to 0: 10\u202f%", "20.0\u202f% (b)")
	log = true // from 1% to 70%
	if got := bars(); !slices.Equal(got, []string{"1 45.80", "11 0.00", "21 29.49"}) {
		t.Errorf("bars at %q", got)
	}
	h.other = nil
	has(t, app.HTMLString(app.Div().Body(h.render())), "None is exactly zero.")
	h.of = run.Histogram{Zeros: 7}
	has(t, app.HTMLString(app.Div().Body(h.render())), "All 7 activations are exactly zero")
}

// The picture that is saved has the bars, the outline and what they are; its numbers are those of the bins.
func TestSavedHistogram(t *testing.T) {
	log := false
	h := &histogram{
		layer: "relu1", name: "a", otherName: "b", log: &log,
		of:    run.Histogram{Zeros: 7, Width: 0.5, First: -1, Counts: []int64{10, 30}},
		other: &run.LayerActivations{Histogram: run.Histogram{Width: 0.5, First: 0, Counts: []int64{60}}},
	}
	a := newAxes(h.of, h.other.Histogram, false)
	svg := h.figure(a, "What it is.", a.grid()+a.bars(h.of)+a.outline(h.other.Histogram))
	has(t, svg, "Histogram of relu1", "What it is.", "Bars: a. Outline: b.", "<rect x=\"11\"", "<path d=\"M10 100", ">−0.4<", ">0.4<", ">50\u202f%<")
	if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
		t.Error(err)
	}
	file := numbers(h.of)
	got := make([]float32, 9)
	if _, err := binary.Decode(file[len(file)-36:], binary.LittleEndian, got); err != nil {
		t.Fatal(err)
	}
	if want := []float32{0, 0, 7, -0.5, 0, 10, 0, 0.5, 30}; !slices.Equal(got, want) || !strings.Contains(string(file), "(3, 3,)") {
		t.Errorf("the numbers are %v", got)
	}
}

func TestMaps(t *testing.T) {
	net := of("", 0, 0, "relu1")
	m := &Maps{ID: "m", Layer: &net.Layers[0]}
	for _, c := range []struct {
		column int
		want   string
	}{{0, "[2 1 0]"}, {0, "[0 1 2]"}, {1, "[2 0 1]"}, {1, "[1 0 2]"}, {4, "[2 0 1]"}, {5, "[1 0 2]"}} {
		if m.sortBy(c.column); fmt.Sprint(m.order()) != c.want {
			t.Errorf("sorted by column %d: %v, want %s", c.column, m.order(), c.want)
		}
	}
	html := app.HTMLString(m)
	has(t, html, `aria-sort="descending"`, "dead")
	if strings.Count(html, "<tr") != 4 {
		t.Errorf("not a row a map:\n%s", html)
	}
}
