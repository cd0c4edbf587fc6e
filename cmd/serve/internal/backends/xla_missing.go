//go:build !(cgo && linux)

package backends

import (
	"errors"
	"runtime"
)

// openXLA says why this build has no XLA.
func openXLA(Options, string) (*Backend, error) {
	if runtime.GOOS != "linux" {
		return nil, errors.New("XLA is built in on Linux only")
	}
	return nil, errors.New("this program was built without a C compiler, which XLA needs; install gcc and libc's headers (Debian: " +
		"apt install gcc libc6-dev) and start again")
}
