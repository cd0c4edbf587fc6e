package remotetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"unpool/core/api"
	"unpool/core/store"
)

// PutSweep makes a sweep one that the server keeps, in the place of one of the same ID, and has the stream say so.
func (s *Server) PutSweep(sweep api.Sweep) {
	s.mu.Lock()
	i := slices.IndexFunc(s.sweeps, func(one api.Sweep) bool { return one.ID == sweep.ID })
	if i < 0 {
		s.sweeps = append(s.sweeps, sweep)
	} else {
		s.sweeps[i] = sweep
	}
	s.mu.Unlock()
	s.happen(api.Happening{Sweep: sweep.ID})
}

// NewSweeps are the sweeps that the server was asked to make; it makes nothing of them.
func (s *Server) NewSweeps() []api.NewSweep {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.newSweeps)
}

// SweepID is that of a sweep that the server was asked to make, from 0.
func SweepID(n int) string { return fmt.Sprintf("sweep-%d", n) }

// SweepOrders are what sweeps were told, and how they were changed: an ID and a body each.
func (s *Server) SweepOrders() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.orders)
}

// ofSweeps answers what is asked of sweeps. rest is the path below that of all sweeps.
func (s *Server) ofSweeps(method string, rest []string, body []byte) (any, error) {
	if len(rest) == 0 {
		return s.allSweeps(method, body)
	}
	s.mu.Lock()
	i := slices.IndexFunc(s.sweeps, func(one api.Sweep) bool { return one.ID == rest[0] })
	if i < 0 {
		s.mu.Unlock()
		return nil, store.ErrNotFound
	}
	if method == "GET" {
		defer s.mu.Unlock()
		return s.sweeps[i], nil
	}
	gone := method == "DELETE"
	if gone {
		s.sweeps = slices.Delete(s.sweeps, i, i+1)
	} else {
		s.orders = append(s.orders, rest[0]+" "+string(body))
	}
	s.mu.Unlock()
	s.happen(api.Happening{Sweep: rest[0], Deleted: gone})
	return nil, nil
}

func (s *Server) allSweeps(method string, body []byte) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if method == "GET" {
		list := api.SweepList{Sweeps: []api.SweepSummary{}}
		for _, one := range s.sweeps {
			list.Sweeps = append(list.Sweeps, one.SweepSummary)
		}
		return list, nil
	}
	var n api.NewSweep
	if err := json.Unmarshal(body, &n); err != nil {
		return nil, err
	}
	if !json.Valid(n.File) {
		return nil, errors.New("the file is not JSON")
	}
	s.newSweeps = append(s.newSweeps, n)
	return api.Made{ID: SweepID(len(s.newSweeps) - 1)}, nil
}
