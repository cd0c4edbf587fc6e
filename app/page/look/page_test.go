package look

import (
	"net/url"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/filters"
	"unpool/core/protocol"
	"unpool/core/run"
)

// opened is the page with a net: conv1 gives two maps of 3×4, logits ten numbers. A question of each kind is under way, so that nothing
// more is asked of a trainer.
func opened() *Page {
	p := New(shell.New([]shell.Page{{Name: "Train"}, Entry}))
	p.Ready = true
	p.subject.id, p.subject.steps = client.Ref{ID: "a"}, []int{0, 10}
	numbers := func(n int) run.Int8s { return make(run.Int8s, n) }
	p.scene.layers.answer = &protocol.Maps{
		Image:  protocol.Picture{Number: 7, Height: 8, Width: 8, Channels: 1, Pixels: make([]byte, 64)},
		Images: 100, Classes: make([]string, 10), Probabilities: make([]float32, 10),
		First: run.Weights{Layer: "conv1", Count: 2, Height: 3, Width: 3, Channels: 1, Pixels: numbers(18)},
		Layers: []run.Weights{
			{Layer: "conv1", Count: 2, Height: 3, Width: 4, Channels: 1, Pixels: numbers(24)},
			{Layer: "logits", Count: 1, Height: 1, Width: 10, Channels: 1, Pixels: numbers(10)},
		},
	}
	p.view = viewOrigin
	p.underWay()
	return p
}

func (p *Page) underWay() {
	nothing := func() {}
	p.scene.layers.cancel, p.unit.arithmetic.cancel, p.unit.projections.cancel = nothing, nothing, nothing
}

func (p *Page) html() string { return app.HTMLString(app.Div().Body(p.panel())) }

// A link may say anything: what is not there is not shown, and ends nothing.
func TestLinks(t *testing.T) {
	for _, link := range []string{
		"layer=conv1&map=0", "layer=conv1&map=-7", "layer=conv1&map=3", "layer=conv1&map=2&at=0.0", "layer=conv1&map=2&at=-3.1",
		"layer=conv1&map=2&at=9.1", "layer=conv1&map=2&at=1.9", "layer=logits&map=0", "layer=logits&map=11", "layer=logits&map=1&at=2.2", "layer=x&map=1",
	} {
		p := opened()
		query, err := url.ParseQuery(link)
		if err != nil {
			t.Fatal(err)
		}
		p.take(query)
		p.unit.project()
		p.html()
	}
	p := opened()
	p.take(url.Values{"layer": {"conv1"}, "map": {"2"}, "at": {"3.4"}})
	if html := p.html(); !strings.Contains(html, "Map 2 of conv1") || !strings.Contains(html, "row 3, column 4") {
		t.Errorf("a good link leads to\n%s", html)
	}
	for link, want := range map[string]string{
		"": "1\u202f000 test images", "test": "all 3\u202f000 test images", "train-1000": "all 500 training images", "train": "all 500 training images", "?": "1\u202f000 test images",
	} {
		p.take(url.Values{"search": {link}})
		if got := p.unit.among.says(&protocol.Maps{Images: 3000, Training: 500}); got != want {
			t.Errorf("the link's search %q is of %s, want %s", link, got, want)
		}
	}
	class := 3
	p.scene.image.want = protocol.TestImage{Own: []byte{1}, Class: &class}
	p.take(url.Values{"image": {"5"}})
	if want := p.scene.image.want; want.Image != 5 || want.Own != nil || want.Class != nil {
		t.Errorf("the link's image is not looked at, but %+v", want)
	}
}

