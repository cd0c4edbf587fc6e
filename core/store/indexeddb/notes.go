//go:build js

package indexeddb

import (
	"context"
	"syscall/js"
)

// notes is the table of a database of texts: name -> text.
const notes = "notes"

// Notes are texts by their names, in a database of their own.
type Notes struct{ db js.Value }

// OpenNotes opens the database of a name, which is made if it is not there.
func OpenNotes(name string) (*Notes, error) {
	db, err := database(name, notes)
	return &Notes{db}, err
}

// Load returns all notes.
func (n *Notes) Load(context.Context) (map[string]string, error) {
	var names, texts js.Value
	err := transact(n.db, "readonly", func(t *transaction) error {
		t.on(t.table(notes).Call("getAllKeys"), func(result js.Value) { names = result })
		t.on(t.table(notes).Call("getAll"), func(result js.Value) { texts = result })
		return nil
	}, notes)
	if err != nil {
		return nil, err
	}
	all := make(map[string]string, names.Length())
	for i := range names.Length() {
		all[names.Index(i).String()] = texts.Index(i).String()
	}
	return all, nil
}

// Save changes some notes, all of them or none. An empty text removes one.
func (n *Notes) Save(_ context.Context, changes map[string]string) error {
	return transact(n.db, "readwrite", func(t *transaction) error {
		for name, text := range changes {
			if text == "" {
				t.table(notes).Call("delete", name)
			} else {
				t.table(notes).Call("put", text, name)
			}
		}
		return nil
	}, notes)
}
