package look

import (
	"unpool/core/protocol"
	"unpool/core/run"
)

// unit is the activation that the user has chosen: a place of a map, or where the map is strongest for the image.
type unit struct {
	subject *subject
	scene   *scene
	chosen  func() // another one is

	layer string  // "" for none
	of    int     // the map
	at    *[2]int // nil for where the map is strongest
	among search  // for the images in which it is
	point *[2]int // where the pointer is, or was last; nil for the chosen place

	arithmetic  question[protocol.Arithmetic]
	projections question[protocol.Projections] // by the first method
	others      question[protocol.Projections] // is asked after it
	integrated  question[protocol.Projections] // takes many times as long, and is asked last
	strongest   question[protocol.Strongest]

	computed protocol.TestUnit // what the arithmetic was last asked about
}

// compute asks how an activation comes about.
func (u *unit) compute(about protocol.TestUnit) {
	u.computed = about
	u.arithmetic.follow(protocol.LookPixel, about)
}

// choose chooses a map of a layer.
func (u *unit) choose(layer string, m int) {
	u.close()
	u.layer, u.of, u.at, u.point = layer, m, nil, nil
	u.project()
	u.chosen()
}

// choosePlace chooses a place of the map.
func (u *unit) choosePlace(row, column int) {
	l := u.picture()
	if l == nil { // another run is being opened meanwhile
		return
	}
	u.at, u.point = &[2]int{row, column}, nil
	if l.Count == 1 { // a column of its picture is a map
		if u.of != column {
			u.strongest.close()
		}
		u.of, u.at[1] = column, 0
	}
	u.others.close()
	u.integrated.close()
	u.projections.ask(protocol.LookProject, u.about(u.at))
	u.compute(u.about(u.at))
	u.chosen()
}

// close forgets what was worked out.
func (u *unit) close() {
	u.forget()
	u.strongest.close()
}

// forget forgets what was worked out for an image.
func (u *unit) forget() {
	u.point = nil
	u.arithmetic.close()
	u.projections.close()
	u.others.close()
	u.integrated.close()
}

func (u *unit) marked(layer string) int {
	if layer != u.layer {
		return -1
	}
	return u.of
}

// about is what is asked about: a place of the map, or where it is strongest.
func (u *unit) about(at *[2]int) protocol.TestUnit {
	about := protocol.TestUnit{Layer: u.layer, Map: u.of, At: at}
	if m := u.scene.maps(); m != nil && m.Image.Number >= 0 {
		about.Image = m.Image.Number
	} else if m != nil {
		about.Own = m.Image.Pixels
	}
	return about
}

// searched is what is asked about where images are searched for.
func (u *unit) searched() protocol.TestUnit {
	return protocol.TestUnit{Layer: u.layer, Map: u.of, Among: u.among.count(u.scene.maps()), Training: u.among.training}
}

// project asks which pixels the activation comes from, and how it comes about, unless that is known or asked.
func (u *unit) project() {
	l := u.picture()
	if l == nil || u.of >= maps(l) {
		return
	}
	if u.at != nil && (u.at[0] >= l.Height || l.Count > 1 && u.at[1] >= l.Width) {
		u.at = nil // the map of another run, or of the one that a link was made for, is larger
	}
	if u.projections.answer == nil && u.projections.cancel == nil {
		u.projections.ask(protocol.LookProject, u.about(u.at))
		u.compute(u.about(u.at))
	}
}

// picture is the layer's; nil where the net has no such layer, or none is shown.
func (u *unit) picture() *run.Weights {
	m := u.scene.maps()
	if m == nil {
		return nil
	}
	for i := range m.Layers {
		if m.Layers[i].Layer == u.layer {
			return &m.Layers[i]
		}
	}
	return nil
}

// one is the picture of the map alone: of a vector or a sequence, which have one picture, that.
func (u *unit) one(l *run.Weights) *run.Weights {
	one := *l
	if l.Count > 1 {
		size := l.Height * l.Width
		one.Count, one.Pixels = 1, l.Pixels[u.of*size:(u.of+1)*size]
	}
	return &one
}

// place is the row and column of the map's picture that is looked at, as far as it is known.
func (u *unit) place() (row, column int) {
	at := u.point
	if at == nil {
		at = u.at
	}
	if at == nil && u.projections.answer != nil {
		at = &[2]int{u.projections.answer.Unit.Row, u.projections.answer.Unit.Column}
	}
	if at == nil {
		at = &[2]int{}
	}
	if l := u.picture(); l.Count == 1 && u.point == nil { // a column is a feature
		return at[0], u.of
	}
	return at[0], at[1]
}
