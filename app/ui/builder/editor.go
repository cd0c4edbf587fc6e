// Package builder holds a net while a person builds it: the list of its layers, which one is chosen, what can be undone.
// A net that cannot be trained stays as it is, with what is wrong beside the layer that is wrong, until it is put right.
//
// It knows nets, neither the page nor a browser.
package builder

import (
	"fmt"
	"slices"

	"unpool/models/net"
)

// Editor is a net being built. Make one with New.
type Editor struct {
	now          state
	past, future []state // to undo and to redo, the latest last
	editing      string  // the option that the last change set; "" for another change

	typed  *typed // nil for nothing
	unread string // what is wrong with the text of the net; "" when it is the text of the layers
}

// state is what undoing brings back. Nothing in it is ever changed.
type state struct {
	layers net.Net // the last is the Logits, though its text may imply it
	chosen Path
}

// Problem says what stands in an option's field that cannot be taken, "" for nothing: the text is that of the net before.
func (e *Editor) Problem() string {
	if e.typed == nil {
		return ""
	}
	l, path := e.Chosen()
	return fmt.Sprintf("layer %s, %q: %s: %s", path, l, e.typed.option, e.typed.problem)
}

// typed is what stands in the field of an option of the chosen layer and cannot be taken.
type typed struct{ option, text, problem string }

// New returns an editor of a net's text.
func New(text string) *Editor {
	e := &Editor{now: state{layers: net.Net{net.Logits{}}}}
	e.SetText(text)
	e.past = nil
	return e
}

// SetText takes another text of the net. One that cannot be read leaves the layers as they were.
func (e *Editor) SetText(text string) {
	layers, err := net.ParseDraft(text)
	if err != nil {
		e.unread = err.Error()
		return
	}
	if e.unread = ""; layers.String() == e.Text() {
		return
	}
	if _, ok := layers[len(layers)-1].(net.Logits); !ok {
		layers = append(layers, net.Logits{})
	}
	e.change(layers, nil)
}

// Text is the text of the layers.
func (e *Editor) Text() string {
	layers := e.now.layers
	if last := len(layers) - 1; last > 0 && layers[last] == (net.Logits{}) {
		layers = layers[:last]
	}
	return layers.String()
}

// Unread says what is wrong with a text that could not be read; the layers are those before it. "" for nothing.
func (e *Editor) Unread() string { return e.unread }

// Chosen is the layer that the next change is to, nil for none, and its path.
func (e *Editor) Chosen() (net.Layer, Path) { return at(e.now.layers, e.now.chosen), e.now.chosen }

// Choose makes a layer the chosen one; nil for none.
func (e *Editor) Choose(path Path) {
	e.now.chosen, e.editing, e.typed = path, "", nil
}

// implied reports whether a path leads to the last layer, which is always there.
func (e *Editor) implied(path Path) bool { return len(path) == 1 && path[0] == len(e.now.layers)-1 }

// Add puts a layer in after the chosen one, or before the last, and chooses it.
func (e *Editor) Add(l net.Layer) {
	path := e.now.chosen
	if path == nil || e.implied(path) {
		path = Path{len(e.now.layers) - 1}
	} else {
		path = path.beside(path.last() + 1)
	}
	e.change(insert(e.now.layers, path, l), path)
}

// AddInside puts a layer in as the last of the group that is chosen, and chooses it.
func (e *Editor) AddInside(l net.Layer) {
	if group, ok := at(e.now.layers, e.now.chosen).(net.Residual); ok {
		path := e.now.chosen.with(len(group.Layers))
		e.change(insert(e.now.layers, path, l), path)
	}
}

// Duplicate puts a copy of the chosen layer in after it, and chooses that.
func (e *Editor) Duplicate() {
	if e.CanRemove() {
		e.Add(at(e.now.layers, e.now.chosen)) // a layer is a value that nothing changes, so it can be there twice
	}
}

// CanRemove reports whether a layer is chosen that can be removed and duplicated.
func (e *Editor) CanRemove() bool { return e.now.chosen != nil && !e.implied(e.now.chosen) }

// Remove takes the chosen layer away and chooses the one after it, or before it.
func (e *Editor) Remove() {
	if !e.CanRemove() {
		return
	}
	path := e.now.chosen
	layers := remove(e.now.layers, path)
	switch rest := list(layers, path.group()); {
	case path.last() < len(rest)-1 || len(path) > 1 && path.last() < len(rest): // the next has moved up
	case path.last() > 0:
		path = path.beside(path.last() - 1)
	case len(path) > 1:
		path = path.group()
	}
	e.change(layers, path)
}

// Set sets an option of the chosen layer from a text. What cannot be taken stays in its field, see Field.
func (e *Editor) Set(o net.Option, text string) {
	l, path := e.Chosen()
	if l == nil {
		return
	}
	changed, err := o.Set(l, text)
	if err != nil {
		e.typed = &typed{o.Name, text, err.Error()}
		return
	}
	e.typed = nil
	if o.Text(changed) == o.Text(l) {
		return
	}
	if layers := replace(e.now.layers, path, changed); e.editing == o.Name {
		e.now, e.future, e.unread = state{layers, path}, nil, "" // one change after the other: undone together
	} else {
		e.change(layers, path)
		e.editing = o.Name
	}
}

// Field is what stands in the field of an option of the chosen layer, and what is wrong with it.
func (e *Editor) Field(o net.Option) (text, problem string) {
	if e.typed != nil && e.typed.option == o.Name {
		return e.typed.text, e.typed.problem
	}
	l, _ := e.Chosen()
	return o.Text(l), ""
}

// mostPast is how many changes can be undone.
const mostPast = 200

// change makes other layers and another choice the present ones.
func (e *Editor) change(layers net.Net, chosen Path) {
	e.past = append(e.past, e.now)
	if len(e.past) > mostPast {
		e.past = slices.Delete(e.past, 0, 1)
	}
	e.now, e.future = state{layers, chosen}, nil
	e.editing, e.typed, e.unread = "", nil, ""
}

// CanUndo and CanRedo report whether there is a change to undo or redo.
func (e *Editor) CanUndo() bool { return len(e.past) > 0 }

// CanRedo reports whether there is a change to redo.
func (e *Editor) CanRedo() bool { return len(e.future) > 0 }

// Undo brings back what was before the last change.
func (e *Editor) Undo() { e.step(&e.past, &e.future) }

// Redo brings back what was before the last Undo.
func (e *Editor) Redo() { e.step(&e.future, &e.past) }

func (e *Editor) step(from, to *[]state) {
	last := len(*from) - 1
	if last < 0 {
		return
	}
	*to = append(*to, e.now)
	e.now, *from = (*from)[last], (*from)[:last]
	e.editing, e.typed, e.unread = "", nil, ""
}
