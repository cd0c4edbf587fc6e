package main

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/queue"
	"unpool/core/control"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

// sleeper trains nothing: it only waits.
type sleeper struct {
	each  time.Duration
	slept *atomic.Int64 // nanoseconds
}

func (s sleeper) Takes(context.Context, store.Job) (bool, string, error) { return true, "", nil }
func (s sleeper) Stands(context.Context, store.Job) (int, bool, error)   { return 0, false, nil }
func (s sleeper) Fail(context.Context, store.Job, error) error           { return nil }
func (s sleeper) Train(ctx context.Context, _ store.Job, begun func(func(control.Command))) error {
	begun(func(control.Command) {})
	start := time.Now()
	time.Sleep(s.each)
	s.slept.Add(int64(time.Since(start)))
	return nil
}

// sleep is how long the runs take that only sleep.
const sleep = 10 * time.Second

// How much of their time workers spend on such runs: the rest is the queue's and the store's, which write everything that happens to the disk.
func BenchmarkQueueWorkers(b *testing.B) {
	for _, c := range []struct{ workers, runs int }{{1, 4}, {8, 40}, {64, 640}} {
		b.Run(fmt.Sprintf("%d workers, %d runs", c.workers, c.runs), func(b *testing.B) {
			s, err := jetstore.Open(b.Context(), b.TempDir(), 0)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			ctx, done := context.WithCancel(b.Context())
			slept, trainers := atomic.Int64{}, make([]queue.Trainer, c.workers)
			for i := range trainers {
				trainers[i] = sleeper{sleep, &slept}
			}
			q := queue.New(s, "here", io.Discard, trainers...)
			fed := atomic.Int64{}
			q.Feed = func(ctx context.Context) (bool, error) {
				i := fed.Add(1)
				if i > int64(c.runs) {
					if slept.Load() >= int64(c.runs)*int64(sleep) {
						done()
					}
					return false, nil
				}
				return true, s.Enqueue(ctx, store.Job{ID: fmt.Sprint(i), Recipe: storetest.Recipe(), Queued: time.Now()})
			}
			b.ResetTimer()
			q.Run(ctx)
			b.ReportMetric(float64(slept.Load())/float64(b.Elapsed())/float64(c.workers), "efficiency")
		})
	}
}
