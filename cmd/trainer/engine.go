//go:build js && wasm

package main

import (
	"github.com/gomlx/compute"

	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/wasm"
	"unpool/wasm/host"
)

// open opens the browser's backend with an engine of its own, whose memory and helper threads end with it.
func open(r recipe.Recipe) (compute.Backend, run.Where, error) {
	engine, err := host.New(host.Options{Tier: wasm.Tier(r.Exact)})
	if err != nil {
		return nil, run.Where{}, err
	}
	tier := engine.Tier()
	return wasm.New(engine), run.Where{Backend: wasm.Name, Tier: tier.String(), Threads: tier.Threads, Machine: run.Browser}, nil
}

// measured is what measure found, since an engine does not change.
var measured *protocol.Engine

// measure measures a new engine, such as a run gets, for a fifth of a second.
func measure() (protocol.Engine, error) {
	if measured != nil {
		return *measured, nil
	}
	engine, err := host.New(host.Options{Tier: wasm.Tier(false)})
	if err != nil {
		return protocol.Engine{}, err
	}
	b := wasm.New(engine)
	defer b.Finalize()
	flops, err := b.Throughput()
	if err != nil {
		return protocol.Engine{}, err
	}
	tier := engine.Tier()
	measured = &protocol.Engine{Tier: tier.String(), Threads: max(tier.Threads, 1), Flops: flops}
	return *measured, nil
}
