package main

import (
	"context"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/bench"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/core/train"
)

// bench times training steps here: on the WebAssembly backend beside its engine's peak and with native code beside the processor's, or on
// one that is named.
func (m *Main) bench(ctx context.Context, args []string) error {
	flags := command.New("bench")
	steps := flags.Int("steps", 20, "training `steps` to time for each row")
	lines := flags.Bool("json", false, "print one row per line as JSON")
	first := flags.Bool("first", false, "instead of the speed of steps, show how the time to each net's first step is spent")
	compute := backends.Options{Backend: backends.Wasm}
	command.BackendFlags(flags, &compute)
	names, err := command.Parse(m.Stdout, flags, "serve bench [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return command.Usage("bench takes no names, but got %q", names[0])
	case *steps < 1:
		return command.Usage("-steps: %d is less than 1", *steps)
	case *first && compute.Backend != backends.Wasm:
		return command.Usage("-first works only with the wasm backend")
	}
	if err := compute.Check(); err != nil {
		return command.UsageError{Err: err}
	}
	switch {
	case *first:
		return command.Stopped(ctx, bench.AllFirst(ctx, false, bench.Print[bench.First](m.Stdout, bench.FirstHeader, *lines)))
	case compute.Backend == backends.Wasm:
		return command.Stopped(ctx, bench.All(ctx, *steps, false, compute.HasNative(), bench.Print[bench.Row](m.Stdout, bench.Header, *lines)))
	}
	b, err := command.Open(compute)
	if err != nil {
		return err
	}
	defer b.Finalize()
	return command.Stopped(ctx, bench.Devices(ctx, jobs.On(b, train.Options{}), *steps,
		bench.Print[bench.DeviceRow](m.Stdout, bench.DeviceHeader, *lines)))
}
