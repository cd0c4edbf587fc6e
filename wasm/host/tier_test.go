package host

import (
	"bytes"
	"testing"
)

// Where an engine lacks something, the next tier down is left.
func TestTiersOfLesserEngines(t *testing.T) {
	type probes []func() []byte
	for _, test := range []struct {
		name    string
		lacks   probes
		threads bool
		want    string
	}{
		{"everything", nil, true, "relaxed SIMD, 64 threads"},
		{"no shared memory", nil, false, "relaxed SIMD, 1 thread"},
		{"no atomic instructions", probes{probeAtomics}, true, "relaxed SIMD, 1 thread"},
		{"no relaxed SIMD", probes{probeRelaxed}, true, "SIMD, 64 threads"},
		{"no SIMD", probes{probeSIMD, probeRelaxed}, true, "scalar, 64 threads"},
		{"relaxed SIMD alone is of no use", probes{probeSIMD}, false, "scalar, 1 thread"},
	} {
		accepts := func(code []byte) bool {
			for _, p := range test.lacks {
				if bytes.Equal(code, p()) {
					return false
				}
			}
			return true
		}
		if got := measure(accepts, test.threads).String(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A caller gets what it asks for as far as the engine has it.
func TestWithin(t *testing.T) {
	all := Tier{SIMD: true, Relaxed: true, Threads: 8}
	for _, test := range []struct{ engine, want, got Tier }{
		{all, Tier{SIMD: true, Threads: 2}, Tier{SIMD: true, Threads: 2}},
		{all, Tier{Relaxed: true, Threads: 20}, Tier{Threads: 8}},
		{all, Tier{}, Tier{Threads: 1}},
		{Tier{SIMD: true, Threads: 1}, all, Tier{SIMD: true, Threads: 1}},
		{Tier{Threads: 4}, all, Tier{Threads: 4}},
	} {
		if got := test.engine.within(test.want); got != test.got {
			t.Errorf("%v of an engine with %v is %v, want %v", test.want, test.engine, got, test.got)
		}
	}
}
