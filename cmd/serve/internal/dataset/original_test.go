package dataset

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpool/core/data"
	"unpool/core/recipe"
)

// putOriginal writes a small set's files as they are distributed: two images of a class to train on and one to test on.
func putOriginal(t *testing.T, dir string, name recipe.Dataset, class byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, file := range data.OriginalFiles(name) {
		count, dims := []uint32{2, 2, 1, 1}[i], []uint32{28, 28}
		body := make([]byte, count*28*28)
		if i%2 == 1 {
			dims, body = nil, bytes.Repeat([]byte{class}, int(count))
		}
		b := []byte{0, 0, 8, byte(1 + len(dims))}
		for _, d := range append([]uint32{count}, dims...) {
			b = binary.BigEndian.AppendUint32(b, d)
		}
		if err := os.WriteFile(filepath.Join(dir, file), append(b, body...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSetsThatPeopleBring(t *testing.T) {
	loose, foldered := t.TempDir(), t.TempDir()
	putOriginal(t, loose, recipe.EMNISTLetters, 3)
	putOriginal(t, filepath.Join(foldered, "emnist-balanced"), recipe.EMNISTBalanced, 46)
	putOriginal(t, filepath.Join(foldered, "fashion-mnist"), recipe.FashionMNIST, 9)
	for _, c := range []struct {
		dir   string
		name  recipe.Dataset
		class string
	}{
		{loose, recipe.EMNISTLetters, "C"},
		{foldered, recipe.EMNISTBalanced, "t"},
		{foldered, recipe.FashionMNIST, "ankle boot"},
	} {
		s := Sources{Dir: c.dir}
		if path, err := s.Find(t.Context(), c.name); err != nil || !strings.HasPrefix(path, c.dir) {
			t.Errorf("%s is found in %q, %v", c.name, path, err)
		}
		d, err := s.Open(t.Context(), c.name, data.Want{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.Name != c.name || d.Train.Len() != 2 || d.Classes[d.Test.Labels[0]] != c.class {
			t.Errorf("%s: %d images of %v", d.Name, d.Train.Len(), d.Classes)
		}
	}
	// Clothing is in files with the same names as those of digits: without a folder of its name it is not found.
	putOriginal(t, loose, recipe.FashionMNIST, 9)
	_, err := Sources{Dir: loose}.Open(t.Context(), recipe.FashionMNIST, data.Want{})
	for _, part := range []string{"Fashion-MNIST", "https://", "a folder fashion-mnist", "-data"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
}

// Every data set of the table is read in the form and the colour that are asked for.
func TestFormsThatAreAskedFor(t *testing.T) {
	d, err := Sources{}.Open(t.Context(), recipe.MNIST, data.Want{Form: data.Form{Side: 12, Channels: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Form() != (data.Form{Side: 12, Channels: 3}) || len(d.Test.Images) != 10_000*12*12*3 {
		t.Errorf("%+v, %d bytes to test on", d.Form(), len(d.Test.Images))
	}
	if pixel := d.Test.Images[3*70:][:3]; !slices.Equal(pixel, []byte{pixel[0], pixel[0], pixel[0]}) {
		t.Errorf("a gray digit has a pixel %v", pixel)
	}
}