// What was worked out for an image goes when another one is wanted, and what was asked until that is there; what is about all images stays.
func TestAnotherImage(t *testing.T) {
	p := opened()
	p.unit.layer, p.unit.point = "conv1", &[2]int{1, 1}
	p.unit.projections.answer, p.unit.projections.cancel = &protocol.Projections{}, nil
	p.unit.strongest.answer, p.mistakes.answer = &protocol.Strongest{}, &protocol.Mistakes{}
	p.scene.image.look(protocol.TestImage{Image: 8})
	if p.unit.projections.answer != nil || p.unit.point != nil {
		t.Error("what was about the image before is still shown")
	}
	if p.unit.strongest.answer == nil || p.mistakes.answer == nil {
		t.Error("what is about all images is gone")
	}
	p.unit.projections.answer = &protocol.Projections{} // asked before the image was there
	p.view = viewLayers
	p.scene.layers.answer = nil // so that no browser is told the address
	p.shown()
	if p.unit.projections.answer != nil {
		t.Error("what was asked about the image before is shown with the next")
	}
}

// Another run shows nothing of the one before while it is opened; what is pressed meanwhile does nothing.
func TestAnotherRun(t *testing.T) {
	p := opened()
	p.unit.layer = "conv1"
	p.scene.layers.close()
	c := closeUp{unit: p.unit}
	c.pointAt(1, 1)
	p.unit.choosePlace(1, 1)
	p.unit.choose("conv1", 1)
	if p.unit.projections.cancel != nil || p.unit.arithmetic.cancel != nil {
		t.Error("a map that is not shown is asked about")
	}
}

// Weights are named by their numbers, however they are sorted, and say their own range on whatever scale they are drawn.
func TestSortedWeights(t *testing.T) {
	w := &weights{scales: &scales{}, subject: &subject{steps: []int{0}}, own: true}
	f := &protocol.Filters{
		Layer: "conv1", Order: []int{1, 0},
		Filters: &run.Weights{Layer: "conv1", Count: 2, Height: 2, Width: 1, Channels: 1, Scale: 1.27, Pixels: run.Int8s{10, -20, 127, 0}},
	}
	f.RMS, f.Stride = []float32{0.158, 0.898}, 4
	html := app.HTMLString(app.Div().Body(w.filters(f, false)))
	if !strings.Contains(html, "Filter 2: 0 to 1.27, RMS 0.898") || !strings.Contains(html, ", stride 4") {
		t.Errorf("the largest filter is not the second:\n%s", html)
	}
	if got := w.scaled(filters.Arranged(f.Filters, w.order(f.Order))).Pixels; got[2] != 63 || got[3] != -127 {
		t.Errorf("on scales of their own: %v", got)
	}
	w.byNumber = true
	html = app.HTMLString(app.Div().Body(w.filters(f, false)))
	if !strings.Contains(html, "Filter 1: −0.200 to 0.100") {
		t.Errorf("the first filter is not the first:\n%s", html)
	}
}

// The caption of a deeper layer's kernels says of how many they are the strongest.
func TestKernels(t *testing.T) {
	w := &weights{scales: &scales{}, subject: &subject{steps: []int{0}}}
	f := &protocol.Filters{
		Layer: "conv4", Map: 2, Maps: 5, Inputs: []int{6, 0},
		Filters: &run.Weights{Layer: "conv4", Count: 2, Height: 1, Width: 2, Channels: 1, Scale: 1, Pixels: run.Int8s{10, -20, 127, 0}},
	}
	for reads, want := range map[int]string{
		2: "The 2 kernels whose results add up to map 3 of conv4; by input map, strongest first: 7, 1",
		9: "The 2 strongest of 9 kernels whose results add up to map 3 of conv4; by input map, strongest first: 7, 1",
	} {
		f.Reads = reads
		if html := app.HTMLString(app.Div().Body(w.kernels(f, false))); !strings.Contains(html, want) {
			t.Errorf("it does not say %q:\n%s", want, html)
		}
	}
}

