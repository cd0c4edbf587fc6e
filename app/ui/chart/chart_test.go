package chart

import (
	"slices"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// What keys do to one chart of a group: where the crosshair is then, and what is on view.
func TestKeys(t *testing.T) {
	s := spec(at(0, 0.5), at(100, 0.6), at(400, 0.7), at(1000, 0.8))
	s.XMax = 1000
	g := &Group{}
	redrawn := 0
	g.join("this", func() { t.Error("the chart itself is redrawn twice") })
	g.join("other", func() { redrawn++ })
	for i, c := range []struct {
		key     string
		shift   bool
		showing bool
		at      float64
		zoom    Range
	}{
		{"ArrowLeft", false, true, 400, Range{}},
		{"Home", false, true, 0, Range{}},
		{"PageUp", false, true, 1000, Range{}},
		{"ArrowDown", false, true, 400, Range{}},
		{"+", false, true, 400, Range{133, 800}}, // about the crosshair
		{"ArrowRight", true, true, 400, Range{267, 933}},
		{"ArrowLeft", true, true, 400, Range{133, 800}},
		{"ArrowLeft", false, true, 400, Range{133, 800}}, // the first on view
		{"-", false, true, 400, Range{}},
		{"Escape", false, false, 400, Range{}},
		{"=", false, false, 400, Range{167, 833}}, // about the middle
		{"0", false, false, 400, Range{}},
	} {
		press(g.view(s).Plot(size), g, c.key, c.shift, "this")
		near := func(a, b float64) bool { return a-b < 1 && b-a < 1 }
		if g.showing != c.showing || g.at != c.at || !near(g.zoom.From, c.zoom.From) || !near(g.zoom.To, c.zoom.To) {
			t.Errorf("%d, %s: crosshair %v at %v, view %v; want %v at %v, %v", i, c.key, g.showing, g.at, g.zoom, c.showing, c.at, c.zoom)
		}
		if redrawn != i+1 {
			t.Errorf("after %d keys the linked chart has been redrawn %d times", i+1, redrawn)
		}
	}
	g.leave("other")
	press(g.view(s).Plot(size), g, "End", false, "this")
	if redrawn != 12 {
		t.Error("a chart that has gone is redrawn")
	}
}

func TestGroup(t *testing.T) {
	g := &Group{}
	g.toggle("train", nil)
	s := g.view(spec(at(0, 0.5), at(50, 0.9)))
	if !s.Series[0].Hidden || s.Series[1].Hidden {
		t.Errorf("hidden are %v, %v; want the first", s.Series[0].Hidden, s.Series[1].Hidden)
	}
	g.toggle("train", nil)
	if g.view(s).Series[1].Hidden {
		t.Error("shown again it is hidden")
	}
	g.show(Range{10, 20}, nil)
	g.along(Elapsed, nil)
	if s := g.view(s); s.Axis != Elapsed || !s.Zoom.empty() {
		t.Errorf("over time the view is %+v, want all of it", s.View)
	}
}

// What a chart offers a reader who cannot see or use a mouse.
func TestRendered(t *testing.T) {
	full := spec(at(0, 0.5), at(50, 0.9))
	for name, c := range map[string]struct {
		chart *Chart
		want  []string
		not   []string
	}{
		"full": {&Chart{ID: "a", Title: "Accuracy", Spec: full, File: "unpool"}, []string{
			`role="slider"`, `aria-valuemin="0"`, `aria-valuemax="50"`, `aria-valuetext="step 50, train 90.0`, `aria-label="Accuracy over training step"`,
			`accuracy, of 10 000 test images`, `id="a-plot"`, `aria-pressed`, `aria-label="Accuracy as PNG"`,
		}, []string{"log scale", `id="a-reset"`, `aria-pressed="false"`}},
		"empty":  {&Chart{ID: "a", Title: "Accuracy", Spec: spec()}, []string{`role="img"`, "no values yet"}, []string{`role="slider"`, "Save as"}},
		"loss":   {&Chart{ID: "a", Title: "Loss", Spec: full, Loss: true}, []string{"log scale", "smooth"}, nil},
		"zoomed": {&Chart{ID: "a", Title: "Loss", Spec: full, Group: &Group{zoom: Range{10, 50}}}, []string{`id="a-reset"`, "Reset zoom"}, nil},
		"hidden": {&Chart{ID: "a", Title: "Loss", Spec: full, Group: &Group{hidden: map[string]bool{"test": true}}},
			[]string{`aria-pressed="false"`, `data-series="train"`}, []string{`data-series="test"`}},
		"standing": {&Chart{ID: "a", Title: "Loss", Spec: full, Group: &Group{standing: "test"}},
			[]string{`class="curve blue dashed dim"`, `class="curve vermilion solid over"`}, nil},
	} {
		html := app.HTMLString(c.chart)
		for _, want := range c.want {
			if !strings.Contains(html, want) {
				t.Errorf("%s: there is no %s in %s", name, want, html)
			}
		}
		for _, not := range c.not {
			if strings.Contains(html, not) {
				t.Errorf("%s: there is %s in %s", name, not, html)
			}
		}
	}
}

// Where something is chosen by the crosshair it is at the stops only, reports each, and stays.
func TestStops(t *testing.T) {
	s := spec(at(0, 0.5), at(100, 0.6), at(400, 0.7), at(1000, 0.8))
	s.XMax = 1000
	var told []float64
	g := &Group{Stops: []float64{0, 400, 1000}, Stopped: func(at float64) { told = append(told, at) }}
	g.Stop(400)
	if !g.showing || g.at != 400 || told != nil {
		t.Errorf("put at 400: showing %v at %v, told %v", g.showing, g.at, told)
	}
	p := g.view(s).Plot(size)
	for _, key := range []string{"ArrowRight", "ArrowRight", "Home", "ArrowRight", "Escape", "ArrowLeft"} {
		press(p, g, key, false, nil)
	}
	if want := []float64{1000, 1000, 0, 400, 0}; !slices.Equal(told, want) || !g.showing {
		t.Errorf("told %v, want %v; showing %v", told, want, g.showing)
	}
	if at, ok := g.stations(p.curves).nearest(p.X.Scale, p.X.Pixel(150)); !ok || at != 0 {
		t.Errorf("nearest to 150 is %v, %v", at, ok)
	}
}
