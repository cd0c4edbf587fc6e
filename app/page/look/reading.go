package look

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"unpool/core/protocol"
	"unpool/core/run"
)

// reading is how a recurrent layer reads the image, row by row: a row is a step, whatever the layer reads.
type reading struct {
	question[protocol.Reading]
	across across
	scene  *scene
	chosen func() // something else is
	cover  func() // covers the rows of the image

	layer    string // "" for the first recurrent one
	unit     int    // of both directions, those that read from the end last
	row      int    // that is looked at; -1 for the last that is read
	trace    int    // that is shown of all units
	byNumber bool   // units are in the order of their numbers, and not similar ones side by side
	others   bool   // the published nets read beside it
	plays    int    // counts: which time it plays; 0 while it does not
	played   int    // times that it has
	old      bool   // the answer is not about what is looked at
	arranged map[*run.Weights]*run.Weights
}

func newReading(s *subject, scene *scene, chosen, cover func()) *reading {
	r := &reading{
		question: question[protocol.Reading]{subject: s}, across: across{question: question[protocol.Acrossed]{subject: s}},
		scene: scene, chosen: chosen, cover: cover, row: -1,
	}
	r.answered = func() {
		r.arranged = map[*run.Weights]*run.Weights{}
		r.unit = min(r.unit, r.units()*len(r.answer.Directions)-1)
		r.trace = min(r.trace, len(r.answer.Directions[0].Traces)-1)
		if r.row >= r.rows() {
			r.row = -1
		}
	}
	return r
}

// recurrent reports whether there is a layer to follow.
func recurrent(p *Page) bool { m := p.scene.maps(); return m != nil && len(m.Recurrent) > 0 }

// rows is how many there are, and units how many read in one direction.
func (r *reading) rows() int  { return r.answer.Directions[0].Traces[0].Values.Height }
func (r *reading) units() int { return r.answer.Directions[0].Traces[0].Values.Width }

// direction is that of the chosen unit, and of its number there.
func (r *reading) direction() (d *protocol.ReadingDirection, unit int) {
	return &r.answer.Directions[r.unit/r.units()], r.unit % r.units()
}

// at is the row that is looked at.
func (r *reading) at() int {
	d, _ := r.direction()
	switch {
	case r.row >= 0:
		return r.row
	case d.Backward:
		return 0
	}
	return r.rows() - 1
}

// ask follows the layer through the image, unless the answer is there or awaited. The answer before stays until then.
func (r *reading) ask() {
	if m := r.scene.maps(); m != nil && len(m.Recurrent) > 0 && (r.old || r.answer == nil && r.cancel == nil) {
		r.again()
	}
}

// again follows it.
func (r *reading) again() {
	if !slices.Contains(r.scene.maps().Recurrent, r.layer) {
		r.layer = ""
	}
	r.old = false
	r.follow(protocol.LookReading, r.about())
}

// about is what is asked.
func (r *reading) about() protocol.TestUnit {
	image := own(r.scene.maps().Image)
	u := protocol.TestUnit{Own: image.Own, Image: image.Image, Layer: r.layer}
	if r.others && digits(r.scene.maps()) {
		for _, p := range reference(r.subject) {
			u.Others = append(u.Others, protocol.Net{Run: p.name, Place: protocol.Published, Step: p.steps[len(p.steps)-1]})
		}
	}
	return u
}

// choose chooses a unit and a row.
func (r *reading) choose(unit, row int) {
	if r.answer != nil && unit < r.units()*len(r.answer.Directions) && row < r.rows() {
		r.unit, r.row = unit, row
	}
}

// changed takes up that something else is looked at. The answer stays until the next, unless that is about another net.
func (r *reading) changed(what change) {
	if what == otherRun && !r.subject.first {
		r.close()
		r.layer, r.plays = "", 0
	}
	if what >= otherStep {
		r.across.close()
	}
	r.old = true
}

// take takes up what a link says: reads=LAYER.UNIT.ROW, counted from 1, and of=NUMBER for the trace that is shown of all units.
func (r *reading) take(link url.Values) {
	part := strings.Split(link.Get("reads"), ".")
	if len(part) == 3 {
		unit, _ := strconv.Atoi(part[1])
		row, _ := strconv.Atoi(part[2])
		r.layer, r.unit, r.row = part[0], max(0, unit-1), max(-1, row-1)
	}
	trace, _ := strconv.Atoi(link.Get("of"))
	r.trace, r.byNumber, r.others = max(0, trace-1), link.Has("by-number"), link.Has("others")
}

// put writes it into a link.
func (r *reading) put(link url.Values) {
	if r.layer != "" || r.unit != 0 || r.row >= 0 {
		link.Set("reads", fmt.Sprintf("%s.%d.%d", r.layer, r.unit+1, r.row+1))
	}
	if r.trace > 0 {
		link.Set("of", strconv.Itoa(r.trace+1))
	}
	if r.byNumber {
		link.Set("by-number", "")
	}
	if r.others {
		link.Set("others", "")
	}
}
