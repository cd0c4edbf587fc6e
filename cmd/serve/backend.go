package main

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"unpool/wasm"
	"unpool/wasm/host"
)

// backends are the compute backends of this build, the most wanted first. A new one is a new line.
var backends = []struct {
	name string
	open func(o engineOptions) (backend compute.Backend, tier string, err error)
}{
	{"wasm", openWasm},
	{"go", openGo},
}

// engineOptions is what a command says about how to compute.
type engineOptions struct {
	exact   bool // the same bits as in every browser
	threads int  // at most; 0 is as many as the machine runs at once
}

// openWasm opens our own backend on wazero.
func openWasm(o engineOptions) (compute.Backend, string, error) {
	tier := wasm.Tier(o.exact)
	if o.threads > 0 {
		tier.Threads = min(tier.Threads, o.threads)
	}
	engine, err := host.New(host.Options{Tier: tier})
	if err != nil {
		return nil, "", err
	}
	return wasm.New(engine), engine.Tier().String() + ", wazero", nil
}

// openGo opens GoMLX's backend in pure Go: it runs everywhere and is slow.
func openGo(engineOptions) (compute.Backend, string, error) {
	b, err := gobackend.New("")
	return b, fmt.Sprintf("pure Go, up to %d threads", runtime.GOMAXPROCS(0)), err
}

// openBackend opens the backend called name, or for "auto" the first that works. why says in one line which was
// taken and what was passed over.
func openBackend(name string, o engineOptions) (backend compute.Backend, tier, why string, err error) {
	var passed []string
	for _, b := range backends {
		if name != b.name && name != "auto" {
			continue
		}
		backend, tier, err := b.open(o)
		if err == nil {
			why = fmt.Sprintf("backend %s (%s): ", b.name, tier)
			switch {
			case name != "auto":
				why += "as asked"
			case len(passed) > 0:
				why += "the first that works; " + strings.Join(passed, "; ")
			case len(backends) == 1:
				why += "the only one in this build"
			default:
				why += "the first choice"
			}
			return backend, tier, why, nil
		}
		passed = append(passed, fmt.Sprintf("not %s: %v", b.name, err))
	}
	if len(passed) > 0 {
		return nil, "", "", fmt.Errorf("no backend works: %s", strings.Join(passed, "; "))
	}
	names := []string{"auto"}
	for _, b := range backends {
		names = append(names, b.name)
	}
	return nil, "", "", usage("-backend %q is not in this build; use one of %s", name, strings.Join(names, ", "))
}
