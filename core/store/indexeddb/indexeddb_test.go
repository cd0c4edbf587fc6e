//go:build js

package indexeddb

import (
	"errors"
	"flag"
	"slices"
	"syscall/js"
	"testing"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

var many = flag.Int("many", 100, "runs in a long list")

// Each place is a database of its own, that each program opens for itself.
func test(t *testing.T, change func(*Store)) {
	storetest.Test(t, *many, func(t *testing.T) storetest.Open {
		name := run.NewID()
		return func() store.Store {
			s, err := Open(name, "runs")
			if err != nil {
				t.Fatal(err)
			}
			change(s)
			return s
		}
	})
}

func TestFiles(t *testing.T) {
	test(t, func(s *Store) {
		if !s.files.Truthy() {
			t.Error("no private file system, though the origin is secure")
		}
	})
}

func TestWithoutFiles(t *testing.T) {
	test(t, func(s *Store) { s.files = js.Undefined() })
}

// As in a private window of WebKit, where the transaction that stores a Blob fails.
func TestWithoutBlobs(t *testing.T) {
	table := js.Global().Get("IDBObjectStore").Get("prototype")
	put := table.Get("put")
	refuse := js.Global().Call("eval", `(put) => function (row, key) {
		const request = put.call(this, row, key);
		if (row.bytes instanceof Blob) queueMicrotask(() => this.transaction.abort());
		return request;
	}`)
	table.Set("put", refuse.Invoke(put))
	defer table.Set("put", put)
	test(t, func(s *Store) { s.files = js.Undefined() })
}

// As where the origin is not secure.
func TestWithoutLocks(t *testing.T) {
	test(t, func(s *Store) {
		var err error
		if s.leases, err = database(s.name+" in hand", leases); err != nil {
			t.Fatal(err)
		}
		s.lock, s.files = js.Undefined(), js.Undefined()
	})
}

// A lease that nobody renews runs out, and one of a clock that has been set back does not hold forever.
func TestLeaseRunsOut(t *testing.T) {
	s, err := Open(run.NewID(), "runs")
	if err != nil {
		t.Fatal(err)
	}
	if s.leases, err = database(s.name+" in hand", leases); err != nil {
		t.Fatal(err)
	}
	s.lock = js.Undefined()
	for name, c := range map[string]struct {
		until time.Duration // from now
		held  bool
	}{
		"holds": {leaseFor / 2, true}, "is over": {-time.Second, false}, "of another clock": {time.Hour, false},
	} {
		err := transact(s.leases, "readwrite", func(tx *transaction) error {
			tx.table(leases).Call("put", map[string]any{"id": name, "owner": "somebody", "until": float64(time.Now().Add(c.until).UnixMilli())}, name)
			return nil
		}, leases)
		if err != nil {
			t.Fatal(err)
		}
		held, err := s.held()
		if err != nil || slices.Contains(held, name) != c.held {
			t.Errorf("%s: in hand are %q %v, want %v", name, held, err, c.held)
		}
		release, err := s.take(name)
		if errors.Is(err, store.ErrBusy) != c.held {
			t.Errorf("%s: to take it: %v", name, err)
		}
		if err == nil {
			release()
		}
	}
}

// A row that is damaged, or of a later version, hides no other run, and can be deleted.
func TestUnreadable(t *testing.T) {
	s, err := Open(run.NewID(), "runs")
	if err != nil {
		t.Fatal(err)
	}
	err = transact(s.db, "readwrite", func(tx *transaction) error {
		for id, row := range map[string]map[string]any{
			"good":    {"summary": "{}", "label": "{}"},
			"summary": {"summary": `{"recipe":7}`, "label": "{}"},
			"label":   {"summary": "{}", "label": "x"},
			"nothing": {},
		} {
			row["id"], row["last"], row["bytes"], row["beside"] = id, 1, 2, 3
			tx.table(runs).Call("put", row, id)
		}
		return nil
	}, runs)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it knows them
		all, err := s.List(t.Context())
		if err != nil || len(all) != 4 {
			t.Fatalf("the list is %+v, %v", all, err)
		}
		for _, sum := range all {
			if bad := sum.Phase == run.Unreadable; bad != (sum.ID != "good") || bad != (sum.Error != "") {
				t.Errorf("%s is %q: %s", sum.ID, sum.Phase, sum.Error)
			}
		}
	}
	if err := s.Delete(t.Context(), "summary"); err != nil {
		t.Error(err)
	}
}
