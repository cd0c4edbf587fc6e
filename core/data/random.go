package data

import "unpool/core/random"

// seeded returns the stream numbered stream of a seed; streams of one seed are unrelated, and are not those of models/nn.
func seeded(seed, stream uint64) random.Stream {
	r := random.Stream(seed)
	return random.Stream(r.Next() ^ (stream * 0xd1342543de82ef95))
}
