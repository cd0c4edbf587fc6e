//go:build !(cgo && linux)

package backends

import (
	"errors"
	"runtime"
)

// HasXLA reports whether XLA is built in.
const HasXLA = false

// openXLA says why this build has no XLA.
func openXLA(Options, string, *Survey) (*Backend, error) {
	if runtime.GOOS != "linux" {
		return nil, errors.New("XLA is built in on Linux only")
	}
	return nil, errors.New("this program was built without a C compiler, which XLA needs; install gcc and libc's headers (Debian: " +
		"apt install gcc libc6-dev) and start again")
}
