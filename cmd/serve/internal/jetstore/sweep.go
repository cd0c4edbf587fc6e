package jetstore

import (
	"context"
	"slices"
	"strings"
)

// sweepRun removes what killed uploads have left of a run that this program holds.
func (s *Store) sweepRun(ctx context.Context, d *document) error {
	kept := bodies(d.Artifacts)
	return s.sweepBodies(ctx, bodySubject(token(d.ID), "*"), func(_, body string) bool { return kept[body] })
}

// sweepBodies removes the bodies whose subjects match a pattern, but for those to keep.
func (s *Store) sweepBodies(ctx context.Context, pattern string, keep func(token, body string) bool) error {
	there, err := counts(ctx, s.chunks, pattern)
	if err != nil {
		return err
	}
	for subject := range there {
		token, body, _ := strings.Cut(strings.TrimPrefix(subject, chunkSubject), ".")
		if keep(token, body) {
			continue
		}
		if err := purge(ctx, s.chunks, subject); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes what is of no run: what kills have left of uploads, and of runs that were deleted. Nobody else may use the store.
func (s *Store) sweep(ctx context.Context) error {
	runs, err := s.index.all(ctx, s)
	if err != nil {
		return err
	}
	gone := func(token string) bool {
		one, ok := runs[token]
		return !ok || one.deleted()
	}
	events, err := counts(ctx, s.events, eventSubject+"*")
	if err != nil {
		return err
	}
	for subject := range events {
		if gone(strings.TrimPrefix(subject, eventSubject)) {
			if err := purge(ctx, s.events, subject); err != nil {
				return err
			}
		}
	}
	return s.sweepBodies(ctx, bodySubject("*", "*"), func(token, body string) bool {
		one := runs[token]
		return slices.Contains(one.bodies, body) || one.err != nil // nobody knows which it has
	})
}
