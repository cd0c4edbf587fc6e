package main

import (
	"context"
	"encoding/json"

	"unpool/cmd/serve/internal/bench"
)

// bench times training steps on the WebAssembly backend here.
func (m *Main) bench(ctx context.Context, args []string) error {
	flags := newFlags("bench")
	steps := flags.Int("steps", 20, "training `steps` to time for each row")
	lines := flags.Bool("json", false, "print one row a line as JSON")
	names, err := m.parse(flags, "serve bench [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return usage("bench takes no names, and was given %q", names[0])
	case *steps < 1:
		return usage("-steps: %d is less than 1", *steps)
	}
	emit := bench.Print(m.Stdout)
	if *lines {
		encoder := json.NewEncoder(m.Stdout)
		emit = func(r bench.Row) error { return encoder.Encode(r) }
	}
	return stopped(ctx, bench.All(ctx, *steps, false, emit))
}
