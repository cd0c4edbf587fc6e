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
	"unpool/core/run"
	"unpool/core/store"
)

// kept is a store of jobs in memory.
type kept struct {
	mu     sync.Mutex
	looks  int // how often the jobs were asked for
	jobs   map[string]store.Job
	claims map[string]*claimed
	news   []chan struct{}
}

func keeping(jobs ...store.Job) *kept {
	k := &kept{jobs: map[string]store.Job{}, claims: map[string]*claimed{}}
	for i, j := range jobs {
		j.Queued = time.Unix(int64(i), 0)
		k.jobs[j.ID] = j
	}
	return k
}

func (k *kept) change(f func() error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.news {
		select {
		case c <- struct{}{}:
		default:
		}
	}
	return f()
}

func (k *kept) Enqueue(_ context.Context, j store.Job) error {
	return k.change(func() error {
		if _, ok := k.jobs[j.ID]; ok {
			return store.ErrExists
		}
		k.jobs[j.ID] = j
		return nil
	})
}

func (k *kept) SaveJob(_ context.Context, j store.Job) error {
	return k.change(func() error {
		if _, ok := k.jobs[j.ID]; !ok {
			return store.ErrNotFound
		}
		k.jobs[j.ID] = j
		return nil
	})
}

func (k *kept) Dequeue(ctx context.Context, j store.Job) error { return k.Delete(ctx, j.ID) }

func (k *kept) Delete(_ context.Context, id string) error {
	return k.change(func() error { delete(k.jobs, id); return nil })
}

func (k *kept) Jobs(context.Context) (all []store.Job, _ error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.looks++
	for _, j := range k.jobs {
		j.Phase, j.Worker = run.Waiting, ""
		if c := k.claims[j.ID]; c != nil {
			j.Phase, j.Worker = c.phase, c.worker
		}
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b store.Job) int { return a.Queued.Compare(b.Queued) })
	return all, nil
}

func (k *kept) Claim(_ context.Context, id, worker string, do func(control.Command)) (store.Claim, error) {
	c := &claimed{k: k, id: id, worker: worker, phase: run.Loading, do: do, lost: make(chan struct{})}
	return c, k.change(func() error {
		if k.claims[id] != nil {
			return store.ErrBusy
		}
		k.claims[id] = c
		return nil
	})
}

func (k *kept) Order(_ context.Context, id string, what control.Command) error {
	k.mu.Lock()
	c := k.claims[id]
	k.mu.Unlock()
	if c == nil {
		return store.ErrWaits
	}
	c.do(what)
	return nil
}

func (k *kept) JobChanges(context.Context) <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := make(chan struct{}, 1)
	k.news = append(k.news, c)
	return c
}

// claimed is a claim of a kept job.
type claimed struct {
	k          *kept
	id, worker string
	phase      run.Phase
	do         func(control.Command)
	lost       chan struct{}
}

func (c *claimed) Training() error {
	return c.k.change(func() error { c.phase = run.Training; return nil })
}
func (c *claimed) Lost() <-chan struct{} { return c.lost }
func (c *claimed) Release() {
	c.k.change(func() error {
		if c.k.claims[c.id] == c {
			delete(c.k.claims, c.id)
		}
		return nil
	})
}

// trainer says what it was asked for.
type trainer struct {
	mu     sync.Mutex
	said   []string
	steps  map[string]int
	lacks  string // the job that it does not take
	trains func(ctx context.Context, j store.Job, begun func(func(control.Command))) error
}

func (t *trainer) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, fmt.Sprintf(format, args...))
}
func (t *trainer) Takes(_ context.Context, j store.Job) (bool, string, error) {
	return j.ID != t.lacks, "it has no such data", nil
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

// works lets a queue work on jobs until nothing more happens, and returns what the trainer was asked for.
func works(t *testing.T, tr *trainer, jobs ...store.Job) (said []string, left map[string]store.Job) {
	k := keeping(jobs...)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q := New(k, "here", io.Discard, tr)
		go q.Run(ctx)
		time.Sleep(time.Hour)
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

// A run that ends the program each time it is begun is abandoned; one that makes progress each time is not.
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
		return ctx.Err()
	}}, store.Job{ID: "a"}, store.Job{ID: "b"})
	if want := []string{"train a"}; !slices.Equal(said, want) || len(left) != 2 || left["a"].Attempts != 0 {
		t.Errorf("it says %q and has %v left", said, left)
	}
}

