package look

import (
	"slices"
	"testing"

	"unpool/core/outline"
	"unpool/core/run"
)

// A report has the parts of which the net has something to see, in order, and asks for one after the other.
func TestReport(t *testing.T) {
	p := opened()
	if parts := p.report.parts(); !slices.Contains(parts, outline.Deconv) || !slices.Contains(parts, outline.Evolution) || slices.Contains(parts, outline.Rows) {
		t.Errorf("a net with maps has the parts %q", parts)
	}
	m := p.scene.layers.answer
	m.Layers, m.Recurrent = slices.DeleteFunc(m.Layers, func(l run.Weights) bool { return l.Count > 1 }), []string{"lstm"}
	if parts := p.report.parts(); slices.Contains(parts, outline.Deconv) || slices.Contains(parts, outline.Evolution) || !slices.Contains(parts, outline.Rows) {
		t.Errorf("a recurrent net has the parts %q", parts)
	}

	p.view, p.scene.layers.cancel = viewReport, nil
	p.invariance.cancel = func() {} // its answer is awaited, and nothing of the parts after it is asked for
	p.report.begin()
	if p.report.now != 0 || p.weights.asked != 0 {
		t.Errorf("part %d is awaited, and the weights were asked for %d times", p.report.now, p.weights.asked)
	}
	p.report.now = 3
	if p.changed(otherStep); p.report.now != 0 {
		t.Errorf("of another step part %d is awaited first", p.report.now)
	}
	p.view = viewLayers
	if p.report.follow(); p.report.asked {
		t.Error("a part is asked for though another view is on show")
	}
	if p.changed(otherRun); p.report.now >= 0 {
		t.Error("of another run there is a report at once")
	}
}
