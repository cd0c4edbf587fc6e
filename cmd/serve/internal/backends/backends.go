// Package backends opens what computes: our own backend, XLA on a GPU, or GoMLX's in Go. It chooses one where the user
// leaves the choice, and says in one line which it took and why.
//
// It knows processors, GPUs and plugins. It does not know nets, runs or files of results.
package backends

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"unpool/core/run"
)

// The names that -backend takes. Auto chooses; XLA is CUDA where there is a GPU for it, and never anything else unasked.
const (
	Auto    = "auto"
	XLA     = "xla"
	XLACUDA = "xla:cuda"
	XLACPU  = "xla:cpu"
	Native  = "native"
	Wasm    = "wasm"
	Go      = "go"
)

// Names are those names in the order in which help lists them.
var Names = []string{Auto, XLA, XLACUDA, XLACPU, Native, Wasm, Go}

// Options say how to compute.
type Options struct {
	Backend string  // one of Names
	Exact   bool    // the bits of every browser, which only our own backend computes
	Threads int     // at most; 0 is as many as the machine runs at once
	Plugin  string  // file of a PJRT plugin, for XLA; "" to look where people have one
	TF32    bool    // let a GPU round the factors of products and convolutions to 10 bits
	Device  int     // number of the GPU
	Memory  float64 // share of the GPU's memory to use at most; 0 is the plugin's default
	Verbose bool    // show the output of the libraries
	Env     Env
}

// Devices returns o for each of the devices on which runs can be trained at the same time: for every GPU, if o may take one, else o alone.
func (o Options) Devices() (all []Options) {
	gpus := 0
	if HasXLA && slices.Contains([]string{Auto, XLA, XLACUDA}, o.Backend) && o.Env.gpu() {
		gpus = o.Env.visible()
	}
	for i := range max(gpus, 1) {
		one := o
		one.Device = i
		all = append(all, one)
	}
	return all
}

// Backend is an open backend.
type Backend struct {
	compute.Backend
	Where       run.Where
	Accelerator bool   // it has memory of its own, see train.Options
	Why         string // one line: what was chosen, and why
}

// UsageError is the user's to correct.
type UsageError struct{ Problem string }

func (e *UsageError) Error() string { return e.Problem }

func misuse(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// Check reports what is wrong with o before anything is opened.
func (o Options) Check() error {
	xla := strings.HasPrefix(o.Backend, XLA)
	switch {
	case !slices.Contains(Names, o.Backend):
		return misuse("-backend: %q is not known; use one of %s", o.Backend, strings.Join(Names, ", "))
	case o.Threads < 0:
		return misuse("-threads: %d is negative", o.Threads)
	case o.Exact && o.Backend != Auto && !own(o.Backend):
		return misuse("-exact: only the native and wasm backends compute the same bits in every browser; leave out -backend %s", o.Backend)
	case !(o.Memory >= 0 && o.Memory <= 1): // NaN is not
		return misuse("-gpu-memory: %g is outside 0 to 1", o.Memory)
	case o.Device < 0:
		return misuse("-gpu: %d is negative", o.Device)
	case (o.Memory > 0 || o.Device > 0) && !xla && o.Backend != Auto:
		return misuse("-gpu and -gpu-memory work only with XLA; leave them out for -backend %s", o.Backend)
	case o.TF32 && (o.Exact || o.Backend == XLACPU || own(o.Backend) || o.Backend == Go):
		return misuse("-tf32: only GPUs can round like this (-backend xla:cuda)")
	case o.Plugin != "" && !xla && o.Backend != Auto:
		return misuse("-pjrt: a plugin is for XLA; leave it out for -backend %s", o.Backend)
	}
	return nil
}

// Open opens the backend that o asks for. Nothing is ever downloaded.
func Open(o Options) (*Backend, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	switch o.Backend {
	case Auto:
		return openAuto(o)
	case Native:
		return asked(openNative(o))
	case Wasm:
		return asked(openWasm(o))
	case Go:
		return asked(openGo(o))
	}
	return asked(openXLA(o, o.Backend, &Survey{}))
}

// asked completes a backend that the user named.
func asked(b *Backend, err error) (*Backend, error) {
	if err != nil {
		return nil, err
	}
	b.Why = b.why("as asked")
	return b, nil
}

// openAuto takes a GPU where one can be used, else our own backend, else GoMLX's.
func openAuto(o Options) (*Backend, error) {
	if o.Exact {
		b, err := openOwn(o)
		if err != nil { // another backend would give other bits
			return nil, fmt.Errorf("an exact run needs the native or wasm backend: %w", err)
		}
		b.Why = b.why("it is exact")
		return b, nil
	}
	unused := ""                      // why a GPU is not used, for the user's eyes first
	asked := o.TF32 || o.Plugin != "" // a plugin that is named must be used
	if asked || o.Env.gpu() {
		b, err := openXLA(o, XLACUDA, &Survey{})
		if err == nil {
			b.Why = b.why("a GPU and its plugin are available")
			return b, nil
		}
		if asked {
			return nil, err
		}
		unused = fmt.Sprintf("An NVIDIA GPU is here and is not used: %v. \"serve gpu\" says what to do. ", err)
	}
	b, err := openOwn(o)
	if err == nil {
		b.Why = unused + b.why("the fastest here")
		return b, nil
	}
	slow, slowErr := openGo(o)
	if slowErr != nil {
		return nil, fmt.Errorf("no backend works: not wasm: %w; not go: %w", err, slowErr)
	}
	slow.Why = unused + slow.why(fmt.Sprintf("much slower, but wasm does not work: %v", err))
	return slow, nil
}

// why says what b is, and why it was chosen.
func (b *Backend) why(reason string) string {
	return fmt.Sprintf("backend %s (%s): %s", b.Where.Backend, b.Where.Tier, reason)
}
