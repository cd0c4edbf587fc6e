package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"unpool/core/control"
	"unpool/core/store"
)

// kept is a store of jobs in memory.
type kept struct {
	mu   sync.Mutex
	jobs map[string]store.Job
}

func (k *kept) change(f func()) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	f()
	return nil
}

func (k *kept) Enqueue(_ context.Context, j store.Job) error {
	if _, ok := k.jobs[j.ID]; ok {
		return store.ErrExists
	}
	return k.change(func() { k.jobs[j.ID] = j })
}
func (k *kept) SaveJob(_ context.Context, j store.Job) error {
	return k.change(func() { k.jobs[j.ID] = j })
}
func (k *kept) Dequeue(_ context.Context, id string) error {
	return k.change(func() { delete(k.jobs, id) })
}
func (k *kept) Delete(ctx context.Context, id string) error { return k.Dequeue(ctx, id) }
func (k *kept) Jobs(context.Context) (all []store.Job, _ error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, j := range k.jobs {
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b store.Job) int { return a.Queued.Compare(b.Queued) })
	return all, nil
}

// trainer says what it was asked for.
type trainer struct {
	mu     sync.Mutex
	said   []string
	steps  map[string]int
	trains func(ctx context.Context, j store.Job, begun func(func(control.Command))) error
}

func (t *trainer) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, fmt.Sprintf(format, args...))
}
func (t *trainer) Stands(_ context.Context, j store.Job) (int, bool, error) {
	step := t.steps[j.ID]
	return step, step > 0, nil
}
func (t *trainer) Train(ctx context.Context, j store.Job, begun func(func(control.Command))) error {
	t.say("train %s", j.ID)
	return t.trains(ctx, j, begun)
}
func (t *trainer) Fail(_ context.Context, j store.Job, why error) error {
	t.say("fail %s: %v", j.ID, why)
	return nil
}

// works lets a queue work on jobs until nothing happens any more, and returns what the trainer was asked for.
func works(t *testing.T, tr *trainer, jobs ...store.Job) (said []string, left map[string]store.Job) {
	k := &kept{jobs: map[string]store.Job{}}
	for i, j := range jobs {
		j.Queued = time.Unix(int64(i), 0)
		k.jobs[j.ID] = j
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q := New(k, tr, io.Discard)
		go q.Run(ctx)
		time.Sleep(10 * time.Minute)
		cancel()
		synctest.Wait()
	})
	return tr.said, k.jobs
}

func TestOneAfterTheOther(t *testing.T) {
	said, left := works(t, &trainer{trains: func(context.Context, store.Job, func(func(control.Command))) error { return nil }},
		store.Job{ID: "b"}, store.Job{ID: "a"}, store.Job{ID: "c"})
	if want := []string{"train b", "train a", "train c"}; !slices.Equal(said, want) || len(left) > 0 {
		t.Errorf("it says %q and has %v left, want %q and none", said, left, want)
	}
}

func TestWhatFailsIsARunThatFailed(t *testing.T) {
	said, left := works(t, &trainer{trains: func(_ context.Context, j store.Job, _ func(func(control.Command))) error {
		if j.ID == "panics" {
			panic("no such operation")
		}
		return errors.New("no such data")
	}}, store.Job{ID: "panics"}, store.Job{ID: "fails"})
	if want := []string{"train panics", "fail panics: no such operation", "train fails", "fail fails: no such data"}; !slices.Equal(said, want) || len(left) > 0 {
		t.Errorf("it says %q and has %v left, want %q and none", said, left, want)
	}
}

// Want of room is no failure of a run: it is tried again after a while.
func TestFullStoreIsTriedAgain(t *testing.T) {
	full := 3
	said, left := works(t, &trainer{trains: func(context.Context, store.Job, func(func(control.Command))) error {
		if full--; full >= 0 {
			return fmt.Errorf("run a: %w", store.ErrFull)
		}
		return nil
	}}, store.Job{ID: "a"})
	if want := slices.Repeat([]string{"train a"}, 4); !slices.Equal(said, want) || len(left) > 0 {
		t.Errorf("it says %q and has %v left, want %q and none", said, left, want)
	}
}

// A run that ends the program each time that it is begun is given up; one that comes further each time is not.
func TestAttempts(t *testing.T) {
	tr := &trainer{steps: map[string]int{"further": 20, "same": 10},
		trains: func(context.Context, store.Job, func(func(control.Command))) error { return nil }}
	said, _ := works(t, tr, store.Job{ID: "further", Attempts: mostAttempts, Step: 10}, store.Job{ID: "same", Attempts: mostAttempts, Step: 10})
	if len(said) != 2 || said[0] != "train further" || !strings.HasPrefix(said[1], "fail same: the server ended 5 times") {
		t.Errorf("it says %q", said)
	}
}

