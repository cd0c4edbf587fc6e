//go:build cgo && linux

package backends

import (
	"fmt"
	"os"
	"runtime/debug"
	"sync"

	"golang.org/x/sys/unix"
)

// quiet sends what is written to descriptor 2 to a hidden file, from now on: plugins write their own diagnostics there. A crash of this program still shows. What is written for the user goes to Stderr, taken before.
var quiet = sync.OnceValue(func() error {
	silence()
	shown, err := unix.Dup(2)
	if err != nil {
		return fmt.Errorf("standard error cannot be kept: %w", err)
	}
	f := os.NewFile(uintptr(shown), "stderr")
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return err
	}
	hidden, err := unix.MemfdCreate("libraries' output", unix.MFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("there is no file for the libraries' output: %w", err)
	}
	return unix.Dup3(hidden, 2, 0)
})

// Stderr returns standard error as a file of its own, which stays the user's whatever happens to descriptor 2.
func Stderr() *os.File {
	fd, err := unix.Dup(2)
	if err != nil {
		return os.Stderr
	}
	unix.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "stderr")
}
