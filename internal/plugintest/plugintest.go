// Package plugintest finds the PJRT plugin for processors that tests of XLA use. It serves tests only.
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

// CPU returns the path of the plugin, or skips the test where there is none.
func CPU(t testing.TB) string {
	t.Helper()
	path := os.Getenv(pathVariable)
	if path == "" {
		if os.Getenv(requiredVariable) != "" {
			t.Fatalf("%s names no PJRT plugin, and %s asks for one", pathVariable, requiredVariable)
		}
		t.Skipf("needs a PJRT plugin for processors: pip download lammps-jax-pjrt-cpu==0.11.2, unzip it, and name its .so in %s", pathVariable)
	}
	return path
}
