package look

import (
	"net/url"
	"strconv"

	"unpool/core/protocol"
)

// mistakes are how the test images are classified, and those that are classified wrongly, to choose from.
type mistakes struct {
	question[protocol.Mistakes]
	scene  *scene
	chosen func()     // something else is
	lead   func(view) // leads to another view of the image

	among protocol.Among // which of them are shown
	old   bool           // the answer is not about the net that is looked at
}

func newMistakes(s *subject, scene *scene, chosen func(), lead func(view)) *mistakes {
	return &mistakes{
		question: question[protocol.Mistakes]{subject: s}, scene: scene, chosen: chosen, lead: lead,
		among: protocol.Among{Among: classified},
	}
}

// classified is how many test images are gone through.
const classified = 10000

// ask classifies the test images, unless the answer is there or awaited. The answer before stays until then.
func (m *mistakes) ask() {
	if m.old || m.answer == nil && m.cancel == nil {
		m.again()
	}
}

// again classifies them.
func (m *mistakes) again() {
	m.old = false
	m.follow(protocol.LookMistakes, m.among)
}

// changed takes up that another net is looked at. The answer stays until the next, unless that has other classes.
func (m *mistakes) changed(what change) {
	if what == otherRun && !m.subject.first {
		m.close()
		m.among.Class, m.among.Answer = nil, nil
	}
	m.old = m.old || what >= otherStep
}

// choose takes up which of the images are to be shown.
func (m *mistakes) choose(class, answer *int, surest bool) {
	m.among.Class, m.among.Answer, m.among.Surest = class, answer, surest
	m.again()
	m.chosen()
}

// take takes up what a link says: class and answer, counted from 1, and surest.
func (m *mistakes) take(link url.Values) {
	class := func(name string) *int {
		if n, err := strconv.Atoi(link.Get(name)); err == nil && n >= 1 {
			n--
			return &n
		}
		return nil
	}
	m.among.Class, m.among.Answer, m.among.Surest = class("class"), class("answer"), link.Has("surest")
}

// put writes it into a link.
func (m *mistakes) put(link url.Values) {
	for name, class := range map[string]*int{"class": m.among.Class, "answer": m.among.Answer} {
		if class != nil {
			link.Set(name, strconv.Itoa(*class+1))
		}
	}
	if m.among.Surest {
		link.Set("surest", "")
	}
}