// A run that is not ready yet follows what it was told before, in order; one that waits can be stopped only.
func TestCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeping()
		ready, told := make(chan struct{}), make(chan control.Verb, 3)
		q := New(k, "here", io.Discard, &trainer{trains: func(_ context.Context, _ store.Job, begun func(func(control.Command))) error {
			<-ready
			begun(func(c control.Command) { told <- c.Do })
			<-ready
			return nil
		}})
		ctx, cancel := context.WithCancel(t.Context())
		for _, id := range []string{"a", "b"} {
			if err := q.Add(ctx, store.Job{ID: id}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if err := q.Add(ctx, store.Job{ID: "a"}); !errors.Is(err, store.ErrQueued) {
			t.Errorf("twice: %v", err)
		}
		go q.Run(ctx)
		synctest.Wait()
		phases := func(want ...run.Phase) {
			t.Helper()
			jobs, err := q.Jobs(ctx)
			if err != nil || len(jobs) != len(want) {
				t.Fatal(jobs, err)
			}
			for i, j := range jobs {
				if j.Phase != want[i] || (j.Worker == "here") != (j.Phase != run.Waiting) {
					t.Errorf("%s is %s by %q, want %s", j.ID, j.Phase, j.Worker, want[i])
				}
			}
		}
		phases(run.Loading, run.Waiting)
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
		ready <- struct{}{}
		if a, b := <-told, <-told; a != control.Pause || b != control.Continue {
			t.Errorf("it was told %s, then %s", a, b)
		}
		phases(run.Training)
		ready <- struct{}{}
		synctest.Wait()
		phases()
		cancel()
	})
}

// A run that was paused, or took one step, is paused when the next program trains it; one that was continued is not.
func TestPausedStaysPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeping(store.Job{ID: "a"})
		program := func(orders ...control.Verb) (told []control.Verb) {
			ctx, cancel := context.WithCancel(t.Context())
			q := New(k, "here", io.Discard, &trainer{trains: func(ctx context.Context, _ store.Job, begun func(func(control.Command))) error {
				begun(func(c control.Command) { told = append(told, c.Do) })
				<-ctx.Done()
				return ctx.Err()
			}})
			go q.Run(ctx)
			synctest.Wait()
			for _, v := range orders {
				if err := q.Do(ctx, "a", control.Command{Do: v}); err != nil {
					t.Fatal(err)
				}
			}
			cancel()
			synctest.Wait()
			return told
		}
		const pause, step, on = control.Pause, control.Step, control.Continue
		for i, c := range []struct {
			orders, told []control.Verb
			paused       bool
		}{
			{[]control.Verb{pause}, []control.Verb{pause}, true}, {nil, []control.Verb{pause}, true}, {[]control.Verb{on}, []control.Verb{pause, on}, false},
			{[]control.Verb{step}, []control.Verb{step}, true}, {[]control.Verb{on, pause, on}, []control.Verb{pause, on, pause, on}, false}, {nil, nil, false},
		} {
			if told := program(c.orders...); !slices.Equal(told, c.told) || k.jobs["a"].Paused != c.paused {
				t.Errorf("program %d told it %q, want %q; paused: %v", i, told, c.told, k.jobs["a"].Paused)
			}
		}
	})
}

