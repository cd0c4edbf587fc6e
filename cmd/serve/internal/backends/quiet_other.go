//go:build !(cgo && linux)

package backends

import "os"

// Stderr returns standard error: without plugins nothing else writes there.
func Stderr() *os.File { return os.Stderr }
