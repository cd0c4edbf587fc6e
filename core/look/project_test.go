package look_test

import (
	"testing"

	"github.com/gomlx/compute/gobackend"

	"unpool/core/look/looktest"
	"unpool/wasm"
	"unpool/wasm/host"
)

func TestProjections(t *testing.T) {
	for name, exact := range map[string]bool{"exact": true, "fast": false} {
		t.Run(name, func(t *testing.T) {
			engine, err := host.New(host.Options{Tier: wasm.Tier(exact)})
			if err != nil {
				t.Fatal(err)
			}
			b := wasm.New(engine)
			defer b.Finalize()
			looktest.Run(t, b)
		})
	}
}

// GoMLX's own backend has no gradient of a max pool.
func TestProjectionsOnGo(t *testing.T) {
	b, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	looktest.Run(t, b, "max pool", "overlapping pool", "average pool", "dense")
}
