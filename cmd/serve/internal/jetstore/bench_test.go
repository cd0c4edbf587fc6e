package jetstore

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"unpool/core/run"
)

// filled is the folder of a store of runs that are done, with so many events each.
func filled(b *testing.B, runs, each int) string {
	b.Helper()
	dir := b.TempDir()
	s, err := Open(b.Context(), dir, 0)
	must(b, err)
	for i := range runs {
		w, err := s.Create(b.Context(), fmt.Sprint("run ", i))
		must(b, err, w.Append(event(1)))
		for seq := uint64(2); seq <= uint64(each); seq++ {
			must(b, w.Append(run.Record{Seq: seq, Event: &run.Metric{Step: int(seq), Test: run.Measure{Accuracy: 0.5, N: 1000}}}))
		}
		must(b, w.Close())
	}
	must(b, s.Close())
	return dir
}

// resident is how many megabytes of memory this process has, on Linux.
func resident() (mb float64) {
	text, _ := os.ReadFile("/proc/self/status")
	if _, rest, ok := strings.Cut(string(text), "VmRSS:"); ok {
		fmt.Sscan(rest, &mb)
	}
	return mb / 1000
}

// From nothing to a store that lists its runs.
func BenchmarkOpen(b *testing.B) {
	for _, runs := range []int{0, 1000} {
		b.Run(fmt.Sprint(runs, " runs of 100 events"), func(b *testing.B) {
			dir := filled(b, runs, 100)
			for b.Loop() {
				s, err := Open(b.Context(), dir, 0)
				must(b, err)
				b.StopTimer()
				must(b, s.Close())
				b.StartTimer()
			}
			b.ReportMetric(resident(), "MB-resident")
		})
	}
}

// A list of a thousand runs, the first time and later.
func BenchmarkList(b *testing.B) {
	dir := filled(b, 1000, 100)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s, err := Open(b.Context(), dir, 0)
			must(b, err)
			b.StartTimer()
			_, err = s.List(b.Context())
			b.StopTimer()
			must(b, err, s.Close())
			b.StartTimer()
		}
	})
	b.Run("later", func(b *testing.B) {
		s := opened(b, dir)
		for b.Loop() {
			_, err := s.List(b.Context())
			must(b, err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	s := opened(b, b.TempDir())
	w, err := s.Create(b.Context(), "a")
	must(b, err)
	for b.Loop() {
		must(b, w.Append(event(w.Last()+1)))
	}
	must(b, w.Close())
}

// An artifact as large as the checkpoint of the largest net of the catalog.
func BenchmarkArtifact(b *testing.B) {
	s := opened(b, b.TempDir())
	w, err := s.Create(b.Context(), "a")
	must(b, err)
	content := body(39_000_000, 1)
	b.Run("put", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			must(b, w.Put("last", func(to io.Writer) error { _, err := to.Write(content); return err }))
		}
		b.ReportMetric(resident(), "MB-resident")
	})
	b.Run("get", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			f, err := s.Get(b.Context(), "a", "last")
			must(b, err)
			_, err = io.Copy(io.Discard, f)
			must(b, err)
		}
	})
	must(b, w.Close())
}
