package mirror

import "context"

// Bound bounds what is kept.
func (s *Store) Bound(ctx context.Context, most int64) { s.bound(ctx, most) }
