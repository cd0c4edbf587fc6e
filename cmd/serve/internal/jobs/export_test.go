package jobs

import "testing"

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"/conv1/weights": "conv1.weights", "/a/../../b": "a.......b", `..\x é:`: ".._x___", "": "",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
