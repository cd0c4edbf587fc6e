//go:build js

package wasm_test

import (
	"syscall/js"
	"testing"
)

// Runs that are paused and stopped leave no worker behind.
func TestStopLeavesNoWorker(t *testing.T) {
	global := js.Global()
	worker := global.Get("Worker")
	defer global.Set("Worker", worker)
	started, alive := 0, 0
	count := func(n int) js.Func {
		return js.FuncOf(func(js.Value, []js.Value) any {
			started += max(n, 0)
			alive += n
			return nil
		})
	}
	begin, end := count(1), count(-1)
	defer begin.Release()
	defer end.Release()
	counted := js.Global().Get("Function").New("Worker", "begin", "end", `return class extends Worker {
		constructor(...args) { super(...args); begin() }
		terminate() { super.terminate(); end() }
	}`).Invoke(worker, begin, end)
	global.Set("Worker", counted)
	for range 3 {
		pauseAndStop(t)
	}
	if global.Get("crossOriginIsolated").Truthy() && started == 0 {
		t.Error("no worker was started")
	}
	if alive != 0 {
		t.Errorf("of %d workers %d are left", started, alive)
	}
}
