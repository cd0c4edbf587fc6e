package jobs

import (
	"context"
	"io"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/bench"
	"unpool/cmd/serve/internal/command"
	"unpool/core/train"
)

// Bench times training steps here: on the WebAssembly backend with its engine's peak and with native code with the processor's, or on
// another one.
type Bench struct {
	Compute backends.Options
	Steps   int  // to time for each row
	First   bool // show where the time to each net's first step goes, instead of the speed of steps; on the WebAssembly backend only
	JSON    bool // print one row per line as JSON
}

// Run prints a row for each net.
func (b Bench) Run(ctx context.Context, stdout io.Writer) error {
	switch {
	case b.Steps < 1:
		return command.Usage("-steps: %d is less than 1", b.Steps)
	case b.First && b.Compute.Backend != backends.Wasm:
		return command.Usage("-first works only with the wasm backend")
	}
	if err := b.Compute.Check(); err != nil {
		return command.UsageError{Err: err}
	}
	return command.Stopped(ctx, b.run(ctx, stdout))
}

func (b Bench) run(ctx context.Context, stdout io.Writer) error {
	switch {
	case b.First:
		return bench.AllFirst(ctx, false, bench.Print[bench.First](stdout, bench.FirstHeader, b.JSON))
	case b.Compute.Backend == backends.Wasm:
		return bench.All(ctx, b.Steps, false, b.Compute.HasNative(), bench.Print[bench.Row](stdout, bench.Header, b.JSON))
	}
	on, err := command.Open(b.Compute)
	if err != nil {
		return err
	}
	defer on.Finalize()
	return bench.Devices(ctx, On(on, train.Options{}), b.Steps, bench.Print[bench.DeviceRow](stdout, bench.DeviceHeader, b.JSON))
}
