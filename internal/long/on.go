//go:build long

// Package long says whether the tests that take long run. It serves tests only.
package long

// Tests says that the tests that take long run, too: go test -tags long.
const Tests = true
