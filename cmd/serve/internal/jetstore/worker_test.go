package jetstore

import (
	"slices"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/core/run"
)

// works waits until a store has workers of these names that train these runs.
func works(t *testing.T, s *Store, want ...string) {
	t.Helper()
	var got []string
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		all, err := s.Workers(t.Context())
		must(t, err)
		got = nil
		for _, w := range all {
			got = append(got, w.Name+" "+w.Where.Machine+" "+w.Run)
		}
		if slices.Equal(got, want) {
			return
		}
	}
	t.Errorf("the workers are %q, want %q", got, want)
}

// All who have a store see the devices that train, and what, in any program: until they leave, or are not heard from for as long as a lease lasts.
func TestWorkers(t *testing.T) {
	url := listening(t)
	const lease = 500 * time.Millisecond
	a, b := connected(t, url, lease), connected(t, url, lease)
	works(t, a)
	since := time.Unix(1_800_000_000, 0).UTC()
	box := api.Worker{Name: "box", Where: run.Where{Backend: "xla:cuda", Tier: "H100, GPU 1", Machine: "H100", Host: "box"}, Since: since}
	second, err := a.Enlist(t.Context(), box)
	must(t, err)
	box.Where.Tier, box.Where.Threads = "H100, GPU 0", 2
	first, err := a.Enlist(t.Context(), box)
	must(t, err)
	other, err := b.Enlist(t.Context(), api.Worker{Name: "attic", Where: run.Where{Backend: "wasm", Machine: "EPYC"}, Since: since})
	must(t, err)
	if all, err := b.Workers(t.Context()); err != nil || len(all) != 3 || all[1] != box {
		t.Errorf("the workers are %+v, %v; want %+v as the second", all, err, box)
	}
	must(t, second.Trains("x"))
	for until := time.Now().Add(3 * lease); time.Now().Before(until); time.Sleep(lease / 10) { // they are renewed
		works(t, b, "attic EPYC ", "box H100 ", "box H100 x")
	}
	must(t, second.Trains(""), first.Trains("y"))
	works(t, b, "attic EPYC ", "box H100 y", "box H100 ")
	second.Leave()
	works(t, b, "attic EPYC ", "box H100 y")
	l := other.(*enlisted).lease
	l.mu.Lock() // nothing is renewed, as in a program that was killed
	works(t, a, "box H100 y")
	l.mu.Unlock()
	works(t, a, "attic EPYC ", "box H100 y") // it was only stopped
	must(t, purge(t.Context(), a.leases, workerSubject+"*"))
	works(t, a, "attic EPYC ", "box H100 y") // servers that were restarted have forgotten them
	first.Leave()
	other.Leave()
	works(t, a)
}
