package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/data"
	"unpool/core/recipe"
)

func TestTheModuleCarriesAllOfMNIST(t *testing.T) {
	set, err := Sources{Public: t.TempDir()}.Open(t.Context(), recipe.MNIST, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Train.Len() != 60_000 || set.Test.Len() != 10_000 {
		t.Errorf("%d images to train on and %d to test on, want 60,000 and 10,000", set.Train.Len(), set.Test.Len())
	}
}

func TestFindMNIST(t *testing.T) {
	// folder makes a folder with the first n files in a subfolder.
	folder := func(n int, sub string) string {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range data.MNISTFiles[:n] {
			if err := os.WriteFile(filepath.Join(dir, sub, name), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	flat, nested, part, public := folder(4, ""), folder(4, "mnist"), folder(3, ""), folder(4, "data/mnist")
	module, _, err := Sources{}.MNIST(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, dir, want, problem string }{
		{"given", flat, flat, ""},
		{"given, with a folder for each set", nested, filepath.Join(nested, "mnist"), ""},
		{"given, with other data", t.TempDir(), module, ""},
		{"given, with a part", part, "", data.IDXFiles[3]},
		{"given, but not there", filepath.Join(part, "none"), "", "none"},
		{"not given", "", module, ""},
	} {
		got, _, err := Sources{Dir: test.dir, Public: public}.MNIST(t.Context())
		if got != test.want || (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
			t.Errorf("%s: found %q, %v; want %q, a problem with %q", test.name, got, err, test.want, test.problem)
		}
	}

	t.Chdir(t.TempDir()) // outside the source tree there is no module to ask for
	if got, _, err := (Sources{Public: public}).MNIST(t.Context()); got != filepath.Join(public, "data", "mnist") {
		t.Errorf("outside the tree: found %q, %v; want the one in %q", got, err, public)
	}
	if _, _, err := (Sources{Public: t.TempDir()}).MNIST(t.Context()); err == nil || !strings.Contains(err.Error(), "-data") {
		t.Errorf("without files: the error is %v, want one that says what to do", err)
	}
}
