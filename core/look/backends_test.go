package look

import (
	"testing"

	"github.com/gomlx/compute"

	"unpool/wasm"
	"unpool/wasm/host"
)

// backends are our own backend's two ways to multiply and add: as exact runs do, and fused.
func backends(t *testing.T) map[string]compute.Backend {
	t.Helper()
	all := map[string]compute.Backend{}
	for name, exact := range map[string]bool{"exact": true, "fast": false} {
		engine, err := host.New(host.Options{Tier: wasm.Tier(exact)})
		if err != nil {
			t.Fatal(err)
		}
		b := wasm.New(engine)
		t.Cleanup(b.Finalize)
		all[name] = b
	}
	return all
}
