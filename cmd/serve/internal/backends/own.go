package backends

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/gomlx/compute/gobackend"

	"unpool/core/run"
	"unpool/wasm"
	"unpool/wasm/host"
)

// own reports whether a backend is ours: all of them compute the same bits.
func own(name string) bool { return name == Native || name == Wasm }

// Again names the backend with which to continue what a backend computed: the same, or if that is ours, whichever of ours o asks for or
// is the fastest here.
func (o Options) Again(was string) string {
	switch {
	case !own(was):
		return was
	case own(o.Backend):
		return o.Backend
	case o.Env.native() != "":
		return Native
	}
	return Wasm
}

// openOwn opens the fastest of our backends that there is.
func openOwn(o Options) (*Backend, error) {
	if o.Env.native() != "" {
		return openNative(o)
	}
	return openWasm(o)
}

// native names the instructions that native code may use, as in "AVX2"; "" for none. UNPOOL_CPU=none forbids them all.
func (e Env) native() string {
	if e.getenv("UNPOOL_CPU") == "none" {
		return ""
	}
	return wasm.NativeInstructions()
}

// HasNative reports whether the native backend can be opened here.
func (o Options) HasNative() bool { return o.Env.native() != "" }

// openNative opens our own backend with native code.
func openNative(o Options) (*Backend, error) {
	if o.Env.native() == "" {
		return nil, errors.New("the native backend needs a processor with AVX2, Linux or macOS, and no UNPOOL_CPU=none; use -backend wasm")
	}
	engine, err := start(o)
	if err != nil {
		return nil, err
	}
	b, err := wasm.NewNative(engine)
	if err != nil {
		engine.Close()
		return nil, err
	}
	return &Backend{Backend: b, Where: run.Where{Backend: Native, Tier: b.Tier(), Threads: engine.Tier().Threads, Machine: o.Env.processor()}}, nil
}

// openWasm opens our own backend on wazero.
func openWasm(o Options) (*Backend, error) {
	engine, err := start(o)
	if err != nil {
		return nil, err
	}
	return &Backend{
		Backend: wasm.New(engine),
		Where:   run.Where{Backend: Wasm, Tier: engine.Tier().String() + ", wazero", Threads: engine.Tier().Threads, Machine: o.Env.processor()},
	}, nil
}

// start starts an engine.
func start(o Options) (*host.Engine, error) {
	tier := wasm.Tier(o.Exact)
	if o.Threads > 0 {
		tier.Threads = min(tier.Threads, o.Threads)
	}
	return host.New(host.Options{Tier: tier})
}

// openGo opens GoMLX's backend in pure Go: it runs everywhere and is slow.
func openGo(o Options) (*Backend, error) {
	b, err := gobackend.New("")
	if err != nil {
		return nil, err
	}
	threads := runtime.GOMAXPROCS(0)
	return &Backend{
		Backend: complete{b},
		Where:   run.Where{Backend: Go, Tier: fmt.Sprintf("pure Go, up to %d threads", threads), Threads: threads, Machine: o.Env.processor()},
	}, nil
}
