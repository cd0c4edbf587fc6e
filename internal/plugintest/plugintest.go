// Package plugintest finds the PJRT plugin for CPUs that tests of XLA use. It serves tests only.
package plugintest

import (
	"os"
	"testing"
)

// The variables that say where the plugin is, and that a test without it has failed: .ci/run sets both.
const (
	pathVariable     = "UNPOOL_PJRT"
	requiredVariable = "UNPOOL_TEST_NEEDS_XLA"
)

// CPU returns the path of the plugin. The test is skipped where there is none, or where the program has no XLA, as built
// says.
func CPU(t testing.TB, built bool) string {
	t.Helper()
	path := os.Getenv(pathVariable)
	why := ""
	switch {
	case !built:
		why = "needs XLA, which is built in on Linux where there is a C compiler"
	case path == "":
		why = "needs a PJRT plugin for CPUs: pip download lammps-jax-pjrt-cpu==0.11.2, unzip it, and name its .so in " + pathVariable
	default:
		return path
	}
	if os.Getenv(requiredVariable) != "" {
		t.Fatalf("%s, and %s is set", why, requiredVariable)
	}
	t.Skip(why)
	return ""
}
