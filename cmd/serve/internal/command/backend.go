package command

import (
	"errors"
	"flag"
	"strings"

	"unpool/cmd/serve/internal/backends"
)

// BackendFlags are the flags of every command that computes. They write into o; the values there are the defaults.
func BackendFlags(flags *flag.FlagSet, o *backends.Options) {
	if o.Backend == "" {
		o.Backend = backends.Auto
	}
	flags.StringVar(&o.Backend, "backend", o.Backend, "`name` of the backend: "+strings.Join(backends.Names, ", ")+
		"; auto uses a GPU if possible, otherwise native, or wasm where that is not possible")
	flags.IntVar(&o.Threads, "threads", o.Threads, "maximum `number` of threads; 0 for as many as the machine has (native, wasm and xla:cpu)")
	flags.StringVar(&o.Plugin, "pjrt", o.Plugin, "`file` of the PJRT plugin for xla; otherwise UNPOOL_PJRT, or the plugin of Python's JAX packages")
	flags.IntVar(&o.Device, "gpu", o.Device, "`number` of the GPU, from 0")
	flags.Float64Var(&o.Memory, "gpu-memory", o.Memory, "maximum `share` of the GPU's memory to use, from 0 to 1; 0 for the plugin's default")
	flags.BoolVar(&o.TF32, "tf32", o.TF32, "let a GPU round the factors of products and convolutions to 10 bits: faster, less precise")
	flags.BoolVar(&o.Verbose, "v", o.Verbose, "show the output of the libraries")
}

// MoveHelp is the help of the flag -move of commands that may resume several runs.
const MoveHelp = "allow interrupted runs to be resumed with a different backend, precision or machine; their logs record the change"

// Open opens what o asks for.
func Open(o backends.Options) (*backends.Backend, error) {
	b, err := backends.Open(o)
	if wrong := (*backends.UsageError)(nil); errors.As(err, &wrong) {
		return nil, UsageError{err}
	}
	return b, err
}

// Devices are the options of every device to train on: the one of -gpu, if that is given, or all GPUs, or the processor.
func Devices(l *Line, o backends.Options) ([]backends.Options, error) {
	if err := o.Check(); err != nil {
		return nil, UsageError{err}
	}
	if l.Given("gpu") {
		return []backends.Options{o}, nil
	}
	return o.Devices(), nil
}
