package picture

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"unpool/app/page/sweeps/study"
	"unpool/app/ui/chart"
	"unpool/core/api"
	"unpool/core/run"
)

var size = chart.Size{Width: 600, Height: 300, Text: 13}

// some is a study of four points: the last has no rate, and was not measured.
func some() *study.Study {
	s := &api.Sweep{Fields: []string{"learning_rate", "optimizer"}}
	s.Rungs, s.Eta = []int{100, 300}, 3
	for i, v := range [][]string{{"0.001", "adam"}, {"0.01", "sgd"}, {"0.1", "<adam>"}, {"", "sgd"}} {
		p := api.SweepPoint{Values: v, Rank: i + 1, N: 2, Accuracy: 0.9 - 0.1*float64(i), Deviation: 0.01}
		phase, step := run.Stopped, 100
		if i == 0 {
			phase, step = run.Done, 300
		}
		if i == 3 {
			p.Rank, p.N, phase, step = 0, 0, run.Failed, 50
		}
		p.Runs = []api.SweepRun{{Seed: 1, Phase: phase, Step: step}, {Seed: 2, Phase: phase, Step: step}}
		s.All = append(s.All, p)
	}
	return study.New(s)
}

// well checks that a picture is well-formed, and returns how often each class is in it.
func well(t *testing.T, drawn string) map[string]int {
	t.Helper()
	count := map[string]int{}
	for d := xml.NewDecoder(strings.NewReader("<svg>" + drawn + "</svg>")); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("%v in %s", err, drawn)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "class" {
					count[a.Value]++
				}
			}
		}
	}
}

// Each picture draws what is shown, the rest pale, and finds the point that is pointed at where it has drawn it.
func TestPictures(t *testing.T) {
	s := some()
	all, chosen := s.Order, []bool{true, true, false, true}
	for name, p := range map[string]Picture{
		"parallel": NewParallel(s, size), "scatter": NewScatter(s, "learning_rate", size), "names": NewScatter(s, "optimizer", size), "rungs": NewRungs(s, all, size),
	} {
		drawn := p.Draw(all, chosen)
		count := well(t, drawn)
		if strings.Contains(drawn, "NaN") {
			t.Errorf("%s: a place is not a number: %s", name, drawn)
		}
		kind := "line"
		if strings.Contains(name, "scatter") || name == "names" {
			kind = "dot"
		}
		if count[kind+" off"] != 1 || count[kind+" bin5"] != 1 {
			t.Errorf("%s has %v", name, count)
		}
		mark := p.Mark(0)
		if well(t, mark)[kind+" mark"] != 1 {
			t.Errorf("%s marks a point by %s", name, mark)
		}
		var x, y float64
		at := mark[strings.Index(mark, kind+" mark"):]
		if _, err := fmt.Sscanf(at[strings.Index(at, `d="M`):], `d="M%f %f`, &x, &y); err != nil {
			t.Fatalf("%s: %v in %s", name, err, mark)
		}
		if got := p.Nearest(x, y, all, chosen); got != 0 {
			t.Errorf("%s: at point 0 lies %d", name, got)
		}
		if got := p.Nearest(-500, -500, all, chosen); got != -1 {
			t.Errorf("%s: far away lies %d", name, got)
		}
		if w, h := p.Size(); w < 100 || h != 300 {
			t.Errorf("%s is %v by %v", name, w, h)
		}
	}
}

// The axes of parallel coordinates are apart, and a place and where it lies are each other's inverse.
func TestParallel(t *testing.T) {
	p := NewParallel(some(), chart.Size{Width: 100, Height: 300, Text: 13})
	if apart := p.X(1) - p.X(0); apart < AxisRoom-10 {
		t.Errorf("the axes are %v apart", apart)
	}
	for _, at := range []float64{0, 0.3, 1} {
		if got := p.Place(p.Y(at)); math.Abs(got-at) > 1e-12 {
			t.Errorf("%v comes back as %v", at, got)
		}
	}
}

// A run's line ends at its step: on the logarithmic axis rungs that multiply are evenly apart.
func TestRungs(t *testing.T) {
	s := some()
	r := NewRungs(s, s.Order, size)
	if first, last := r.end(100), r.end(300); math.Abs((last-first)-(first-r.left)) > 0.01 || last != r.right {
		t.Errorf("the rungs are at %v and %v, from %v to %v", first, last, r.left, r.right)
	}
	if got := well(t, r.Draw(nil, []bool{true, true, true, true})); got["rung"] != 2 || got["end"] != 1 || got["end failed"] != 1 {
		t.Errorf("drawn: %v", got)
	}
	if line := int((r.y(5) - r.top) / r.high()); line != 5 || r.Nearest(0, r.y(5), nil, nil) != 2 {
		t.Errorf("the sixth line is that of point %d", r.Nearest(0, r.y(5), nil, nil))
	}
	if p := NewRungs(study.New(&api.Sweep{}), nil, size); p.Nearest(0, 100, nil, nil) != -1 {
		t.Error("something is in an empty picture")
	}
}

// A picture that is used alone is a document with its own colours, and says what it shows.
func TestDocument(t *testing.T) {
	drawn, height := Importance(some().Importances(), 400, 13)
	well(t, drawn)
	text := Document("Title & more", "what it says", 400, height, drawn)
	if !strings.Contains(text, "Title &amp; more") || !strings.Contains(text, "what it says") || !strings.Contains(text, ramp[0]) || strings.Contains(text, "var(") {
		t.Error(text)
	}
	if err := xml.Unmarshal([]byte(text), new(struct{})); err != nil {
		t.Error(err)
	}
}
