package look_test

import (
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/look/looktest"
	"unpool/wasm"
	"unpool/wasm/host"
)

func TestProjections(t *testing.T) { onBoth(t, looktest.Run) }

func TestDeconvFixtures(t *testing.T) { onBoth(t, looktest.Fixtures) }

// onBoth runs a suite on our own backend as exact runs use it, and as others do.
func onBoth(t *testing.T, suite func(*testing.T, compute.Backend)) {
	for name, exact := range map[string]bool{"exact": true, "fast": false} {
		t.Run(name, func(t *testing.T) {
			engine, err := host.New(host.Options{Tier: wasm.Tier(exact)})
			if err != nil {
				t.Fatal(err)
			}
			b := wasm.New(engine)
			defer b.Finalize()
			suite(t, b)
		})
	}
}
