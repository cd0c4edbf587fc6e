package jetstore

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/run"
	"unpool/core/store"
)

// crashed ends a store without what Close does for the next one: the folder is as after a kill.
func crashed(t *testing.T, s *Store) {
	t.Helper()
	holder, err := os.ReadFile(s.server.hold.path())
	must(t, err, s.Close(), os.WriteFile(s.server.hold.path(), holder, 0o600))
}

// What kills leave of uploads, and of runs that were being deleted, is removed when the store is opened again, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	w, err := s.Create(t.Context(), "a b")
	must(t, err, w.Append(event(1)), w.Put("last", write("kept")), w.Copy("last", "best"))
	_, err = s.upload(t.Context(), "a b", write("of a run"))
	must(t, err)
	_, err = s.upload(t.Context(), "never", write("of a run that has no document yet"))
	must(t, err, w.Close())
	w, err = s.Create(t.Context(), "deleted")
	must(t, err, w.Append(event(1)), w.Put("x", write("gone")), w.Close())
	d, err := s.document(t.Context(), "deleted")
	must(t, err, s.save(t.Context(), deleted("deleted", "", d.seq)))
	if left := leftovers(t, s); len(left) != 4 {
		t.Fatalf("%q are left", left)
	}
	crashed(t, s)

	s = opened(t, dir)
	if left := leftovers(t, s); len(left) != 0 {
		t.Errorf("%q are left", left)
	}
	if differs := compareOne(t, s, "a b", contents{1, map[string]string{"last": "kept", "best": "kept"}}); differs != "" {
		t.Error(differs)
	}
}

// What a killed upload leaves goes also when its run is opened, without a look at the others: in a cluster they may be in use.
func TestSweepOfARun(t *testing.T) {
	s := connected(t, listening(t), leaseFor)
	for _, id := range []string{"a", "other"} {
		w, err := s.Create(t.Context(), id)
		must(t, err, w.Append(event(1)), w.Put("last", write("kept")), w.Close())
		_, err = s.upload(t.Context(), id, write("left"))
		must(t, err)
	}
	w, err := s.Open(t.Context(), "a")
	must(t, err, w.Close())
	if left := leftovers(t, s); len(left) != 1 || !strings.HasPrefix(left[0], bodySubject("other", "")) {
		t.Errorf("%q are left", left)
	}
}

// One process has a store; another one is told which, and where that answers.
func TestHeld(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	_, err = Open(t.Context(), dir, 0)
	held := (*HeldError)(nil)
	if !errors.As(err, &held) || held.Holder != (Holder{PID: os.Getpid()}) || held.Dir != dir {
		t.Errorf("the error is %v", err)
	}
	must(t, s.Announce("http://127.0.0.1:1/"))
	_, err = Open(t.Context(), dir, 0)
	if !errors.As(err, &held) || held.Holder.Address != "http://127.0.0.1:1/" || !strings.Contains(err.Error(), "http://127.0.0.1:1/") {
		t.Errorf("the error is %v", err)
	}
	if info, err := os.Stat(s.server.hold.path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others can read who holds the store", info, err)
	}
	must(t, s.Close())
	opened(t, dir)
}

// A run whose process was killed is free at once.
func TestKilledWriter(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1), event(2)))
	crashed(t, s)
	s = opened(t, dir)
	if all, err := s.List(t.Context()); err != nil || len(all) != 1 || all[0].Phase != run.Interrupted || all[0].Last != 2 {
		t.Errorf("the list is %+v, %v", all, err)
	}
	w, err = s.Open(t.Context(), "a")
	must(t, err, w.Append(event(3)), w.Close())
}

// fill puts artifacts into a run until one does not fit, and returns what it has.
func fill(t *testing.T, s *Store) contents {
	t.Helper()
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1)))
	c := contents{1, map[string]string{}}
	for name := 'a'; ; name++ {
		text := string(body(3_000_000, uint64(name)))
		err := w.Put(string(name), write(text))
		if errors.Is(err, store.ErrFull) {
			must(t, w.Close())
			return c
		}
		must(t, err)
		c.artifacts[string(name)] = text
	}
}

// A store that has reached its maximum refuses new runs and what does not fit, by a typed error, and has all that it took; what is deleted
// makes room. Opened with a lower maximum, it still has everything.
func TestFullStore(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 20_000_000)
	must(t, err)
	c := fill(t, s)
	if n := len(c.artifacts); n < 5 || n > 6 {
		t.Errorf("%d artifacts of 3 MB fit into 20 MB", n)
	}
	must(t, s.Close())
	s, err = Open(t.Context(), dir, 10_000_000)
	must(t, err)
	if _, err := s.Create(t.Context(), "b"); !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "may use 10.0") {
		t.Errorf("a run begins in a full store: %v", err)
	}
	w, err := s.Open(t.Context(), "a")
	must(t, err)
	if err := w.Append(event(2)); !errors.Is(err, store.ErrFull) {
		t.Errorf("an event more gets the error %v", err)
	}
	if differs := compareOne(t, s, "a", c); differs != "" {
		t.Error(differs)
	}
	if left := leftovers(t, s); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
	must(t, s.Label(t.Context(), "a", run.Label{Name: "full"}))
	for name := range c.artifacts {
		must(t, w.Remove(name))
	}
	must(t, w.Append(event(2)), w.Close(), s.Delete(t.Context(), "a"))
	w, err = s.Create(t.Context(), "b")
	must(t, err, w.Append(event(1)), w.Close(), s.Close())
}

// Before the disk is full, the store writes nothing more, and continues once there is room.
func TestFullDisk(t *testing.T) {
	free := int64(1 << 30)
	s, err := open(t.Context(), t.TempDir(), 0, func(string) (int64, error) { return free, nil })
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1)), w.Put("last", write("first")))
	free = reserve
	for what, err := range map[string]error{
		"an event":    w.Append(event(2)),
		"an artifact": w.Put("last", write("second")),
	} {
		if !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "33.6") {
			t.Errorf("%s on a full disk: %v", what, err)
		}
	}
	if _, err := s.Create(t.Context(), "b"); !errors.Is(err, store.ErrFull) {
		t.Errorf("a run begins on a full disk: %v", err)
	}
	if differs := compareOne(t, s, "a", contents{1, map[string]string{"last": "first"}}); differs != "" {
		t.Error(differs)
	}
	free = 1 << 30
	must(t, w.Append(event(2)), w.Put("last", write("third")), w.Close())
	if differs := compareOne(t, s, "a", contents{2, map[string]string{"last": "third"}}); differs != "" {
		t.Error(differs)
	}
	free = 0
	must(t, s.Delete(t.Context(), "a"))
}

// Of an artifact that is replaced or removed, or not written to its end, nothing is left, without any sweep.
func TestNothingIsLeft(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Put("x", write("1")), w.Put("x", write("2")), w.Copy("x", "y"), w.Put("x", write("3")), w.Remove("x"))
	if err := w.Put("z", func(to io.Writer) error {
		return errors.Join(write(strings.Repeat("z", 3*chunkSize))(to), errors.New("no more"))
	}); err == nil {
		t.Error("the error of what writes is lost")
	}
	if left := leftovers(t, s); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
	must(t, w.Append(event(1)), w.Close())
	if differs := compareOne(t, s, "a", contents{1, map[string]string{"y": "2"}}); differs != "" {
		t.Error(differs)
	}
	must(t, s.Delete(t.Context(), "a"))
	w, err = s.Create(t.Context(), "b")
	must(t, err, w.Close())
	if left := leftovers(t, s); len(left) > 0 {
		t.Errorf("%q are left of runs that are gone", left)
	}
}
