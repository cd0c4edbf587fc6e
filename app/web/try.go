package web

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// Try calls f, in which the browser may throw, or lack what is called. go-app raises both as panics, which would end the
// program; Try returns them as an error. It does not catch what a property throws when it is read, as localStorage does where that is
// forbidden: no Go program can, so guard.js puts another in its place.
func Try(f func()) (err error) {
	defer caught(&err)
	f()
	return nil
}

// caught, deferred, turns what the browser throws into the error of a function.
func caught(err *error) {
	switch p := recover().(type) {
	case nil:
	case runtime.Error: // a fault of our own
		panic(p)
	case error:
		*err = fmt.Errorf("the browser refused: %w", p)
	case string:
		if !strings.HasPrefix(p, "syscall/js: ") { // as it says that a method is missing
			panic(p)
		}
		*err = errors.New("this browser lacks something: " + strings.TrimPrefix(p, "syscall/js: "))
	default:
		panic(p)
	}
}