// Small pictures say which numbers their colours stand for.
func TestScales(t *testing.T) {
	p := opened()
	p.unit.layer = "conv1"
	picture := p.scene.layers.answer.Image
	f := &protocol.Found{
		Images: []protocol.Picture{picture, picture}, Units: make([]protocol.Unit, 2), Scales: []float64{0.5, 0.0125},
		Projections: run.Weights{Count: 2, Height: 8, Width: 8, Channels: 1, Scale: 0.5, Pixels: make(run.Int8s, 128)},
	}
	html := app.HTMLString(app.Div().Body(origins{unit: p.unit}.nine(foundTrained, "After training", "Found", &protocol.Strongest{Method: "deconv"}, f)))
	for _, want := range []string{"pixels up to ±0.500", "pixels up to ±0.0125"} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not say %q:\n%s", want, html)
		}
	}
	terms := &protocol.Arithmetic{Inputs: run.Weights{Scale: 2}}
	if got := termScales(terms); got != "Blue below zero, orange above: inputs up to ±2.00." {
		t.Error(got)
	}
	terms.Kernels, terms.Products = run.Weights{Count: 1, Scale: 0.3}, run.Weights{Count: 1, Scale: 0.25}
	if got := termScales(terms); got != "Blue below zero, orange above: inputs up to ±2.00, weights up to ±0.300, products up to ±0.250." {
		t.Error(got)
	}
}

// A spectrum has magnitudes: its scale begins at 0, and not below.
func TestSpectrumScale(t *testing.T) {
	w := &weights{scales: &scales{}, subject: &subject{steps: []int{0}}}
	f := &protocol.Filters{Layer: "conv1", Spectrum: &run.Weights{Count: 1, Height: 1, Width: 2, Channels: 1, Scale: 2, Pixels: run.Int8s{0, 127}}}
	html := app.HTMLString(app.Div().Body(w.spectrum(f, false)))
	if !strings.Contains(html, "magnitudes") || !strings.Contains(html, "2.00") || strings.Contains(html, "−2.00") || strings.Contains(html, "blue") {
		t.Errorf("the scale is\n%s", html)
	}
}

// What the checks measured of each filter is in a table, with a column a check that applies.
func TestOfEach(t *testing.T) {
	f := &protocol.Filters{RMS: []float32{0.5, 0.25}, Findings: []protocol.Finding{
		{Title: "Dead filters", Applies: true, Each: []float32{0.75, 0.008}, EachIs: "a share"}, {Title: "Aliasing"},
	}}
	html := app.HTMLString(app.Div().Body(ofEach(f)))
	for _, want := range []string{"Dead filters: a share", "0.250", "0.00800"} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not have %s:\n%s", want, html)
		}
	}
	if strings.Contains(html, "Aliasing") {
		t.Error("a check that does not apply has a column")
	}
}

// Where a step is chosen the page says how exactly its weights are stored, and what that costs.
func TestStored(t *testing.T) {
	p := opened()
	says := func(want string) {
		t.Helper()
		if html := app.HTMLString(p.subject.render()); !strings.Contains(html, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	p.subject.at = 1
	says("Weights before the last step are stored with 8 bits each.")
	p.subject.id.Place = protocol.Published
	says("These weights are stored with 8 bits each.")
	p.subject.at = 0
	p.subject.curve.view = &run.View{Snapshots: []run.Snapshot{{Step: 0, Lost: 0.004, N: 250}, {Step: 10, N: 250}}}
	says("These weights are stored with 8 bits each, which changes the accuracy on 250 test images by −0.40 points.")
}

// Of the states before, those that add most are named, and the others come to a sum: the fourth’s 0.25 and the seven others’ 0.5.
func TestStates(t *testing.T) {
	c := &protocol.Cell{Step: 1, States: []protocol.Term{{Map: 4, Sum: -2}, {Map: 0, Sum: 1.5}, {Map: 2, Sum: 1}, {Map: 1, Sum: 0.25}}, OtherStates: 7, RestStates: 0.5}
	if got := states(c); got != "The previous states that add most: unit 5 −2.00, unit 1 1.50, unit 3 1.00, and 8 more units 0.750 in total." {
		t.Error(got)
	}
}

func TestSees(t *testing.T) {
	image := protocol.Picture{Height: 28, Width: 32}
	if got := sees([4]int{-3, 5, 10, 40}, image); got != "10 by 40 pixels: rows 1 to 7 and columns 6 to 32 of the image" {
		t.Error(got)
	}
}
