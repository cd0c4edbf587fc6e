package jobs

import (
	"context"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"unpool/cmd/serve/internal/backends"
	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
)

// roll is a store that notes which devices are enlisted, and what they train.
type roll struct {
	Telling
	mu   sync.Mutex
	said []string
}

func (r *roll) say(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, text)
}

func (r *roll) Enlist(_ context.Context, w api.Worker) (store.Enlisted, error) {
	r.say(w.Name + ": " + w.Where.Tier)
	return place{r, w.Where.Tier}, nil
}

type place struct {
	of   *roll
	tier string
}

func (p place) Trains(id string) error { p.of.say(p.tier + " trains " + id); return nil }
func (p place) Leave()                 { p.of.say(p.tier + " leaves") }

// Each GPU has a place of its own in the list of what trains, and says which run it has; a second one that cannot be used has none.
func TestEnlist(t *testing.T) {
	device := func(r *roll, tier, kind string, second bool) *Queued {
		return &Queued{Store: r, Host: "box", Backend: backends.Options{Backend: backends.Auto}, GPU: second, Stderr: io.Discard, Images: &Images{},
			open: map[choice]*backends.Backend{{backends.Auto, false, false}: {Where: run.Where{Backend: kind, Tier: tier}}}}
	}
	synctest.Test(t, func(t *testing.T) {
		r := &roll{}
		ctx, end := context.WithCancel(t.Context())
		first, second := device(r, "GPU 0", backends.XLACUDA, false), device(r, "GPU 1", backends.XLACUDA, true)
		first.trains("early") // before it has its place
		for _, q := range []*Queued{first, second, device(r, "CPU", backends.Wasm, true)} {
			go q.Enlist(ctx)
			synctest.Wait()
		}
		first.trains("")
		second.trains("x")
		first.trains("y")
		second.trains("")
		end()
		synctest.Wait()
		slices.Sort(r.said[len(r.said)-2:])
		want := []string{"box: GPU 0", "GPU 0 trains early", "box: GPU 1", "GPU 1 trains ", "GPU 0 trains ", "GPU 1 trains x", "GPU 0 trains y", "GPU 1 trains ",
			"GPU 0 leaves", "GPU 1 leaves"}
		if !slices.Equal(r.said, want) {
			t.Errorf("it says %q, want %q", r.said, want)
		}
	})
}
