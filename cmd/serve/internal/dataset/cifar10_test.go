package dataset

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpool/core/data"
	"unpool/core/recipe"
)

// real returns the folder of real data sets, or skips the test.
func real(t *testing.T, file string) string {
	t.Helper()
	dir := os.Getenv("UNPOOL_DATA")
	if dir == "" || !isThere(filepath.Join(dir, file)) {
		t.Skipf("UNPOOL_DATA names no folder with %s", file)
	}
	return dir
}

// The course report's part made from the whole of CIFAR-10 must be the course's archive, image by image: grey levels differ a
// little, since the filters that made them differ and this copy of CIFAR-10 has been through JPEG.
func TestReportSubsetBothWays(t *testing.T) {
	dir := real(t, reportsZip)
	real(t, pictures)
	course, err := Sources{Dir: dir}.Open(t.Context(), recipe.CIFAR10Report, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := Sources{Dir: dir}.OpenHere(t.Context(), recipe.CIFAR10, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	if all.Train.Len() != 50_000 || all.Test.Len() != 10_000 || all.Classes[9] != "truck" {
		t.Fatalf("CIFAR-10 has %d + %d images of %v", all.Train.Len(), all.Test.Len(), all.Classes)
	}
	ours, err := Sources{Dir: filesOnly(t, filepath.Join(dir, pictures))}.OpenHere(t.Context(), recipe.CIFAR10Report, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		name string
		a, b data.Split
	}{{"training", course.Train, ours.Train}, {"test", course.Test, ours.Test}} {
		if !slices.Equal(s.a.Labels, s.b.Labels) {
			t.Errorf("the %s labels differ", s.name)
			continue
		}
		size := len(s.a.Images) / s.a.Len()
		far, worst := 0, 0.0
		for i := range s.a.Len() {
			sum := 0.0
			for j := range size {
				d := float64(s.a.Images[i*size+j]) - float64(s.b.Images[i*size+j])
				sum += d * d
			}
			rms := math.Sqrt(sum / float64(size))
			if worst = max(worst, rms); rms > 6 {
				far++
			}
		}
		if far > 0 {
			t.Errorf("%d of %d %s images differ by more than 6 grey levels (RMS), the worst by %.1f", far, s.a.Len(), s.name, worst)
		}
		t.Logf("%s: the worst image differs by %.1f grey levels (RMS)", s.name, worst)
	}
}

// filesOnly is a folder with one of somebody else's files.
func filesOnly(t *testing.T, path string) string {
	dir := t.TempDir()
	if err := os.Symlink(path, filepath.Join(dir, filepath.Base(path))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What is found is what is opened, and looking for it downloads nothing.
func TestFind(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	s := Sources{Dir: dir, Cache: cache}
	sets := []recipe.Dataset{recipe.CIFAR10, recipe.CIFAR10Report}
	for _, name := range sets {
		if path, err := s.Find(t.Context(), name); !errors.Is(err, ErrMissing) {
			t.Errorf("%s is found in %q, %v", name, path, err)
		}
		if _, err := s.OpenHere(t.Context(), name, data.Want{}); !errors.Is(err, ErrMissing) {
			t.Errorf("%s that is not there: %v", name, err)
		}
	}
	for _, step := range []struct {
		add  string
		want [2]string // for the sets
	}{
		{filepath.Join(cache, archive), [2]string{filepath.Join(cache, archive), filepath.Join(cache, archive)}},
		{filepath.Join(dir, pictures), [2]string{filepath.Join(dir, pictures), filepath.Join(dir, pictures)}},
		{filepath.Join(dir, reportsZip), [2]string{filepath.Join(dir, pictures), filepath.Join(dir, reportsZip)}},
	} {
		if err := os.WriteFile(step.add, []byte("not what it should be"), 0o644); err != nil {
			t.Fatal(err)
		}
		for i, name := range sets {
			if path, err := s.Find(t.Context(), name); path != step.want[i] || err != nil {
				t.Errorf("with %s, %s is found in %q, %v; want %q", step.add, name, path, err, step.want[i])
			}
			if _, err := s.OpenHere(t.Context(), name, data.Want{}); err == nil || !strings.Contains(err.Error(), step.want[i]) {
				t.Errorf("with %s, %s: %v does not name %s", step.add, name, err, step.want[i])
			}
		}
	}
}
