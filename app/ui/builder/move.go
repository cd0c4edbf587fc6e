package builder

import "unpool/models/net"

// CanMove reports whether the chosen layer can be moved up (by -1) or down (by 1).
func (e *Editor) CanMove(by int) bool {
	_, ok := e.target(by)
	return ok
}

// Move moves the chosen layer up (by -1) or down (by 1) by one line of the list: past a layer, into a group or out of one.
func (e *Editor) Move(by int) {
	to, ok := e.target(by)
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
func (e *Editor) target(by int) (to Path, ok bool) {
	path := e.now.chosen
	if path == nil || e.implied(path) {
		return nil, false
	}
	beside := path.last() + by
	in := list(e.now.layers, path.group())
	switch {
	case beside < 0 && len(path) == 1 || e.implied(path.beside(beside)):
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
