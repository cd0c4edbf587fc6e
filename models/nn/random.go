package nn

// random is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
// Initial weights use it, whole numbers and + - * / and square roots only, so that they are the same bits on every
// machine: logarithms and cosines, and with them the usual normal generators, differ from one to the next.
type random uint64

// seeded returns the stream numbered stream of a seed; streams of one seed are unrelated.
func seeded(seed, stream uint64) *random {
	r := random(seed)
	s := random(r.next() ^ stream)
	return &s
}

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform returns a number in -1 to 1, in steps of 2^-52.
func (r *random) uniform() float64 {
	return float64(int64(r.next())>>11) / (1 << 52)
}

// normal returns a nearly normal number of standard deviation 1 before it is cut off at 2: the sum of twelve
// uniform numbers (Irwin and Hall), drawn again when beyond.
func (r *random) normal() float64 {
	const one = 1 << 32
	for {
		sum := int64(-6 * one)
		for range 6 {
			z := r.next()
			sum += int64(z>>32) + int64(z&(one-1))
		}
		if z := float64(sum) / one; z >= -2 && z <= 2 {
			return z
		}
	}
}
