package builder

import (
	"slices"

	"unpool/models/net"
)

// state is what undoing restores. Nothing in it is ever changed.
type state struct {
	layers net.Net // the last is the Logits, though its text may imply it
	chosen Path
}

// implied reports whether a path leads to the last layer, which is always there.
func (s state) implied(path Path) bool { return len(path) == 1 && path[0] == len(s.layers)-1 }

// history is a net with what it was before and was undone, and with the text in the fields that is not a change yet.
type history struct {
	now          state
	past, future []state // to undo and to redo, the latest last
	editing      string  // the option that the last change set; "" for another change

	typed  *typed // nil for nothing
	unread string // what is wrong with the text of the net; "" when it is the text of the layers
}

// typed is the invalid text in the field of an option of the chosen layer.
type typed struct{ option, text, problem string }

// Text is the text of the layers.
func (h *history) Text() string {
	layers := h.now.layers
	if last := len(layers) - 1; last > 0 && layers[last] == (net.Logits{}) {
		layers = layers[:last]
	}
	return layers.String()
}

// Chosen is the layer that the next change is to, nil for none, and its path.
func (h *history) Chosen() (net.Layer, Path) { return at(h.now.layers, h.now.chosen), h.now.chosen }

// mostPast is how many changes can be undone.
const mostPast = 200

// change sets the layers and the choice.
func (h *history) change(layers net.Net, chosen Path) {
	h.past = append(h.past, h.now)
	if len(h.past) > mostPast {
		h.past = slices.Delete(h.past, 0, 1)
	}
	h.now, h.future = state{layers, chosen}, nil
	h.editing, h.typed, h.unread = "", nil, ""
}

// CanUndo reports whether there is a change to undo.
func (h *history) CanUndo() bool { return len(h.past) > 0 }

// CanRedo reports whether there is a change to redo.
func (h *history) CanRedo() bool { return len(h.future) > 0 }

// Undo restores the state before the last change.
func (h *history) Undo() { h.step(&h.past, &h.future) }

// Redo restores the state before the last Undo.
func (h *history) Redo() { h.step(&h.future, &h.past) }

func (h *history) step(from, to *[]state) {
	last := len(*from) - 1
	if last < 0 {
		return
	}
	*to = append(*to, h.now)
	h.now, *from = (*from)[last], (*from)[:last]
	h.editing, h.typed, h.unread = "", nil, ""
}
