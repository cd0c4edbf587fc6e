package nn

import "unpool/core/random"

// seeded returns the stream numbered stream of a seed; streams of one seed are unrelated.
func seeded(seed, stream uint64) *random.Stream {
	r := random.Stream(seed)
	s := random.Stream(r.Next() ^ stream)
	return &s
}
