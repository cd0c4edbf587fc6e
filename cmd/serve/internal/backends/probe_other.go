//go:build !(cgo && linux)

package backends

// Probing reports whether this process is one that was started to try a plugin: without plugins there is none.
func Probing() bool { return false }
