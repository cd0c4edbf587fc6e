//go:build js

package indexeddb

import (
	"fmt"
	"syscall/js"
	"time"

	"unpool/core/run"
	"unpool/core/store"
)

// leases is the table of leases, in a database of its own, since few browsers need it: id -> {id, owner, until}, in milliseconds of
// the machine's clock. A lease is renewed while its owner lives, and runs out when the owner dies.
const leases = "leases"

const (
	leaseFor   = time.Minute // as long as a trainer may compute without hearing of anything
	renewEvery = 5 * time.Second
)

// lease acquires a run where there are no locks. The function returned, which may be called again, releases it.
func (s *Store) lease(id string) (release func(), err error) {
	owner := run.NewID()
	if err := s.extend(id, owner, true); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(renewEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				s.extend(id, owner, false) // where that fails, the log's numbers still keep two writers apart
			}
		}
	}()
	free := false
	return func() {
		if free {
			return
		}
		free = true
		close(done)
		transact(s.leases, "readwrite", func(t *transaction) error { // or it runs out by itself
			t.on(t.table(leases).Call("get", id), func(row js.Value) {
				if row.Truthy() && row.Get("owner").String() == owner {
					t.table(leases).Call("delete", id)
				}
			})
			return nil
		}, leases)
	}, nil
}

// extend lets a lease last from now on: ErrBusy while another owner has one, and where it is not new also when it is lost.
func (s *Store) extend(id, owner string, isNew bool) error {
	now := time.Now()
	return transact(s.leases, "readwrite", func(t *transaction) error {
		t.on(t.table(leases).Call("get", id), func(row js.Value) {
			ours := row.Truthy() && row.Get("owner").String() == owner
			if !ours && (!isNew || valid(row, now)) {
				t.fail(fmt.Errorf("run %s: %w", id, store.ErrBusy))
				return
			}
			t.table(leases).Call("put", map[string]any{
				"id": id, "owner": owner, "until": float64(now.Add(leaseFor).UnixMilli()),
			}, id)
		})
		return nil
	}, leases)
}

// leased are the runs that have a lease.
func (s *Store) leased() (ids []string, err error) {
	now := time.Now()
	err = transact(s.leases, "readonly", func(t *transaction) error {
		t.on(t.table(leases).Call("getAll"), func(rows js.Value) {
			for i := range rows.Length() {
				if row := rows.Index(i); valid(row, now) {
					ids = append(ids, row.Get("id").String())
				}
			}
		})
		return nil
	}, leases)
	return ids, err
}

// valid reports whether a lease, or none, holds. One that would last longer than any is of a clock that has been set back.
func valid(row js.Value, now time.Time) bool {
	if !row.Truthy() {
		return false
	}
	left := time.UnixMilli(int64(row.Get("until").Float())).Sub(now)
	return left > 0 && left <= leaseFor
}
