package data

import "math/bits"

// random is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014):
// whole numbers only, so a seed means the same order of images on every machine and in every version of Go.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number in 0 to n-1, each equally likely (Lemire, "Fast random integer generation in an
// interval", 2019).
func (r *random) below(n uint64) uint64 {
	hi, lo := bits.Mul64(r.next(), n)
	if lo < n {
		for threshold := -n % n; lo < threshold; {
			hi, lo = bits.Mul64(r.next(), n)
		}
	}
	return hi
}

// seeded returns the stream numbered stream of a seed; streams of one seed are unrelated.
func seeded(seed, stream uint64) random {
	r := random(seed)
	return random(r.next() ^ (stream * 0xd1342543de82ef95))
}

// shuffle puts v in random order (Fisher and Yates).
func (r *random) shuffle(v []int32) {
	for i := len(v) - 1; i > 0; i-- {
		j := r.below(uint64(i) + 1)
		v[i], v[j] = v[j], v[i]
	}
}