// Several trainers, in one program or in several, train as many runs at once and none twice. A job that one cannot train is left to others,
// which it says once.
func TestSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		most, now := 0, 0
		trained := map[string][]string{}
		device := func(name string) *trainer {
			return &trainer{trains: func(_ context.Context, j store.Job, _ func(func(control.Command))) error {
				mu.Lock()
				now++
				most = max(most, now)
				trained[j.ID] = append(trained[j.ID], name)
				mu.Unlock()
				time.Sleep(time.Minute)
				mu.Lock()
				now--
				mu.Unlock()
				return nil
			}}
		}
		k := keeping()
		var stderr strings.Builder
		lacking := device("lacking")
		lacking.lacks = "j0"
		for _, q := range []*Queue{New(k, "two devices", io.Discard, device("first"), device("second")), New(k, "one device", &stderr, lacking)} {
			go q.Run(ctx)
		}
		synctest.Wait()
		q := New(k, "", io.Discard)
		for i := range 10 {
			if err := q.Add(ctx, store.Job{ID: fmt.Sprint("j", i)}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Hour)
		cancel()
		synctest.Wait()
		by := map[string]int{}
		for id, names := range trained {
			if len(names) != 1 {
				t.Errorf("%s is trained by %q", id, names)
			}
			by[names[0]]++
		}
		if len(trained) != 10 || most != 3 || len(by) != 3 || len(k.jobs) > 0 {
			t.Errorf("%d runs are trained, %d at once, %v; %v are left", len(trained), most, by, k.jobs)
		}
		if trained["j0"][0] == "lacking" || strings.Count(stderr.String(), "run j0 is left to other machines: it has no such data\n") > 1 {
			t.Errorf("j0 is trained by %s, and it says %q", trained["j0"], &stderr)
		}
	})
}

// However many trainers wait for a job, the store is asked a few times when there is another one; and where there are jobs for all, all have one at once.
func TestManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		k := keeping()
		var trainers []Trainer
		for range 64 {
			trainers = append(trainers, &trainer{trains: func(context.Context, store.Job, func(func(control.Command))) error {
				time.Sleep(time.Hour)
				return nil
			}})
		}
		q := New(k, "here", io.Discard, trainers...)
		go q.Run(ctx)
		synctest.Wait()
		add := func(ids ...int) {
			for _, id := range ids {
				if err := k.Enqueue(ctx, store.Job{ID: fmt.Sprint(id), Queued: time.Unix(int64(id), 0)}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
		}
		before := k.looks
		if add(1); len(k.claims) != 1 || k.looks-before > 5 {
			t.Errorf("%d have a job, and the store was asked %d times", len(k.claims), k.looks-before)
		}
		var more []int
		for id := range 63 {
			more = append(more, 2+id)
		}
		before = k.looks
		if add(more...); len(k.claims) != 64 || k.looks-before > 5*64 {
			t.Errorf("%d have a job, and the store was asked %d times", len(k.claims), k.looks-before)
		}
		cancel()
		time.Sleep(2 * time.Hour)
		synctest.Wait()
	})
}

// What blocks a queue is reported once, until something else does.
func TestBlockedIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var stderr strings.Builder
		n := 0
		q := New(keeping(store.Job{ID: "a"}), "here", &stderr, &trainer{trains: func(context.Context, store.Job, func(func(control.Command))) error {
			switch n++; {
			case n <= 5:
				return store.ErrFull
			case n <= 10:
				return store.ErrUnreachable
			}
			return nil
		}})
		go q.Run(ctx)
		time.Sleep(time.Hour)
		cancel()
		synctest.Wait()
		want := "The queue is blocked, and tries again every 1m0s: the storage is full\nThe queue is blocked, and tries again every 5s: the store does not answer\n"
		if stderr.String() != want || n != 11 {
			t.Errorf("after %d attempts it says %q, want %q", n, &stderr, want)
		}
	})
}

// What nobody can train waits, which is reported once.
func TestLeftToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		k := keeping(store.Job{ID: "a"}, store.Job{ID: "b"})
		var stderr strings.Builder
		q := New(k, "here", &stderr, &trainer{lacks: "a", trains: func(context.Context, store.Job, func(func(control.Command))) error { return nil }})
		go q.Run(ctx)
		synctest.Wait()
		if err := q.Add(ctx, store.Job{ID: "c"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		cancel()
		synctest.Wait()
		if _, waits := k.jobs["a"]; !waits || len(k.jobs) != 1 || stderr.String() != "run a is left to other machines: it has no such data\n" {
			t.Errorf("%v are left, and it says %q", k.jobs, &stderr)
		}
	})
}

