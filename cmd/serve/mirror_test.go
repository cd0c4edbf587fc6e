package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/mirror/mirrortest"
)

// browserAt makes a browser's requests of a server that may be restarted at another address.
type browserAt struct {
	mu  sync.Mutex
	url string
}

func (b *browserAt) is(url string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.url = url
}

func (b *browserAt) Do(ctx context.Context, method, path, kind string, body []byte) (int, io.ReadCloser, error) {
	b.mu.Lock()
	url := b.url
	b.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, method, url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	return answer.StatusCode, answer.Body, nil
}

// untilListed waits for a list in which a run is as wanted; nil is for one that is not there.
func untilListed(t *testing.T, s *mirror.Store, id, what string, is func(*run.Summary) bool) {
	t.Helper()
	for until := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		all, err := s.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var found *run.Summary
		for i := range all {
			if all[i].ID == id {
				found = &all[i]
			}
		}
		if is(found) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("the run is never %s; it is %+v", what, found)
		}
	}
}

// Two tabs follow a run while the server is stopped and restarted: both are notified of each record once. They are notified of its name and its deletion,
// and of another store nothing of the first is listed.
func TestTabsOfAServer(t *testing.T) {
	dir := t.TempDir()
	s := keeping(t, dir)
	at := &browserAt{url: s.url}
	browser := &mirrortest.Browser{}
	var tabs []*mirror.Store
	for range 2 {
		tab, err := mirror.Open(t.Context(), browser.Tab(), at.Do)
		if err != nil {
			t.Fatal(err)
		}
		tabs = append(tabs, tab)
	}
	id := s.create(small(60))
	type told struct {
		log  []run.Record
		over bool
	}
	ended := make(chan told, len(tabs))
	for _, tab := range tabs {
		go func() {
			var log []run.Record
			over := false
			for r, err := range tab.Watch(t.Context(), id, 1) {
				if err != nil {
					break
				}
				if r.Seq > 0 {
					log = append(log, r)
				}
				if end, ok := r.Event.(*run.End); ok && end.Status == run.Done { // a stop of the server ends it as stopped
					over = true
					break
				}
			}
			ended <- told{log, over}
		}()
	}
	untilListed(t, tabs[1], id, "begun", func(sum *run.Summary) bool { return sum != nil && sum.Step >= 4 })
	s.stop()
	s = keeping(t, dir)
	at.is(s.url)
	s.until(id, run.Done)
	_, want := s.ask("GET", api.Log(id, 1), nil)
	for range tabs {
		got := <-ended
		lines, err := store.Lines(id, 0, got.log)
		if err != nil || !got.over || !bytes.Equal(bytes.Join(lines, nil), want) {
			t.Errorf("a tab was told %d records, to the end: %v, %v; want %d", len(lines), got.over, err, bytes.Count(want, []byte("\n")))
		}
	}
	s.must(nil, "PATCH", api.Run(id), run.Label{Name: "first"})
	s.must(nil, "PATCH", api.Run(id), run.Label{Name: "second"})
	for _, tab := range tabs {
		untilListed(t, tab, id, "named and done", func(sum *run.Summary) bool { return sum != nil && sum.Name == "second" && sum.Phase == run.Done })
	}
	s.must(nil, "DELETE", api.Run(id), nil)
	for _, tab := range tabs {
		untilListed(t, tab, id, "deleted", func(sum *run.Summary) bool { return sum != nil && sum.Phase == run.Deleted })
	}
	s.stop()
	at.is(keeping(t, t.TempDir()).url)
	for _, tab := range tabs {
		untilListed(t, tab, id, "gone", func(sum *run.Summary) bool { return sum == nil })
	}
}
