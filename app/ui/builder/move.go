package builder

import "unpool/models/net"

// CanMove reports whether the chosen layer can be moved up (by -1) or down (by 1).
func (e *Editor) CanMove(by int) bool {
	_, ok := e.now.target(by)
	return ok
}

// Move moves the chosen layer up (by -1) or down (by 1) by one line of the list: past a layer, into a group or out of one.
func (e *Editor) Move(by int) {
	to, ok := e.now.target(by)
	if !ok {
		return
	}
	l, from := e.Chosen()
	layers := remove(e.now.layers, from)
	if len(to) > len(from) && to[len(from)-1] > from.last() {
		to[len(from)-1]-- // the group has moved up
	}
	e.change(insert(layers, to, l), to)
}

// target is the path that the chosen layer would have after a move.
func (s state) target(by int) (to Path, ok bool) {
	path := s.chosen
	if path == nil || s.implied(path) {
		return nil, false
	}
	beside := path.last() + by
	in := list(s.layers, path.group())
	switch {
	case beside < 0 && len(path) == 1 || s.implied(path.beside(beside)):
		return nil, false
	case beside < 0: // out of its group, before it
		return path.group(), true
	case beside >= len(in): // out of its group, after it
		return path.group().beside(path.group().last() + 1), true
	}
	group, ok := in[beside].(net.Residual)
	switch {
	case !ok:
		return path.beside(beside), true
	case by < 0:
		return path.beside(beside).with(len(group.Layers)), true
	}
	return path.beside(beside).with(0), true
}
