package mirror

import (
	"bytes"
	"context"
	"io"
	"slices"

	"unpool/core/run"
	"unpool/core/store"
)

// Get is store.Store's. Snapshots are kept.
func (s *Store) Get(ctx context.Context, id, name string) (io.ReadCloser, error) {
	if s.alone(id) {
		return s.local.Runs.Get(ctx, id, name)
	}
	c := s.copy(ctx, id)
	c.close() // a snapshot is kept by its own writer
	c.mu.Unlock()
	return Fetch(ctx, s.local.Runs, id, name, func() (io.ReadCloser, error) { return s.Store.Get(ctx, id, name) })
}

// Fetch gets an artifact of a server's run, and keeps it if it is a snapshot of a run that is kept, and no program holds that. Where it
// cannot be got, it is what was kept.
func Fetch(ctx context.Context, kept store.Store, id, name string, get func() (io.ReadCloser, error)) (io.ReadCloser, error) {
	f, err := get()
	if err == nil && !run.IsSnapshot(name) {
		return f, nil
	}
	var b []byte
	if err == nil {
		b, err = io.ReadAll(f)
		f.Close() // only read from
	}
	if err != nil {
		if f, wrong := kept.Get(ctx, id, name); wrong == nil {
			return f, nil
		}
		return nil, err
	}
	_ = keepArtifact(ctx, kept, id, name, b) // or it is got again
	return io.NopCloser(bytes.NewReader(b)), nil
}

// keepArtifact keeps an artifact beside a log that is kept.
func keepArtifact(ctx context.Context, kept store.Store, id, name string, b []byte) error {
	all, err := kept.Artifacts(ctx, id)
	if err != nil || slices.Contains(all, store.Artifact{Name: name, Size: int64(len(b))}) {
		return err
	}
	w, err := kept.Open(ctx, id)
	if err != nil {
		return err
	}
	err = w.Put(name, func(to io.Writer) error { _, err := to.Write(b); return err })
	w.Close() // nothing is to be written any more
	return err
}
