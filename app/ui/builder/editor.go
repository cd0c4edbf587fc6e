// Package builder holds a net while a person builds it: the list of its layers, which one is chosen, what can be undone.
// A net that cannot be trained stays as it is, with what is wrong beside the layer that is wrong, until it is corrected.
//
// It knows nets, neither the page nor a browser.
package builder

import (
	"fmt"

	"unpool/models/net"
)

// Editor is a net being built. Make one with New.
type Editor struct{ history }

// Problem says what is wrong with the text of an option's field, "" for nothing: the text is that of the net before.
func (e *Editor) Problem() string {
	if e.typed == nil {
		return ""
	}
	l, path := e.Chosen()
	return fmt.Sprintf("layer %s, %q: %s: %s", path, l, e.typed.option, e.typed.problem)
}

// New returns an editor of a net's text.
func New(text string) *Editor {
	e := &Editor{history{now: state{layers: net.Net{net.Logits{}}}}}
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

// Unread says what is wrong with a text that could not be read; the layers are those before it. "" for nothing.
func (e *Editor) Unread() string { return e.unread }

// Choose makes a layer the chosen one; nil for none.
func (e *Editor) Choose(path Path) {
	e.now.chosen, e.editing, e.typed = path, "", nil
}

// Add puts a layer in after the chosen one, or before the last, and chooses it.
func (e *Editor) Add(l net.Layer) {
	path := e.now.chosen
	if path == nil || e.now.implied(path) {
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
func (e *Editor) CanRemove() bool { return e.now.chosen != nil && !e.now.implied(e.now.chosen) }

// Remove removes the chosen layer and chooses the one after it, or before it.
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

// Set sets an option of the chosen layer from a text. An invalid text stays in its field, see Field.
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

// Field is the text in the field of an option of the chosen layer, and what is wrong with it.
func (e *Editor) Field(o net.Option) (text, problem string) {
	if e.typed != nil && e.typed.option == o.Name {
		return e.typed.text, e.typed.problem
	}
	l, _ := e.Chosen()
	return o.Text(l), ""
}
