package look

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/warp"
)

// The figures of invariance appear once the reader has said what to expect, and then the page says what they say, also of another kind of change.
func TestPredictionFirst(t *testing.T) {
	p := opened()
	p.view = viewInvariance
	i := p.invariance
	picture := p.scene.layers.answer.Image
	numbers := make([]float32, 2*1*5) // two layers, one image, shifts by up to two pixels
	i.answer = &protocol.Invariance{
		Kind: "shift", Images: []protocol.Picture{picture}, Classes: []int{3}, Layers: []string{"conv1", "logits"}, First: "conv1", Last: "logits",
		Distances: numbers, Chances: numbers[:5], Answers: []int{3, 3, 3, 3, 4}, Small: []float64{0.5, 0.25}, Verdict: 0, Says: "The effect is so large.",
	}
	i.draw()
	if html := p.html(); !strings.Contains(html, "Answer to see the result.") || strings.Contains(html, "so large") || strings.Contains(html, "vary-first") {
		t.Errorf("before the guess the page has\n%s", html)
	}
	for guess, says := range map[int]string{0: "Right. The effect is so large.", 1: "Not quite. The effect is so large."} {
		i.guess, i.asked = guess, warp.Shift
		if html := p.html(); !strings.Contains(html, says) || !strings.Contains(html, "Distance at logits") || strings.Count(html, `class="thumb"`) != 5 {
			t.Errorf("after guess %d the page does not say %q, or lacks figures:\n%s", guess, says, html)
		}
	}
	i.asked = warp.Scale
	if html := p.html(); strings.Contains(html, "Right.") || !strings.Contains(html, "The effect is so large.") {
		t.Errorf("asked about another kind, the page judges the guess:\n%s", html)
	}
	i.layers = [2]string{"", "conv1"}
	if i.draw(); i.shown != [2]string{"conv1", "conv1"} {
		t.Errorf("on show are %v", i.shown)
	}
	i.layers[1] = "conv7" // of another net
	if i.draw(); i.shown != [2]string{"conv1", "logits"} {
		t.Errorf("on show are %v", i.shown)
	}
}

// The strips of evolution mark where the image changes, and stay when the step that is looked at is none of theirs.
func TestEvolutionShown(t *testing.T) {
	p := opened()
	p.view = viewEvolution
	e := p.evolution
	e.answer = &protocol.Evolution{Layer: "conv1", Among: 100, Name: "Deconvnet", Steps: []int{0, 10}, Height: 2, Width: 3, Maps: []protocol.Evolved{{
		Map: 1, Leads: []protocol.Lead{{Image: 4, Class: 0, Value: 0.5}, {Image: 9, Class: 1, Changed: true, Value: 2}}, Parts: make([]byte, 12),
		Projections: run.Weights{Count: 2, Height: 2, Width: 3, Channels: 1, Scale: 1, Pixels: make(run.Int8s, 12)},
	}}}
	e.cut()
	if html := p.html(); !strings.Contains(html, "After step 0: , image 4. The activation is 0.500.<") || strings.Count(html, "▲</span>") != 1 {
		t.Errorf("after the first step the page has\n%s", html)
	}
	p.subject.at = 1
	if html := p.html(); !strings.Contains(html, "image 9. The activation is 2.00. Another image than before.") {
		t.Errorf("after the second step the page has\n%s", html)
	}
	p.subject.steps, p.subject.at = []int{0, 10, 20}, 2 // the run has gone on
	if html := p.html(); !strings.Contains(html, "After step 10: ") || !strings.Contains(html, "Search the images after each step") {
		t.Errorf("after a later step the page has\n%s", html)
	}
}

// What is chosen is in the link, and a link may say anything.
func TestVariedLinks(t *testing.T) {
	for link, want := range map[string]string{
		"vary=rotation": "vary=rotation", "vary=scale.relu1.logits": "vary=scale.relu1.logits", "vary=shift..relu1": "vary=shift..relu1",
		"vary=flip": "", "vary=": "", "vary=shift": "", "evolves=relu2.4": "evolves=relu2.4", "evolves=relu2": "evolves=relu2", "evolves=relu2.0": "evolves=relu2", "evolves=.-1": "",
		"evolves-search=train": "evolves-search=train", "evolves-search=x": "", "covered=relu2.3": "covered=relu2.3", "covered=relu2.x": "covered=relu2",
	} {
		p := opened()
		query, err := url.ParseQuery(link)
		if err != nil {
			t.Fatal(err)
		}
		p.take(query)
		p.view = viewEvolution
		p.html()
		got := url.Values{}
		p.invariance.put(got)
		p.evolution.put(got)
		p.occlusion.put(got)
		if got.Encode() != want {
			t.Errorf("%q becomes %q, want %q", link, got.Encode(), want)
		}
	}
}

func TestTiled(t *testing.T) {
	h, w, pixels := tiled([][]byte{{1, 2}, {3, 4}, {5, 6}, {7, 8}}, 2, 2, 1, 1)
	if h != 4 || w != 2 || !slices.Equal(pixels, []byte{1, 3, 2, 4, 5, 7, 6, 8}) {
		t.Error(h, w, pixels)
	}
}
