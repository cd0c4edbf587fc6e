package bench

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"unpool/core/run"
	"unpool/core/train"
	"unpool/wasm"
	"unpool/wasm/host"
)

// processorTime is the processor time that this program has used: on a busy machine it says more than a clock.
func processorTime() time.Duration {
	var u unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkNative measures the processor time of steps in one thread, on wazero and with native code in turn: the best of some.
func BenchmarkNative(b *testing.B) {
	if wasm.NativeInstructions() == "" {
		b.Skip("this processor has no AVX2")
	}
	for _, m := range Models() {
		b.Run(m.Entry, func(b *testing.B) {
			best := map[string]time.Duration{}
			for b.Loop() {
				for _, open := range []func(*host.Engine) (*wasm.Backend, error){
					func(e *host.Engine) (*wasm.Backend, error) { return wasm.New(e), nil }, wasm.NewNative,
				} {
					engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: 1}})
					if err != nil {
						b.Fatal(err)
					}
					backend, err := open(engine)
					if err != nil {
						b.Fatal(err)
					}
					before := time.Duration(0)
					between := func() error {
						now := processorTime()
						if step := now - before; before > 0 && (best[backend.Name()] == 0 || step < best[backend.Name()]) {
							best[backend.Name()] = step
						}
						before = now
						return nil
					}
					o := train.Options{Backend: backend, Where: run.Where{Backend: backend.Name()}, Recipe: m.Recipe, Data: noise(m.Recipe.Dataset, m.Recipe.Batch)}
					if _, err := train.Measure(b.Context(), o, 6, between); err != nil {
						b.Fatal(err)
					}
					backend.Finalize()
				}
			}
			b.ReportMetric(ms(best[wasm.Name]), "wazero-ms/step")
			b.ReportMetric(ms(best[wasm.NativeName]), "native-ms/step")
		})
	}
}