// A worker that has lost its claim stops, changes nothing of the job, and takes another one.
func TestLostClaim(t *testing.T) {
	for name, stale := range map[string]func(ctx context.Context) error{
		"stops":      func(ctx context.Context) error { <-ctx.Done(); return nil },
		"is refused": func(context.Context) error { return fmt.Errorf("run a: %w", store.ErrConflict) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				k := keeping(store.Job{ID: "a"}, store.Job{ID: "b"})
				var stderr strings.Builder
				tr := &trainer{}
				tr.trains = func(ctx context.Context, j store.Job, _ func(func(control.Command))) error {
					if j.ID == "b" {
						return nil
					}
					old := k.claims["a"]
					other := &claimed{k: k, id: "a", worker: "elsewhere", phase: run.Training}
					k.claims["a"] = other
					if name == "stops" {
						close(old.lost)
					}
					return stale(ctx)
				}
				go New(k, "here", &stderr, tr).Run(ctx)
				time.Sleep(time.Hour)
				cancel()
				synctest.Wait()
				if want := []string{"train a", "train b"}; !slices.Equal(tr.said, want) || k.claims["a"].worker != "elsewhere" || len(k.jobs) != 1 {
					t.Errorf("it says %q, and %v is left", tr.said, k.jobs)
				}
				if !strings.Contains(stderr.String(), "run a: another worker has taken it over") {
					t.Errorf("it says %q", &stderr)
				}
			})
		})
	}
}

// Lack of room, a store that does not answer and a run that is not free yet are no failure of the run, and no attempt: it is tried again after
// a while, however often.
func TestWhatPassesIsTriedAgain(t *testing.T) {
	for _, passing := range []error{store.ErrUnreachable, store.ErrBusy, store.ErrFull} {
		n := 2 * mostAttempts
		said, left := works(t, &trainer{trains: func(context.Context, store.Job, func(func(control.Command))) error {
			if n--; n >= 0 {
				return fmt.Errorf("run a: %w", passing)
			}
			return nil
		}}, store.Job{ID: "a"})
		if want := slices.Repeat([]string{"train a"}, 2*mostAttempts+1); !slices.Equal(said, want) || len(left) > 0 {
			t.Errorf("%v: it says %q and has %v left, want %q and none", passing, said, left, want)
		}
	}
}

func TestBounded(t *testing.T) {
	k := keeping()
	q := New(k, "here", io.Discard, &trainer{})
	for i := range Most {
		k.jobs[fmt.Sprint(i)] = store.Job{ID: fmt.Sprint(i)}
	}
	if err := q.Add(t.Context(), store.Job{ID: "one more"}); !errors.Is(err, store.ErrLong) {
		t.Errorf("one more than %d: %v", Most, err)
	}
}

// The queue is fed only where nobody waits: what is asked for meanwhile comes before what is fed next.
func TestFeed(t *testing.T) {
	k := keeping()
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
		q = New(k, "here", io.Discard, tr)
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
		k.change(func() error { return nil }) // there is more
		time.Sleep(time.Minute)
		cancel()
		synctest.Wait()
	})
	if want := []string{"train fed 1", "train asked for", "train fed 2", "train fed 3", "train fed 1", "train asked for", "train fed 2", "train fed 3"}; !slices.Equal(tr.said, want) {
		t.Errorf("it says %q, want %q", tr.said, want)
	}
}

// What is fed and cannot be trained here is left to others, and nothing more is fed after it.
func TestFedToOthers(t *testing.T) {
	k := keeping()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q := New(k, "here", io.Discard, &trainer{lacks: "fed 1"})
		fed := 0
		q.Feed = func(ctx context.Context) (bool, error) {
			fed++
			return true, k.Enqueue(ctx, store.Job{ID: fmt.Sprint("fed ", fed), Sweep: "s"})
		}
		go q.Run(ctx)
		time.Sleep(time.Minute)
		cancel()
		synctest.Wait()
		if fed != 1 {
			t.Errorf("%d were fed, want 1", fed)
		}
	})
}
