package sweeps

import (
	"slices"

	"unpool/app/page/sweeps/study"
	"unpool/core/api"
)

// scene is what all views of a sweep share: its points, which of them are shown and chosen, and the one that is pointed at.
type scene struct {
	*study.Study // nil before the sweep has arrived

	hide    bool // the stopped ones
	brushes study.Brushes
	shown   []int  // points by rank, without the hidden ones
	chosen  []bool // by point: it lies in all brushes
	count   int    // of the shown points, how many are chosen
	at      int    // the point that is pointed at; -1 for none
	picked  []int  // points to compare, two at most
	changes int    // grows whenever what is drawn changes
}

func newScene() *scene { return &scene{brushes: study.Brushes{}, at: -1} }

// take takes a sweep in, if it differs from the one before. It reports whether it did.
func (s *scene) take(sweep *api.Sweep) bool {
	if s.Study != nil && s.Sweep == sweep {
		return false
	}
	if s.Study == nil || s.ID != sweep.ID {
		s.brushes, s.at, s.picked = study.Brushes{}, -1, nil
	}
	s.Study = study.New(sweep)
	if s.at >= len(s.All) {
		s.at = -1
	}
	s.picked = slices.DeleteFunc(s.picked, func(p int) bool { return p >= len(s.All) })
	s.choose()
	return true
}

// choose recomputes which points are shown and chosen.
func (s *scene) choose() {
	s.changes++
	s.shown = s.Shown(s.hide)
	s.chosen, _ = s.Chosen(s.brushes)
	s.count = 0
	for _, p := range s.shown {
		if s.chosen[p] {
			s.count++
		}
	}
}

func (s *scene) setHide(hide bool) {
	s.hide = hide
	s.choose()
}

// brush chooses a part of an axis.
func (s *scene) brush(axis string, from, to float64) {
	s.brushes.Set(axis, from, to)
	s.choose()
}

func (s *scene) unbrush() {
	clear(s.brushes)
	s.choose()
}

// step points at the next of the chosen points, the better the lower; by goes back where it is negative.
func (s *scene) step(by int) {
	i := slices.Index(s.shown, s.at)
	if i < 0 && by < 0 {
		i = len(s.shown) // from after the last
	}
	for k := i + by; k >= 0 && k < len(s.shown); k += by {
		if s.chosen[s.shown[k]] {
			s.at = s.shown[k]
			return
		}
	}
}

// pick adds a point to those to be compared, or removes it. The one picked first is removed when there are two.
func (s *scene) pick(point int) {
	if i := slices.Index(s.picked, point); i >= 0 {
		s.picked = slices.Delete(s.picked, i, i+1)
		return
	}
	s.picked = append(s.picked, point)
	if len(s.picked) > 2 {
		s.picked = s.picked[1:]
	}
}

func (s *scene) unpick() { s.picked = nil }
