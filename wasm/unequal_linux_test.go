package wasm_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm/host"
)

// slow has another program run on a processor until stop is called: it takes the processor for 30 µs and leaves it for 40.
func slow(b *testing.B, processor int) (stop func()) {
	ends, started := make(chan bool), make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked, so that the thread ends with this function
		var set unix.CPUSet
		set.Set(processor)
		started <- unix.SchedSetaffinity(0, &set)
		for {
			select {
			case <-ends:
				return
			default:
			}
			for begin := time.Now(); time.Since(begin) < 30*time.Microsecond; {
			}
			unix.Nanosleep(&unix.Timespec{Nsec: 40_000}, nil)
		}
	}()
	if err := <-started; err != nil {
		b.Fatal(err)
	}
	return func() { ends <- true }
}

// BenchmarkUnequal shows what two threads make of a machine of which another program slows one of two processors. By how much it slows one is seen
// with a single thread and both processors slowed, so that it cannot avoid that. Two threads that divided all work evenly would take as much longer
// ("even"); at best ("best") they take what the sum of the processors' speeds allows. "taken" is what they take. All is measured in turn, and of
// several ratios the median counts.
func BenchmarkUnequal(b *testing.B) {
	if runtime.NumCPU() != 2 {
		b.Skip("made for two processors")
	}
	for _, name := range []string{"mnist-rnn-128", "mnist-gru-128", "cifar-bn"} {
		b.Run(name, func(b *testing.B) {
			entry, err := models.Find(name)
			if err != nil {
				b.Fatal(err)
			}
			r := entry.Recipe
			r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, 128, 40, 40
			one, two := newBackend(b, host.Tier{SIMD: true, Threads: 1}), newBackend(b, host.Tier{SIMD: true, Threads: 2})
			measure := func(threads int, slowed ...int) (ms float64) {
				for _, processor := range slowed {
					defer slow(b, processor)()
				}
				backend := one
				if threads == 2 {
					backend = two
				}
				s, err := train.New(train.Options{Backend: backend, Recipe: r, Data: smallSet(256), Emit: func(e run.Event) {
					if end, ok := e.(*run.End); ok {
						ms = end.MsPerStep
					}
				}})
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				if err := s.Run(context.Background()); err != nil {
					b.Fatal(err)
				}
				return ms
			}
			var even, taken, gain []float64
			for b.Loop() {
				for range 5 {
					alone, both := measure(1), measure(2)
					even = append(even, measure(1, 0, 1)/alone)
					taken = append(taken, measure(2, 0)/both, measure(2, 1)/both)
					gain = append(gain, alone/both)
				}
			}
			median := func(of []float64) float64 {
				slices.Sort(of)
				return of[len(of)/2]
			}
			b.ReportMetric(median(gain), "gain")
			b.ReportMetric(median(even), "even")
			b.ReportMetric(2/(1+1/median(even)), "best")
			b.ReportMetric(median(taken), "taken")
			b.ReportMetric(0, "ns/op")
		})
	}
}
