package mirror_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/mirror/mirrortest"
	"unpool/core/store/remote/remotetest"
	"unpool/internal/long"
)

// world is a server, and browsers that come and go.
type world struct {
	t        *testing.T
	random   *rand.Rand
	server   *remotetest.Server
	writers  map[string]store.Writer // of the runs on the server
	deleted  map[string][]byte       // the logs of those that were deleted there
	made     int
	browsers [3]struct {
		mirrortest.Browser
		link link
		tabs []*tab
	}
}

// tab is an open tab.
type tab struct {
	*mirror.Store
	watches map[string]*watch
	close   context.CancelFunc
}

// watch is what a tab was told of a run.
type watch struct {
	mu  sync.Mutex
	log []run.Record
}

// follow takes in what is told until the run is deleted.
func (w *watch) follow(ctx context.Context, s *mirror.Store, id string) {
	for r, err := range s.Watch(ctx, id, 1) {
		if err == nil && r.Seq > 0 {
			w.mu.Lock()
			w.log = append(w.log, r)
			w.mu.Unlock()
		}
	}
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), server: &remotetest.Server{Identity: 9},
		writers: map[string]store.Writer{}, deleted: map[string][]byte{},
	}
	for i := range w.browsers {
		w.browsers[i].link.server = w.server
		w.open(i)
	}
	return w
}

func (w *world) open(i int) {
	b := &w.browsers[i]
	ctx, cancel := context.WithCancel(w.t.Context())
	s, err := mirror.Open(ctx, b.Tab(), b.link.Do)
	must(w.t, err)
	b.tabs = append(b.tabs, &tab{s, map[string]*watch{}, cancel})
}

// some returns the ID of a run on the server, "" where there is none.
func (w *world) some() string {
	var ids []string
	for id := range w.writers {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return ""
	}
	slices.Sort(ids)
	return ids[w.random.IntN(len(ids))]
}

// happen has something happen to a run.
func (w *world) happen() {
	id := w.some()
	switch n := w.random.IntN(20); {
	case n == 0 || id == "":
		id = fmt.Sprint("run-", w.made)
		w.made++
		w.writers[id] = begin(w.t, w.server, id, 1)
	case n == 1:
		w.deleted[id] = lines(w.t, &w.server.Store, id)
		w.writers[id].Close()
		delete(w.writers, id)
		must(w.t, w.server.Store.Delete(w.t.Context(), id))
		w.server.Deleted(id)
	case n < 4:
		must(w.t, w.server.Store.Label(w.t.Context(), id, run.Label{Name: fmt.Sprint("name ", w.random.IntN(1000))}))
		w.server.Changed(id)
	default:
		for range 1 + w.random.IntN(5) {
			must(w.t, w.server.Say(id, w.writers[id], metric(w.writers[id].Last()+1), run.Record{Event: &run.Progress{Step: 1}}))
		}
	}
}

// disturb cuts, closes, opens, reads and watches.
func (w *world) disturb() {
	i := w.random.IntN(len(w.browsers))
	b := &w.browsers[i]
	var one *tab
	if len(b.tabs) > 0 {
		one = b.tabs[w.random.IntN(len(b.tabs))]
	}
	switch n := w.random.IntN(10); {
	case n < 2:
		b.link.cut(w.random.IntN(3) == 0)
	case n == 2:
		b.link.cut(false)
	case n == 3:
		w.server.Cut()
	case n == 4 && len(b.tabs) < 4 && !b.link.isAway():
		w.open(i)
	case n == 5 && one != nil:
		one.close()
		b.tabs = slices.DeleteFunc(b.tabs, func(t *tab) bool { return t == one })
	case one != nil && n < 8:
		if id := w.some(); id != "" {
			one.Read(w.t.Context(), id, 1) // which fails where it cannot be reached
		}
	case one != nil:
		if id := w.some(); id != "" && one.watches[id] == nil {
			one.watches[id] = &watch{}
			go one.watches[id].follow(w.t.Context(), one.Store, id)
		}
	}
}

// check compares what every tab has with the server.
func (w *world) check() {
	t := w.t
	for i := range w.browsers {
		b := &w.browsers[i]
		b.link.cut(false)
		if len(b.tabs) == 0 {
			w.open(i)
		}
	}
	settle()
	want, err := w.server.Store.List(t.Context())
	must(t, err)
	for i := range w.browsers {
		if n := w.browsers[i].link.streams(); n != 1 {
			t.Fatalf("browser %d has %d streams", i, n)
		}
		for _, one := range w.browsers[i].tabs {
			all, err := one.List(t.Context())
			must(t, err)
			var there []run.Summary
			for _, sum := range all {
				if sum.Phase != run.Deleted {
					there = append(there, sum)
				} else if log := lines(t, one, sum.ID); len(log) == 0 || !bytes.HasPrefix(w.deleted[sum.ID], log) {
					t.Fatalf("of %s, which was deleted, there is\n%s, which is no beginning of\n%s", sum.ID, log, w.deleted[sum.ID])
				}
			}
			if got, want := fmt.Sprintf("%+v", plain(there)), fmt.Sprintf("%+v", plain(want)); got != want {
				t.Fatalf("browser %d lists\n%s, want\n%s", i, got, want)
			}
			for id := range w.writers {
				if got, want := lines(t, one, id), lines(t, &w.server.Store, id); !bytes.Equal(got, want) {
					t.Fatalf("browser %d has of %s\n%s, want\n%s", i, id, got, want)
				}
			}
			for id, watch := range one.watches {
				watch.mu.Lock()
				told, err := store.Lines(id, 0, watch.log)
				watch.mu.Unlock()
				must(t, err)
				got, want := bytes.Join(told, nil), w.deleted[id]
				if _, there := w.writers[id]; there {
					want = lines(t, &w.server.Store, id)
					if !bytes.Equal(got, want) {
						t.Fatalf("browser %d was told of %s\n%s, want\n%s", i, id, got, want)
					}
				} else if !bytes.HasPrefix(want, got) {
					t.Fatalf("browser %d was told of %s, which was deleted,\n%s, which is no beginning of\n%s", i, id, got, want)
				}
			}
		}
	}
}

// plain are summaries without what points elsewhere.
func plain(all []run.Summary) []run.Summary {
	all = slices.Clone(all)
	for i := range all {
		all[i].Latest, all[i].Best, all[i].Content = nil, nil, nil
	}
	slices.SortFunc(all, func(a, b run.Summary) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	return all
}

// Whatever is cut, closed and opened while runs grow, are named and deleted, in the end every tab of every browser has the server's runs, their
// logs byte for byte, and was told of each record once.
func TestCutAtRandom(t *testing.T) {
	seeds := uint64(1)
	if long.Tests {
		seeds = 100
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, seed)
				for cut := range 100 {
					for range w.random.IntN(10) {
						w.happen()
						time.Sleep(time.Duration(w.random.IntN(1000)) * time.Millisecond)
					}
					w.disturb()
					if w.random.IntN(20) == 0 {
						time.Sleep(time.Duration(w.random.IntN(20)) * time.Minute)
					}
					if cut%50 == 49 {
						w.check()
					}
				}
				if w.made < 5 || len(w.deleted) < 2 {
					t.Errorf("%d runs were made and %d deleted", w.made, len(w.deleted))
				}
			})
		})
	}
}
