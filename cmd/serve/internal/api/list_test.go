package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	wire "unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// listed is a store that has summaries, and nothing else.
type listed struct {
	Store
	all []run.Summary
}

func (l *listed) List(context.Context) ([]run.Summary, error) { return slices.Clone(l.all), nil }
func (l *listed) Now() store.Position                         { return store.Position{} }
func (l *listed) Happenings(ctx context.Context, _ store.Position) iter.Seq2[store.Happening, error] {
	return func(func(store.Happening, error) bool) { <-ctx.Done() }
}

// waits is a queue in which jobs wait forever.
type waits []store.Job

func (q waits) Jobs(context.Context) ([]store.Job, error)         { return q, nil }
func (q waits) Add(context.Context, store.Job) error              { return store.ErrLong }
func (q waits) Do(context.Context, string, control.Command) error { return store.ErrIdle }
func (q waits) Delete(_ context.Context, id string) error         { return store.ErrNotFound }

func summary(n int) run.Summary {
	r := recipe.Recipe{Net: "rnn 32", Dataset: recipe.MNIST}
	if n%2 == 1 {
		r = recipe.Recipe{Net: "conv 3x3x16, relu", Dataset: recipe.CIFAR10}
	}
	return run.Summary{ID: fmt.Sprintf("run-%d", n), Recipe: r, Created: time.Unix(int64(n/3), 5), Phase: []run.Phase{run.Done, run.Failed, run.Stopped}[n%3],
		Label: run.Label{Name: fmt.Sprintf("Number %d", n), Note: "some Note"}}
}

// page asks a server for a page.
func page(t *testing.T, h http.Handler, path string) (list wire.List) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/"+path, nil))
	if err := json.Unmarshal(w.Body.Bytes(), &list); w.Code != 200 || err != nil {
		t.Fatalf("%s: %d, %s, %v", path, w.Code, w.Body, err)
	}
	return list
}

// All pages together have each run once, whatever runs are made and deleted between them.
func TestPages(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []int{1, 7, 100, 1000} {
		s := &listed{}
		for n := range 250 {
			s.all = append(s.all, summary(n))
		}
		random.Shuffle(len(s.all), func(i, j int) { s.all[i], s.all[j] = s.all[j], s.all[i] })
		h := (&Server{Store: s, Queue: waits{}, Stderr: io.Discard}).Handler()
		var order []run.Summary
		seen, deleted, made := map[string]int{}, map[string]bool{}, 250
		for cursor, first := "", true; cursor != "" || first; first = false {
			list := page(t, h, fmt.Sprintf("api/runs?limit=%d&cursor=%s", limit, url.QueryEscape(cursor)))
			if len(list.Runs) > limit {
				t.Fatalf("%d runs on a page of %d", len(list.Runs), limit)
			}
			for _, sum := range list.Runs {
				seen[sum.ID]++
			}
			order = append(order, list.Runs...)
			cursor = list.Next
			s.all = append(s.all, summary(made))
			made++
			gone := random.IntN(len(s.all)) // perhaps the one that the cursor is of
			if random.IntN(2) == 0 && len(list.Runs) > 0 {
				gone = slices.IndexFunc(s.all, func(sum run.Summary) bool { return sum.ID == list.Runs[len(list.Runs)-1].ID })
			}
			deleted[s.all[gone].ID] = true
			s.all = slices.Delete(s.all, gone, gone+1)
		}
		for n := range 250 {
			if id := summary(n).ID; seen[id] != 1 && !(seen[id] == 0 && deleted[id]) {
				t.Errorf("in pages of %d %s comes %d times", limit, id, seen[id])
			}
		}
		if !slices.IsSortedFunc(order, func(a, b run.Summary) int { return b.Created.Compare(a.Created) }) {
			t.Errorf("pages of %d are not in order", limit)
		}
	}
}

