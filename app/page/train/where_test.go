package train

import (
	"testing"

	"unpool/core/api"
	"unpool/core/run"
)

// Where several machines share the server's runs, the page names them, each once.
func TestFirstFree(t *testing.T) {
	gpu := run.Where{Backend: "xla:cuda", Machine: "H100"}
	first, second := gpu, gpu
	first.Tier, second.Tier = "H100, GPU 0", "H100, GPU 1"
	attic, box, other := api.Worker{Name: "attic", Where: run.Where{Backend: "wasm", Machine: "EPYC"}}, api.Worker{Name: "box", Where: first}, api.Worker{Name: "box", Where: second, Run: "x"}
	for _, test := range []struct {
		all  []api.Worker
		want string
	}{
		{nil, ""},
		{[]api.Worker{attic}, ""},
		{[]api.Worker{attic, box}, "Trained by the first of these that is free: attic (wasm, EPYC); box (xla:cuda, H100)."},
		{[]api.Worker{attic, box, other}, "Trained by the first of these that is free: attic (wasm, EPYC); box (xla:cuda, H100, 2 of them)."},
	} {
		if got := firstFree(test.all); got != test.want {
			t.Errorf("it says %q, want %q", got, test.want)
		}
	}
}
