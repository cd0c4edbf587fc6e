package chart

import "math"

// hand is what pointer and fingers are doing to a plot: dragging a box to zoom to, dragging the axis along, or pinching. It turns
// where they are, in pixels, into the range to show.
type hand struct {
	doing    doing
	axis     xAxis // as it was when they began
	from, to float64
	a, b     float64 // two fingers, when they began
}

type doing int

const (
	nothing doing = iota
	boxing
	panning
	pinching
)

// smallestBox is how many pixels a pointer must move for a box: less is a click.
const smallestBox = 8

// press begins a box or, with pan, to drag the axis along.
func (h *hand) press(x xAxis, at float64, pan bool) {
	*h = hand{doing: boxing, axis: x, from: at, to: at}
	if pan && x.zoomed() {
		h.doing = panning
	}
}

// move moves to a place. It returns what to show from now on; false when that stays.
func (h *hand) move(to float64) (Range, bool) {
	h.to = to
	return h.axis.pan(h.to - h.from), h.doing == panning
}

// release ends what was begun, and returns what to show from now on; false when that stays.
func (h *hand) release() (Range, bool) {
	a, b, ok := h.box()
	axis := h.axis
	*h = hand{}
	return axis.window(min(a, b), max(a, b)), ok
}

// box is what would be zoomed to now; false when there is none.
func (h *hand) box() (a, b float64, ok bool) {
	return h.from, h.to, h.doing == boxing && math.Abs(h.to-h.from) >= smallestBox
}

// touch follows fingers. It returns what to show from now on; false when that stays. Two fingers pinch and pan; one is the
// page's, which scrolls.
func (h *hand) touch(x xAxis, fingers []float64) (Range, bool) {
	if len(fingers) != 2 {
		if h.doing == pinching {
			*h = hand{}
		}
		return Range{}, false
	}
	a, b := min(fingers[0], fingers[1]), max(fingers[0], fingers[1])
	if h.doing != pinching {
		*h = hand{doing: pinching, axis: x, a: a, b: b}
		return Range{}, false
	}
	return h.axis.pinch(h.a, h.b, a, b), true
}

// wheel zooms about a place with the control key held, as touch pads say that they pinch; sideways it pans what is zoomed.
func wheel(x xAxis, at, sideways, down float64, ctrl bool) (Range, bool) {
	if ctrl {
		return x.zoom(at, math.Exp(-max(-240, min(down, 240))/240)), true
	}
	if math.Abs(sideways) > math.Abs(down) && x.zoomed() {
		return x.pan(-sideways), true
	}
	return Range{}, false
}
