//go:build js && wasm

package main

import (
	"context"

	"unpool/core/run"
	"unpool/wasm"
	"unpool/wasm/host"
)

// measure says how fast the engine is. It measures once, for a fifth of a second, since an engine does not change.
func (t *trainer) measure(context.Context) {
	defer func() { t.measuring = false }()
	if t.engine == nil {
		t.engine = measured()
	}
	post(t.engine)
}

// measured measures a new engine, such as a run gets. One that does not work has a speed of 0: the next run will say why.
func measured() *run.Engine {
	engine, err := host.New(host.Options{Tier: wasm.Tier(false)})
	if err != nil {
		return &run.Engine{}
	}
	b := wasm.New(engine)
	defer b.Finalize()
	tier := engine.Tier()
	e := &run.Engine{Tier: tier.String(), Threads: max(tier.Threads, 1)}
	if flops, err := b.Throughput(); err == nil {
		e.Flops = flops
	}
	return e
}
