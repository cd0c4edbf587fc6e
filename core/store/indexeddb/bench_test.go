//go:build js

package indexeddb

import (
	"io"
	"syscall/js"
	"testing"

	"unpool/core/run"
)

// What an evaluation of the largest net of the catalog writes: a checkpoint of 39 MB.
func BenchmarkPut(b *testing.B) {
	for name, files := range map[string]bool{"files": true, "database": false} {
		b.Run(name, func(b *testing.B) {
			s, err := Open(run.NewID(), "runs")
			if err != nil {
				b.Fatal(err)
			}
			if !files {
				s.files = js.Undefined()
			}
			w, err := s.Create(b.Context(), "a")
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			if err := w.Append(run.Record{Seq: 1, Event: &run.Start{Version: run.Version}}); err != nil {
				b.Fatal(err)
			}
			part := make([]byte, 3<<20)
			for b.Loop() {
				err := w.Put("last", func(w io.Writer) error {
					for range 13 {
						if _, err := w.Write(part); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
