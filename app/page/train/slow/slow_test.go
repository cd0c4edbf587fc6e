package slow

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
	"unpool/core/run"
)

// step is one of a small net, in round numbers.
func step() *Step {
	picture := func(layer string, count, height, width int) run.Weights {
		return run.Weights{Layer: layer, Count: count, Height: height, Width: width, Channels: 1, Scale: 2, Pixels: make(run.Int8s, count*height*width)}
	}
	return &Step{
		Dissection: &protocol.Dissection{
			Step: 7, Batch: 128, Image: 1, Classes: []string{"cat", "dog", "owl"}, Loss: 1.5, After: 1.25, Own: 0.693, Rate: 0.001,
			Examples:      run.Examples{Height: 1, Width: 2, Channels: 1, Pixels: []byte{0, 1, 2, 3}, Labels: []int{2, 0}},
			Probabilities: []float32{0.5, 0.3, 0.2}, Logits: []float32{-0.25, 0.125, 0.125},
			Layers: []protocol.Passed{
				{Dims: []int{2, 3, 32}, Output: picture("conv1", 8, 2, 3), Gradient: 1e-6},
				{Dims: []int{3}, Output: picture("logits", 1, 1, 3), Gradient: 0.01},
			},
			Updates: []protocol.Update{
				{Layer: "conv1", Name: "weights", Dims: []int{3, 3, 1, 32}, Size: 0.5, Moved: 0.001, Gradient: 0.1, At: []int{0, 2, 0, 31}, Before: 0.25,
					WeightGradient: -0.5, After: 0.2505, Equations: []protocol.Equation{{Name: "step", Says: "how far", Formula: "η · g", Numbers: "0.001 × (−0.5)", Value: -0.0005}}},
				{Layer: "conv1", Name: "bias", Dims: []int{32}, At: []int{3}},
			},
		},
		Take: app.Button(),
	}
}

// Each part shows in words and numbers what the trainer reported of the step.
func TestParts(t *testing.T) {
	for name, want := range map[string][]string{
		"Batch":    {"the next 128 training images", "and 126 more", `id="slow-image-1"`, `aria-pressed`, "owl", "cat"},
		"Forward":  {"Image 2 of the batch, of class cat", "2×3×32, the first 8 maps", "logits", "white is 0"},
		"Loss":     {"The net classifies the image correctly", "−ln 0.500 = 0.693", "cat, the right one", "−0.250", "128 images of the batch is 1.50"},
		"Backward": {"10\u202f000 times smaller between logits and conv1, so the first layers hardly learn", "1e-6", "0.1", "width: 83.3%", "width: 0.0%"},
		"Update":   {"η\u00a0=\u00a00.001", "[1, 3, 1, 32] of 3×3×1×32: w&nbsp;=&nbsp;0.25, g&nbsp;=&nbsp;−0.5", "step = η · g = 0.001 × (−0.5) = ", "−0.0005", "computes w&nbsp;=&nbsp;0.2505", "0.20\u202f%"},
		"Result":   {"the same batch falls", "1.50 → 1.25", "Nothing has changed yet"},
	} {
		for i, part := range Parts {
			if part != name {
				continue
			}
			html := regexp.MustCompile(`\s*\n\s*`).ReplaceAllString(app.HTMLString(app.Div().Body(step().Part(i)...)), "")
			text := regexp.MustCompile(`</?b>`).ReplaceAllString(html, "")
			for _, w := range want {
				if !strings.Contains(html, w) && !strings.Contains(text, w) {
					t.Errorf("%s does not say %q: %s", name, w, html)
				}
			}
		}
	}
}

// What is said of the gradient's way back follows from its numbers, also where nothing arrives.
func TestShrinks(t *testing.T) {
	for _, c := range []struct {
		first, last float64
		says        string
	}{{0.01, 0.012, "about as large"}, {0.01, 0.05, "5.0 times smaller"}, {0.5, 0.01, "50 times larger"}, {0, 0.01, "Nothing of it arrives at conv1"}} {
		s := step()
		s.Layers[0].Gradient, s.Layers[1].Gradient = c.first, c.last
		if got := s.shrinks(); !strings.Contains(got, c.says) {
			t.Errorf("from %g to %g: %q", c.last, c.first, got)
		}
		s.Part(3)
	}
}
