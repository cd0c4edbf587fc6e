package mirror

import (
	"context"
	"slices"
	"strings"

	"unpool/core/run"
)

// mostKept bounds the bytes of logs and snapshots that are kept.
const mostKept = 256 << 20

// bound removes what is kept of runs that are not noted any more, and where it is too much, that of the oldest runs; of those that were deleted on
// the server last, since nobody else may have them.
func (s *Store) bound(ctx context.Context, most int64) {
	notes, err := s.local.Notes.Load(ctx)
	if err != nil {
		return
	}
	kept, err := s.local.Runs.List(ctx)
	if err != nil {
		return
	}
	noted := map[string]bool{}
	for name := range notes {
		if _, id, ok := strings.Cut(name, "/"); ok {
			noted[id] = true
		}
	}
	total := int64(0)
	kept = slices.DeleteFunc(kept, func(sum run.Summary) bool {
		if !noted[sum.ID] {
			s.drop(ctx, sum.ID)
			return true
		}
		total += sum.Bytes
		return false
	})
	slices.Reverse(kept) // the oldest first
	slices.SortStableFunc(kept, func(a, b run.Summary) int { return s.lastCopy(a.ID) - s.lastCopy(b.ID) })
	for _, sum := range kept {
		if total <= most {
			return
		}
		s.drop(ctx, sum.ID)
		total -= sum.Bytes
		if s.isDeleted(sum.ID) {
			s.save(ctx, map[string]string{s.key(sum.ID): ""})
		}
	}
}

// lastCopy is 1 for a run that is not on the server any more, else 0.
func (s *Store) lastCopy(id string) int {
	if s.isDeleted(id) {
		return 1
	}
	return 0
}
