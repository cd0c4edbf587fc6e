package look

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
	"unpool/core/run"
)

// twoWay is a reading of four rows by two units that read from the start and two from the end.
func twoWay() *protocol.Reading {
	trace := func(name string, pixels ...int8) protocol.Trace {
		return protocol.Trace{Name: name, Values: run.Weights{Count: 1, Height: 4, Width: 2, Channels: 1, Scale: 1.27, Pixels: pixels}}
	}
	a := &protocol.Reading{
		Image: protocol.Picture{Number: 7, Height: 8, Width: 8, Channels: 1, Pixels: make([]byte, 64)}, Classes: []string{"cat", "dog"}, Layer: "gru",
		Answers: [][]float32{{0.5, 0.5}, {0.2, 0.8}, {0.75, 0.25}, {0.9, 0.1}}, Decided: 2, Gradients: []float32{1e-5, 1e-4, 1e-2, 0.3},
	}
	for _, backward := range []bool{false, true} {
		a.Directions = append(a.Directions, protocol.ReadingDirection{Backward: backward, Order: []int{1, 0}, Traces: []protocol.Trace{
			trace("state", 1, 2, 3, 4, 5, 6, 7, 8), trace("update", 10, 20, 30, 40, 50, 60, 70, 80), trace("reset", 1, 1, 1, 1, 1, 1, 1, 1), trace("candidate", 0, 0, 0, 0, 0, 0, 0, 127),
		}})
	}
	return a
}

// readingPage is a page that shows it.
func readingPage() (*Page, func() string) {
	p := opened()
	p.scene.layers.answer.Recurrent = []string{"gru"}
	p.view = viewRows
	r := p.reading
	r.answer, r.cancel = twoWay(), func() {}
	r.answered()
	return p, func() string { return app.HTMLString(app.Div().Body(reader{r, false}.render()...)) }
}

func wants(t *testing.T, html string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(html, want) {
			t.Errorf("it does not say %q:\n%.3000s", want, html)
		}
	}
}

// A unit that reads from the end is drawn in the direction in which it reads, and so is what it has not read yet.
func TestReadingDirections(t *testing.T) {
	p, html := readingPage()
	wants(t, html(), "Read so far: rows 1 to 4.", "After row 4 of 4<", "the net would answer cat, with a probability of 90.0", "From row 3 on the answer is cat and no longer changes.",
		"Unit 1: its gates", "update gate 0.700", "candidate 0.", "The state of all 2 units, from the end", "10⁻⁴")
	p.reading.choose(3, 1)
	wants(t, html(), "Read so far, from the end: rows 4 to 2.", "After row 2 of 4, read from the end", "would answer dog", "Unit 2 from the end: its gates", "update gate 0.400", "bottom:75.000%")
	p.reading.choose(4, 0) // there is no such unit
	if p.reading.unit != 3 {
		t.Errorf("unit %d is chosen", p.reading.unit)
	}
	p.reading.answer.Answers, p.reading.answer.Decided = nil, -1
	if text := html(); strings.Contains(text, "reading-answers") || !strings.Contains(text, "rests on the states after all rows") {
		t.Errorf("a net without answers after each row has them:\n%.1000s", text)
	}
}

// Units are in the order that the trainer found, or by their numbers; a picture stays the same one until the order changes.
func TestReadingOrder(t *testing.T) {
	p, _ := readingPage()
	r := p.reading
	d := &r.answer.Directions[0]
	w := &d.Traces[0].Values
	sorted := arrange(r, d, w)
	if !slices.Equal(sorted.Pixels, run.Int8s{2, 1, 4, 3, 6, 5, 8, 7}) || arrange(r, d, w) != sorted {
		t.Errorf("in their order the states are %v", sorted.Pixels)
	}
	if r.byNumber = true; arrange(r, d, w) != w {
		t.Error("by number they are others")
	}
}

// Other nets are shown when they are there, at the same part of the image though they read another number of rows.
func TestReadingBeside(t *testing.T) {
	p, html := readingPage()
	image := &p.scene.layers.answer.Image
	image.Height, image.Width, image.Pixels = 28, 28, make([]byte, 784)
	p.scene.layers.answer.Classes = strings.Split("0123456789", "")
	p.subject.library.published.runs = []publishedRun{
		{name: "mnist-gru-64-seed1", short: "GRU · 64 units", steps: []int{0, 9}}, {name: "mnist-rnn-128-seed1", short: "RNN · 128 units", steps: []int{8}},
		{name: "mnist-rnn-64-seed1", steps: []int{8}},
	}
	r := p.reading
	r.others = true
	r.row = 1
	want := []protocol.Net{{Run: "mnist-rnn-128-seed1", Place: protocol.Published, Step: 8}, {Run: "mnist-gru-64-seed1", Place: protocol.Published, Step: 9}}
	if u := r.about(); !slices.Equal(u.Others, want) {
		t.Errorf("asked about are %v", u.Others)
	}
	wants(t, html(), "Opening the published nets.")
	other := *twoWay()
	other.Answers = append(other.Answers, other.Answers...)
	other.Gradients = append(other.Gradients, other.Gradients...)
	r.answer.Others = []protocol.Reading{other, *twoWay()}
	wants(t, html(), "RNN · 128 units", "After row 4 it answers cat, with a probability of 90.0", "GRU · 64 units", "After row 2 it answers dog", "Probability of cat")
	p.subject.id.Place, p.subject.id.ID = protocol.Published, "mnist-gru-64-seed1"
	if all := reference(p.subject); len(all) != 1 || all[0].name != "mnist-rnn-128-seed1" {
		t.Errorf("beside a published net are %v", all)
	}
}

// What is chosen is in the link, and a link may say anything.
func TestReadingLink(t *testing.T) {
	p, html := readingPage()
	r := p.reading
	r.layer, r.unit, r.row, r.trace, r.byNumber, r.others = "gru", 2, 1, 3, true, true
	link := url.Values{}
	r.put(link)
	q, _ := readingPage()
	if q.take(link); q.reading.layer != "gru" || q.reading.unit != 2 || q.reading.row != 1 || q.reading.trace != 3 || !q.reading.byNumber || !q.reading.others {
		t.Errorf("%s leads to %+v", link.Encode(), q.reading)
	}
	for _, bad := range []string{"reads=gru.99.99&of=99", "reads=x.-3.-3&of=-1", "reads=..", "reads=gru"} {
		query, err := url.ParseQuery(bad)
		if err != nil {
			t.Fatal(err)
		}
		p.take(query)
		r.answered()
		html()
	}
}

// The view is for recurrent nets only.
func TestReadingApplies(t *testing.T) {
	p, _ := readingPage()
	if tabs := app.HTMLString(p.tabs()); !strings.Contains(tabs, "view-rows") {
		t.Error("a recurrent net has no such view")
	}
	p.scene.layers.answer.Recurrent = nil
	if tabs := app.HTMLString(p.tabs()); strings.Contains(tabs, "view-rows") {
		t.Error("a net without a recurrent layer has the view")
	}
	if viewRows.applies(p) || !viewLayers.applies(p) {
		t.Error("which views apply is wrong")
	}
}
