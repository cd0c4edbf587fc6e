//go:build js

package indexeddb

import (
	"io"
	"maps"
	"testing"

	"unpool/core/run"
)

// Notes are there for all who open them; an empty one is none.
func TestNotes(t *testing.T) {
	name := run.NewID()
	one, err := OpenNotes(name)
	if err != nil {
		t.Fatal(err)
	}
	two, err := OpenNotes(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, changes := range []map[string]string{{"a": "1", "b/c": "2"}, {"a": "", "b/c": "3", "d": ""}} {
		if err := one.Save(t.Context(), changes); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := two.Load(t.Context()); err != nil || !maps.Equal(all, map[string]string{"b/c": "3"}) {
		t.Errorf("there are %v, %v", all, err)
	}
}

// Two databases with folders of their own may have runs of one ID: to delete the one leaves the other's artifacts.
func TestTwoFolders(t *testing.T) {
	var stores []*Store
	for range 2 {
		name := run.NewID()
		s, err := Open(name, name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := s.Create(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Put("x", func(to io.Writer) error { _, err := io.WriteString(to, name); return err }); err != nil {
			t.Fatal(err)
		}
		if err := w.Append(run.Record{Seq: 1, Event: &run.Start{Version: run.Version}}); err != nil {
			t.Fatal(err)
		}
		w.Close()
		stores = append(stores, s)
	}
	if err := stores[0].Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	f, err := stores[1].Get(t.Context(), "a", "x")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(f); string(b) != stores[1].name || err != nil {
		t.Errorf("it is %q, %v", b, err)
	}
}
