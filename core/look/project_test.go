package look_test

import (
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/look/looktest"
	"unpool/wasm"
	"unpool/wasm/host"
)

// On our own backend; the tests of package backends run the suites on the others, too.
func TestProjections(t *testing.T) { onTiers(t, looktest.Run) }

func TestDeconvFixtures(t *testing.T) { onTiers(t, looktest.Fixtures) }

// onTiers runs a suite on what exact runs have, and with relaxed SIMD where the engine has it: only a browser does.
func onTiers(t *testing.T, suite func(*testing.T, compute.Backend)) {
	for _, exact := range []bool{true, false} {
		engine, err := host.New(host.Options{Tier: wasm.Tier(exact)})
		if err != nil {
			t.Fatal(err)
		}
		b := wasm.New(engine)
		t.Cleanup(b.Finalize)
		if exact || engine.Tier().Relaxed {
			t.Run(b.Tier(), func(t *testing.T) { suite(t, b) })
		}
	}
}
