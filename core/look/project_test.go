package look_test

import (
	"testing"

	"unpool/core/look/looktest"
	"unpool/wasm"
	"unpool/wasm/host"
)

// On our own backend; the tests of package backends run the suites on the others, too.
func TestProjections(t *testing.T) { looktest.Run(t, backend(t)) }

func TestDeconvFixtures(t *testing.T) { looktest.Fixtures(t, backend(t)) }

func backend(t *testing.T) *wasm.Backend {
	engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	t.Cleanup(b.Finalize)
	return b
}
