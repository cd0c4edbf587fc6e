package jetstore

import (
	"slices"
	"testing"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

// A deletion is reported for 30 days, and then forgotten; also by a store that was reopened. What was not deleted stays, and the run can be
// made again.
func TestDeletionsAreToldOfForThirtyDays(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	begin := s.Now()
	for _, id := range []string{"a", "b", "c"} {
		must(t, s.Enqueue(t.Context(), store.Job{ID: id, Recipe: storetest.Recipe()}))
	}
	must(t, s.Delete(t.Context(), "a"), s.Delete(t.Context(), "b"), s.Label(t.Context(), "c", run.Label{Name: "x"}))
	told := func(want ...string) {
		t.Helper()
		got := words(told(t, s, begin, len(want)))
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("it tells %q, want %q", got, want)
		}
	}
	must(t, s.forgetDeleted(t.Context(), time.Now().Add(store.DeletedFor-time.Hour)), s.Close())
	s, err = Open(t.Context(), dir, 0)
	must(t, err)
	told("a deleted", "b deleted", "c changed")

	must(t, s.forgetDeleted(t.Context(), time.Now().Add(store.DeletedFor+time.Hour)), s.Close())
	s = opened(t, dir)
	told("c changed")
	if n, err := info(t.Context(), s.documents); err != nil || n.State.Msgs != 1 {
		t.Errorf("there are %d documents, %v", n.State.Msgs, err)
	}
	must(t, s.Enqueue(t.Context(), store.Job{ID: "a", Recipe: storetest.Recipe()}))
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(events(0, 3)...), w.Close())

	// The last message of all stays, and does no harm.
	must(t, s.Delete(t.Context(), "a"), s.forgetDeleted(t.Context(), time.Now().Add(store.DeletedFor+time.Hour)), s.Close())
	s = opened(t, dir)
	if all, err := s.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("there are %v, %v", all, err)
	}
	told("a deleted", "c changed")
}
