// Package random makes streams of numbers that are the same bits on every machine and in every version of Go: whole numbers and
// + - * / only, since logarithms and cosines, and with them the usual generators of normal numbers, differ from one to the next.
package random

import "math/bits"

// Stream is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). Its value is its state:
// a seed is a stream.
type Stream uint64

// Next returns 64 random bits.
func (s *Stream) Next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below returns a number in 0 to n-1, each equally likely (Lemire, "Fast random integer generation in an
// interval", 2019).
func (s *Stream) Below(n uint64) uint64 {
	hi, lo := bits.Mul64(s.Next(), n)
	if lo < n {
		for threshold := -n % n; lo < threshold; {
			hi, lo = bits.Mul64(s.Next(), n)
		}
	}
	return hi
}

// Shuffle puts v in random order (Fisher and Yates).
func (s *Stream) Shuffle(v []int32) {
	for i := len(v) - 1; i > 0; i-- {
		j := s.Below(uint64(i) + 1)
		v[i], v[j] = v[j], v[i]
	}
}

// Uniform returns a number in -1 to 1, in steps of 2^-52.
func (s *Stream) Uniform() float64 {
	return float64(int64(s.Next())>>11) / (1 << 52)
}

// Normal returns a nearly normal number of standard deviation 1 before it is cut off at 2: the sum of twelve
// uniform numbers (Irwin and Hall), drawn again when beyond.
func (s *Stream) Normal() float64 {
	const one = 1 << 32
	for {
		sum := int64(-6 * one)
		for range 6 {
			z := s.Next()
			sum += int64(z>>32) + int64(z&(one-1))
		}
		if z := float64(sum) / one; z >= -2 && z <= 2 {
			return z
		}
	}
}
