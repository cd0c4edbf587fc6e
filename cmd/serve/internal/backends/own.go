package backends

import (
	"fmt"
	"runtime"

	"github.com/gomlx/compute/gobackend"

	"unpool/core/run"
	"unpool/wasm"
	"unpool/wasm/host"
)

// openWasm opens our own backend on wazero.
func openWasm(o Options) (*Backend, error) {
	tier := wasm.Tier(o.Exact)
	if o.Threads > 0 {
		tier.Threads = min(tier.Threads, o.Threads)
	}
	engine, err := host.New(host.Options{Tier: tier})
	if err != nil {
		return nil, err
	}
	return &Backend{
		Backend: wasm.New(engine),
		Threads: engine.Tier().Threads,
		Where:   run.Where{Backend: Wasm, Tier: engine.Tier().String() + ", wazero", Machine: o.Env.processor()},
	}, nil
}

// openGo opens GoMLX's backend in pure Go: it runs everywhere and is slow.
func openGo(o Options) (*Backend, error) {
	b, err := gobackend.New("")
	if err != nil {
		return nil, err
	}
	return &Backend{
		Backend: b,
		Threads: runtime.GOMAXPROCS(0),
		Where: run.Where{Backend: Go, Tier: fmt.Sprintf("pure Go, up to %d threads", runtime.GOMAXPROCS(0)),
			Machine: o.Env.processor()},
	}, nil
}
