// Package godebug stands in for internal/godebug, which reads the environment variable GODEBUG and counts its uses: a browser sets none.
package godebug

// Setting is internal/godebug's.
type Setting struct{}

// New returns a setting that nobody has set.
func New(string) *Setting { return &Setting{} }

// Value returns "", as where GODEBUG leaves a setting out.
func (*Setting) Value() string { return "" }

// IncNonDefault does nothing.
func (*Setting) IncNonDefault() {}
