package main

import (
	"context"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/bench"
	"unpool/core/train"
)

// bench times training steps here: on the WebAssembly backend beside its engine's peak, or on a device.
func (m *Main) bench(ctx context.Context, args []string) error {
	flags := newFlags("bench")
	steps := flags.Int("steps", 20, "training `steps` to time for each row")
	lines := flags.Bool("json", false, "print one row a line as JSON")
	first := flags.Bool("first", false, "in place of the steps' speed, where the time to the first step of every net goes")
	compute := backends.Options{Backend: backends.Wasm}
	backendFlags(flags, &compute)
	names, err := m.parse(flags, "serve bench [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return usage("bench takes no names, and was given %q", names[0])
	case *steps < 1:
		return usage("-steps: %d is less than 1", *steps)
	case *first && compute.Backend != backends.Wasm:
		return usage("-first is for the wasm backend")
	}
	if err := compute.Check(); err != nil {
		return usageError{err}
	}
	switch {
	case *first:
		return stopped(ctx, bench.AllFirst(ctx, false, bench.Print[bench.First](m.Stdout, bench.FirstHeader, *lines)))
	case compute.Backend == backends.Wasm:
		return stopped(ctx, bench.All(ctx, *steps, false, bench.Print[bench.Row](m.Stdout, bench.Header, *lines)))
	}
	b, err := openBackend(compute)
	if err != nil {
		return err
	}
	defer b.Finalize()
	return stopped(ctx, bench.Devices(ctx, on(b, train.Options{}), *steps,
		bench.Print[bench.DeviceRow](m.Stdout, bench.DeviceHeader, *lines)))
}
