package rowchart

import (
	"strings"
	"testing"
)

// Four rows of 84.5 pixels between 52 and 390; a half lies in the middle between 10 and 190.
func TestDraw(t *testing.T) {
	lines := []Line{{"input", []float32{0, 0.5, 1, 7}}, {"<forget>", []float32{1, 1, 1, 1}}, {"output", []float32{0, 1}}}
	svg, height := Chart{Lines: lines, X: "row", High: 1, At: 1, Mark: 3}.Draw()
	if height != 230+2*20 {
		t.Errorf("it is %d pixels high", height)
	}
	for _, want := range []string{
		`points="94.2,190.0 178.8,100.0 263.2,10.0 347.8,10.0 "`, `points="136.5,190.0 305.5,10.0 "`, `class="line blue"`, `class="line vermilion"`, "&lt;forget&gt;", ">0.5</text>", ">row</text>",
		`class="at" stroke="#777" stroke-dasharray="" x1="178.8"`, `class="mark" stroke="#777" stroke-dasharray="2 3" x1="347.8"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("it does not have %s:\n%s", want, svg)
		}
	}
	backward, _ := Chart{Lines: lines[:1], High: 1, Low: -1, Backward: true, At: -1, Mark: -1}.Draw()
	if !strings.Contains(backward, `points="347.8,100.0 263.2,55.0 178.8,10.0 94.2,10.0 "`) || !strings.Contains(backward, "−1</text>") || strings.Contains(backward, `class="at"`) {
		t.Errorf("from the end it is\n%s", backward)
	}
}

// Four decades from a thousandth of a per cent to a tenth; what is zero, or smaller than the axis shows, lies at its end.
func TestLog(t *testing.T) {
	svg, _ := Chart{Log: true, Lines: []Line{{"g", []float32{0.1, 0.001, 2e-5, 0}}}}.Draw()
	for _, want := range []string{`points="94.2,10.0 178.8,100.0 263.2,176.5 347.8,190.0 "`, ">0.1</text>", ">0.01</text>", ">0.001</text>", ">10⁻⁴</text>", ">10⁻⁵</text>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("it does not have %s:\n%s", want, svg)
		}
	}
	svg, _ = Chart{Log: true, Lines: []Line{{"g", []float32{1, 1e-30}}}}.Draw()
	if !strings.Contains(svg, "10⁻⁸") || strings.Contains(svg, "10⁻⁹") || !strings.Contains(svg, ",190.0 ") {
		t.Errorf("of thirty decades it shows\n%s", svg)
	}
	if svg, _ := (Chart{Log: true, Lines: []Line{{"g", make([]float32, 4)}}}).Draw(); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("of zeros it shows\n%s", svg)
	}
}

// The gates of a unit are apart from what they make, on whose chart the memory has room; and of classes those that are probable are drawn.
func TestUnits(t *testing.T) {
	gates, states := Units([]Line{{"state", []float32{-0.5}}, {"input", []float32{0.2}}, {"candidate", []float32{1}}, {"forget", []float32{0.9}}, {"memory", []float32{-2.5}}})
	if len(gates.Lines) != 2 || gates.Lines[1].Name != "forget gate" || gates.Low != 0 || gates.High != 1 || len(states.Lines) != 3 || states.Low != -3 || states.High != 3 {
		t.Errorf("%+v\n%+v", gates, states)
	}
	c := Answers([]string{"cat", "dog", "owl"}, [][]float32{{0.5, 0.4, 0.1}, {0.05, 0.8, 0.15}})
	if len(c.Lines) != 2 || c.Lines[1].Name != "dog" || c.Lines[1].Values[1] != 0.8 {
		t.Errorf("%+v", c)
	}
}
