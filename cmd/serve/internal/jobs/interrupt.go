package jobs

import (
	"context"

	"unpool/cmd/serve/internal/command"
)

// interruptible does what cannot be interrupted itself, such as opening or reading a pipe that nobody writes to. When ctx ends it returns
// command.ErrStopped, and leaves what is being done to the end of the program.
func interruptible[T any](ctx context.Context, do func() (T, error)) (result T, err error) {
	done := make(chan struct{})
	var got T
	var failed error
	go func() {
		got, failed = do()
		close(done)
	}()
	select {
	case <-done:
		return got, failed
	case <-ctx.Done():
		return result, command.ErrStopped
	}
}