// The end of the program leaves the run in the queue, and counts as no attempt.
func TestParked(t *testing.T) {
	said, left := works(t, &trainer{trains: func(ctx context.Context, _ store.Job, _ func(func(control.Command))) error {
		<-ctx.Done()
		return nil
	}}, store.Job{ID: "a"}, store.Job{ID: "b"})
	if want := []string{"train a"}; !slices.Equal(said, want) || len(left) != 2 || left["a"].Attempts != 0 {
		t.Errorf("it says %q and has %v left", said, left)
	}
}

// A run that is not ready yet follows what it was told before, in order; one that waits can be stopped only.
func TestCommands(t *testing.T) {
	k := &kept{jobs: map[string]store.Job{}}
	ready, told := make(chan struct{}), make(chan control.Verb, 3)
	q := New(k, &trainer{trains: func(_ context.Context, _ store.Job, begun func(func(control.Command))) error {
		<-ready
		begun(func(c control.Command) { told <- c.Do })
		return nil
	}, steps: map[string]int{}}, io.Discard)
	ctx := t.Context()
	synctest.Test(t, func(t *testing.T) {
		for _, id := range []string{"a", "b"} {
			if err := q.Add(ctx, store.Job{ID: id}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
	})
	if err := q.Add(ctx, store.Job{ID: "a"}); !errors.Is(err, store.ErrQueued) {
		t.Errorf("twice: %v", err)
	}
	j, err := q.next(ctx)
	if err != nil || j.ID != "a" {
		t.Fatal(j, err)
	}
	for _, v := range []control.Verb{control.Pause, control.Continue} {
		if err := q.Do(ctx, "a", control.Command{Do: v}); err != nil {
			t.Error(err)
		}
	}
	for id, want := range map[string]error{"b": store.ErrWaits, "c": store.ErrIdle} {
		if err := q.Do(ctx, id, control.Command{Do: control.Pause}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
	if err := q.Delete(ctx, "a"); !errors.Is(err, store.ErrBusy) {
		t.Errorf("the run in training is deleted: %v", err)
	}
	if err := q.Do(ctx, "b", control.Command{Do: control.Stop}); err != nil {
		t.Error(err)
	}
	close(ready)
	if err := q.train(ctx, j); err != nil {
		t.Error(err)
	}
	if a, b := <-told, <-told; a != control.Pause || b != control.Continue {
		t.Errorf("it was told %s, then %s", a, b)
	}
	if len(k.jobs) > 0 {
		t.Errorf("%v are left", k.jobs)
	}
}

func TestBounded(t *testing.T) {
	k := &kept{jobs: map[string]store.Job{}}
	q := New(k, &trainer{}, io.Discard)
	for i := range Most {
		k.jobs[fmt.Sprint(i)] = store.Job{ID: fmt.Sprint(i)}
	}
	if err := q.Add(t.Context(), store.Job{ID: "one more"}); !errors.Is(err, store.ErrLong) {
		t.Errorf("one more than %d: %v", Most, err)
	}
}

// The queue is fed only where nobody waits: what is asked for meanwhile comes before what is fed next.
func TestFeed(t *testing.T) {
	k := &kept{jobs: map[string]store.Job{}}
	var q *Queue
	tr := &trainer{trains: func(ctx context.Context, j store.Job, _ func(func(control.Command))) error {
		if j.ID == "fed 1" {
			return q.Add(ctx, store.Job{ID: "asked for"})
		}
		return nil
	}}
	fed := 0
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q = New(k, tr, io.Discard)
		q.Feed = func(ctx context.Context) (bool, error) {
			if fed == 3 {
				return false, nil
			}
			if fed++; fed == 2 && len(tr.said) == 1 {
				t.Error("it was fed though somebody waits")
			}
			return true, k.Enqueue(ctx, store.Job{ID: fmt.Sprint("fed ", fed), Queued: time.Now()})
		}
		go q.Run(ctx)
		time.Sleep(time.Minute)
		fed = 0
		q.Wake() // there is more
		time.Sleep(time.Minute)
		cancel()
		synctest.Wait()
	})
	if want := []string{"train fed 1", "train asked for", "train fed 2", "train fed 3", "train fed 1", "train asked for", "train fed 2", "train fed 3"}; !slices.Equal(tr.said, want) {
		t.Errorf("it says %q, want %q", tr.said, want)
	}
}
