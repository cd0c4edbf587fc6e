package look

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
)

// withParts is the view with two images, as if the trainer had answered.
func withParts(t *testing.T) (*Page, *correspondence) {
	t.Helper()
	p := opened()
	p.view = viewParts
	c := p.parts
	c.chosen = func() {} // no browser is told the address
	first, second := p.scene.layers.answer.Image, p.scene.layers.answer.Image
	second.Number = 9
	c.images.answer = &protocol.Marked{
		Marks:  []protocol.Mark{{Image: 7, Part: [4]int{3, 3, 2, 2}}, {Image: 9, Part: [4]int{0, 4, 1, 4}}},
		Images: []protocol.Picture{first, second}, Most: 8, Colour: []byte{90},
	}
	c.images.answered()
	return p, c
}

// What is marked is shown and in the link; the figures are of what was marked when they were asked for.
func TestPartsShown(t *testing.T) {
	p, c := withParts(t)
	if html := p.html(); !strings.Contains(html, "Marked: rows 4 to 5, columns 4 to 5") || !strings.Contains(html, "Marked: row 1, columns 5 to 8") || !strings.Contains(html, "Cover the parts and compare") ||
		strings.Contains(html, "parts-says") {
		t.Errorf("before the comparison the page has\n%s", html)
	}
	link := url.Values{}
	if c.put(link); link.Has("parts") {
		t.Errorf("what nobody has chosen is in the link: %v", link)
	}
	c.about, c.pictures = slices.Clone(c.marks), slices.Clone(c.images.answer.Images)
	c.answer = &protocol.Correspondence{Draws: 20, Says: "The changes differ.", Layers: []protocol.Agreement{
		{Layer: "conv1", Marked: 0.25, Own: protocol.Drawn{Mean: 0.5, Deviation: 0.125}, One: protocol.Drawn{Mean: 0.375, Deviation: 0.0625, AsLow: 3}},
	}}
	if html := p.html(); !strings.Contains(html, "The changes differ.") || !strings.Contains(html, "50.0 ± 12.5\u202f%") || !strings.Contains(html, "corresponding fresh") || strings.Contains(html, "Cover the parts and compare") {
		t.Errorf("after the comparison the page has\n%s", html)
	}
	c.mark(1, [4]int{1, 4, 1, 4}, true)
	if html := p.html(); !strings.Contains(html, "corresponding stale") || !strings.Contains(html, "Cover the parts and compare") {
		t.Errorf("of another part the page has\n%s", html)
	}
	if c.put(link); link.Get("parts") != "7:3.3.2.2,9:1.4.1.4" {
		t.Errorf("the link is %v", link)
	}
}

// Parts that are marked outlive another image and another step, and not another run.
func TestPartsChanged(t *testing.T) {
	for _, c := range []struct {
		what         change
		mine         bool
		marks, shown bool
	}{
		{otherImage, false, false, false}, {otherImage, true, true, true}, {otherStep, false, true, true}, {otherStep, true, true, true}, {otherRun, true, false, false},
	} {
		_, of := withParts(t)
		of.mine = c.mine
		of.changed(c.what)
		if marks, shown := of.marks != nil, of.images.answer != nil; marks != c.marks || shown != c.shown {
			t.Errorf("%+v: marks are there: %t, images: %t", c, marks, shown)
		}
	}
}

// A link may say anything.
func TestPartsLinked(t *testing.T) {
	for link, want := range map[string]string{"parts=1:2.3.4.5,9:0.0.1.1": "1:2.3.4.5,9:0.0.1.1", "parts=1": "", "parts=": "", "parts=1:2.3.4.5,": ""} {
		p, c := withParts(t)
		query, err := url.ParseQuery(link)
		if err != nil {
			t.Fatal(err)
		}
		p.take(query)
		p.html()
		got := url.Values{}
		if c.put(got); got.Get("parts") != want {
			t.Errorf("%q becomes %q, want %q", link, got.Get("parts"), want)
		}
		if (c.images.answer == nil) != (want != "") {
			t.Errorf("%q: the images are those of other marks", link)
		}
	}
}
