package storetest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"unpool/core/store"
)

// analyses are kept beside their run, as long as they are few, and go with it.
func analyses(t *testing.T, open Open) {
	w := create(t, open(), "a", start())
	computed := 0
	analysed := func(key, result string, fits bool) string {
		t.Helper()
		got, err := store.Analysed(t.Context(), open(), "a", func() (string, error) { return key, nil }, func(string) bool { return fits }, func() (string, error) {
			computed++
			return result, nil
		})
		must(t, err)
		return got
	}
	expect := func(got, want string, times int) {
		t.Helper()
		if got != want || computed != times {
			t.Errorf("the result is %.9q after %d times, want %.9q after %d", got, computed, want, times)
		}
	}
	count := func() (n int) {
		t.Helper()
		all, err := open().Artifacts(t.Context(), "a")
		must(t, err)
		for _, a := range all {
			if strings.HasPrefix(a.Name, "analysis-") {
				n++
			}
		}
		return n
	}
	expect(analysed("x", "1", true), "1", 1) // a program has the run: it is not kept, and that is no error
	must(t, w.Close())
	expect(analysed("x", "2", true), "2", 2)
	expect(analysed("x", "3", true), "2", 2)
	expect(analysed("y", "4", true), "4", 3)
	expect(analysed("x", "5", false), "5", 4) // what was kept does not fit, and is replaced
	expect(analysed("x", "6", true), "5", 4)
	if n := count(); n != 2 {
		t.Errorf("%d analyses are kept, want 2", n)
	}

	var names []string
	all, err := open().Artifacts(t.Context(), "a")
	must(t, err)
	for _, a := range all {
		names = append(names, a.Name)
	}
	w, err = open().Open(t.Context(), "a")
	must(t, err)
	for _, name := range names {
		must(t, w.Put(name, func(to io.Writer) error { _, err := io.WriteString(to, `{"key":"x"`); return err }))
	}
	must(t, w.Close())
	expect(analysed("x", "7", true), "7", 5) // half a file is none

	for i := range 30 {
		analysed(fmt.Sprint("many ", i), "", true)
	}
	if n := count(); n != 24 {
		t.Errorf("%d analyses are kept, want 24", n)
	}
	computed = 0
	expect(analysed("many 29", "new", true), "", 0)
	expect(analysed("many 0", "new", true), "new", 1) // the oldest have gone
	large := strings.Repeat("l", 5<<20)
	analysed("large 1", large, true)
	analysed("large 2", large, true)
	if n := count(); n != 1 {
		t.Errorf("%d analyses are kept beside two of five megabytes, want the last", n)
	}
	failure := errors.New("no weights")
	if _, err := store.Analysed(t.Context(), open(), "a", func() (string, error) { return "z", nil }, func(string) bool { return true }, func() (string, error) { return "", failure }); !errors.Is(err, failure) {
		t.Errorf("the error is %v", err)
	}
	must(t, open().Delete(t.Context(), "a"))
	must(t, create(t, open(), "a", start()).Close())
	if n := count(); n != 0 {
		t.Errorf("%d analyses are left of a run that was deleted", n)
	}
}
