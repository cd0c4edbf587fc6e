// Package command reads command lines: flags and names in any order, a flag for each field of a recipe, the flags of backends, and
// what is wrong with them in one line.
package command

import (
	"context"
	"errors"
	"fmt"
)

// UsageError is the user's to correct.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap gives errors.Is and errors.As the cause.
func (e UsageError) Unwrap() error { return e.Err }

// Usage makes a UsageError.
func Usage(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// ErrStopped ends a command that the user ended.
var ErrStopped = errors.New("stopped")

// Stopped returns ErrStopped in place of what an interrupt made fail.
func Stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ErrStopped
	}
	return err
}

// Each does something with each name. Its error says for which names that failed, and is the user's to correct.
func Each(names []string, do func(string) error) error {
	var failed []error
	for _, name := range names {
		if err := do(name); err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return UsageError{errors.Join(failed...)}
	}
	return nil
}
