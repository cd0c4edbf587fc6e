package command

import (
	"errors"
	"flag"
	"strings"

	"unpool/cmd/serve/internal/backends"
)

// BackendFlags are the flags of every command that computes. They write into o; what stands there is the default.
func BackendFlags(flags *flag.FlagSet, o *backends.Options) {
	if o.Backend == "" {
		o.Backend = backends.Auto
	}
	flags.StringVar(&o.Backend, "backend", o.Backend, "`name` of what computes: "+strings.Join(backends.Names, ", ")+
		"; auto is a GPU where one can be used, else wasm")
	flags.IntVar(&o.Threads, "threads", o.Threads, "`number` of threads at most; 0 for as many as the machine has (wasm and xla:cpu)")
	flags.StringVar(&o.Plugin, "pjrt", o.Plugin, "`file` of the PJRT plugin for xla; else UNPOOL_PJRT, or one of Python's packages for JAX")
	flags.IntVar(&o.Device, "gpu", o.Device, "`number` of the GPU, from 0")
	flags.Float64Var(&o.Memory, "gpu-memory", o.Memory, "`share` of the GPU's memory to use at most, from 0 to 1; 0 for the plugin's default")
	flags.BoolVar(&o.TF32, "tf32", o.TF32, "let a GPU round the factors of products and convolutions to 10 bits: faster, less exact")
	flags.BoolVar(&o.Verbose, "v", o.Verbose, "show what the libraries print")
}

// MoveHelp is of the flag -move where a command may resume several runs.
const MoveHelp = "let interrupted runs be resumed with another backend, precision or machine than their own; their logs then say so"

// Open opens what o asks for.
func Open(o backends.Options) (*backends.Backend, error) {
	b, err := backends.Open(o)
	if wrong := (*backends.UsageError)(nil); errors.As(err, &wrong) {
		return nil, UsageError{err}
	}
	return b, err
}
