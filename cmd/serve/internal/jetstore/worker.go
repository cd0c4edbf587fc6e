package jetstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
)

// enlisted is a device of this program that has a lease on its place in the list.
type enlisted struct{ *lease }

// Enlist tells all who have the store of a device that trains: until it leaves, or, where its program was killed, until the lease runs out.
func (s *Store) Enlist(ctx context.Context, w api.Worker) (store.Enlisted, error) {
	l := newLease(s, workerSubject+run.NewID(), tenant{Device: &w})
	l.again = func() bool { return true } // the place is its own
	if err := l.begin(ctx); err != nil {
		return nil, fmt.Errorf("the list of machines: %w", err)
	}
	return &enlisted{l}, nil
}

// Trains is store.Enlisted's.
func (e *enlisted) Trains(id string) error {
	return e.change(func(t *tenant) {
		device := *t.Device
		device.Run = id
		t.Device = &device
	})
}

// Leave is store.Enlisted's.
func (e *enlisted) Leave() { e.leave() }

// Workers returns the devices that train, in order of their names.
func (s *Store) Workers(ctx context.Context) ([]api.Worker, error) {
	there, _, err := s.tenants(ctx, workerSubject)
	if err != nil {
		return nil, err
	}
	all := []api.Worker{} // none is [] and not null in JSON
	for _, t := range there {
		if t.Device != nil {
			all = append(all, *t.Device)
		}
	}
	slices.SortFunc(all, func(a, b api.Worker) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Where.Tier, b.Where.Tier), a.Since.Compare(b.Since))
	})
	return all, nil
}