func TestFilters(t *testing.T) {
	s := &listed{}
	for n := range 60 {
		s.all = append(s.all, summary(n))
	}
	queue := waits{{ID: "waiting", Recipe: recipe.Recipe{Net: "gru 64", Dataset: recipe.MNIST}, Phase: run.Waiting, Queued: time.Unix(9, 0)}}
	h := (&Server{Store: s, Queue: queue, Stderr: io.Discard}).Handler()
	for query, want := range map[string]int{
		"": 61, "state=done": 20, "state=done,failed": 40, "state=waiting": 1, "state=training": 0, "state=parked": 0, "net=RNN": 30, "net=relu": 30, "net=gru": 1,
		"dataset=cifar10": 30, "dataset=cifar": 0, "text=number+7": 1, "text=some+note": 60, "text=RUN-59": 1, "text=mnist": 31, "text=100%25": 0,
		"state=done&dataset=cifar10": 10, "state=done&net=rnn&text=number+12": 1, "state=failed&text=waiting": 0,
	} {
		if got := page(t, h, "api/runs?limit=1000&"+query); len(got.Runs) != want || got.Next != "" {
			t.Errorf("%q: %d runs, want %d", query, len(got.Runs), want)
		}
	}
	// What is filtered out is on no page, and a page is full where enough is left.
	first := page(t, h, "api/runs?limit=7&state=done")
	second := page(t, h, "api/runs?limit=13&state=done&cursor="+first.Next)
	if len(first.Runs) != 7 || len(second.Runs) != 13 || second.Next != "" || second.Runs[0].ID == first.Runs[6].ID {
		t.Errorf("pages of %d and %d runs", len(first.Runs), len(second.Runs))
	}
}

// Ten thousand runs come in many answers.
func TestAllRunsComeInPages(t *testing.T) {
	s := &listed{}
	for n := range 10_000 {
		s.all = append(s.all, summary(n))
	}
	h := (&Server{Store: s, Queue: waits{}, Stderr: io.Discard}).Handler()
	pages := 0
	all, err := wire.AllRuns(func(path string) (wire.List, error) {
		pages++
		return page(t, h, path), nil
	})
	if err != nil || len(all) != 10_000 || pages != 20 || all[0].ID != "run-9999" {
		t.Errorf("%d runs on %d pages, %v", len(all), pages, err)
	}
}

func TestWrongPages(t *testing.T) {
	h := (&Server{Store: &listed{}, Queue: waits{}, Stderr: io.Discard}).Handler()
	for _, query := range []string{
		"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1e3", "limit=99999999999999999999", "cursor=x", "cursor=****", "cursor=eCB5", "state=good", "state=done,good",
		"unknown=1", "cursor=" + strings.Repeat("x", 2000), "text=" + strings.Repeat("x", 5000),
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/api/runs?"+query, nil))
		var p wire.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); w.Code != 422 || err != nil || p.Detail == "" {
			t.Errorf("%.60s: %d, %s", query, w.Code, w.Body)
		}
	}
}

// Only so many event streams are open; when one ends, another may begin.
func TestStreamsAreBounded(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	s := &Server{Store: &listed{}, Queue: waits{}, Stderr: io.Discard, Ended: ended}
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	defer end()
	s.streams.Store(mostStreams - 1)
	open := func() (*http.Response, func()) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/api/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return answer, func() { cancel(); answer.Body.Close() }
	}
	last, leave := open()
	if last.StatusCode != http.StatusOK {
		t.Fatalf("the last one: %d", last.StatusCode)
	}
	many, leaveMany := open()
	var p wire.Problem
	if err := json.NewDecoder(many.Body).Decode(&p); many.StatusCode != http.StatusServiceUnavailable || err != nil || !strings.Contains(p.Detail, "close some pages") {
		t.Errorf("one more: %d, %+v, %v", many.StatusCode, p, err)
	}
	leaveMany()
	leave()
	for until := time.Now().Add(time.Minute); s.streams.Load() >= mostStreams && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
	if again, leave := open(); again.StatusCode != http.StatusOK {
		t.Errorf("when one has ended: %d", again.StatusCode)
	} else {
		leave()
	}
}
