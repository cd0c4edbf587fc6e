package wasm

import (
	"sync/atomic"
	"time"
)

// Stages is the time that compiling has taken so far, of all of a backend's computations.
type Stages struct {
	Lower, Verify, Emit Duration
	Load                Duration // in the engine: its own compilation, and handing the module to the helpers
}

// Duration is a sum of times that several goroutines may add to.
type Duration struct{ n atomic.Int64 }

// Time is the sum so far.
func (d *Duration) Time() time.Duration { return time.Duration(d.n.Load()) }

// Stages is where the time for compiling goes.
func (b *Backend) Stages() *Stages { return &b.compiling }

// stopwatch returns a function that adds the time since its last call, or since the beginning, to a sum.
func stopwatch() func(to *Duration) {
	start := time.Now()
	return func(to *Duration) {
		now := time.Now()
		to.n.Add(int64(now.Sub(start)))
		start = now
	}
}
