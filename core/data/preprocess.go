package data

import (
	"fmt"
	"math"
)

// All preprocessing is here and in augment.go. Pictures become gray by the luma weights of ITU-R BT.601, and others in
// size by a bicubic filter; both happen once, when a data set is read, and give bytes. For each batch bytes become numbers
// by a Normalizer, and training batches may then be augmented. A label stays a class index ("sparse", not one-hot). The
// course report did no more than v/255.

// luma returns the brightness of a colour: 0.299 red, 0.587 green, 0.114 blue, in whole numbers (of 65,536), rounded.
func luma(r, g, b byte) byte {
	return byte((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}

// Normalizer says which number a net gets for each byte, one table for each channel.
type Normalizer [][256]float32

// UnitNormalizer is v/255, rounded once to float32, so every machine feeds a net the same bits.
func UnitNormalizer(channels int) Normalizer {
	l := make(Normalizer, channels)
	for c := range l {
		for v := range l[c] {
			l[c][v] = float32(v) / 255
		}
	}
	return l
}

// StandardNormalizer shifts and scales each channel so that the images of s at indices have mean 0 and standard deviation 1
// in it. A channel that is the same everywhere becomes 0.
func StandardNormalizer(s Split, indices []int32, channels int) Normalizer {
	// Counted in whole numbers, and each rounding is of one operation, so every machine feeds a net the same bits.
	counts := make([][256]uint64, channels)
	size := len(s.Images) / s.Len()
	for _, index := range indices {
		for j, v := range s.Images[int(index)*size:][:size] {
			counts[j%channels][v]++
		}
	}
	l := make(Normalizer, channels)
	for c := range l {
		var n, sum, squares uint64
		for v, count := range counts[c] {
			n += count
			sum += uint64(v) * count
			squares += uint64(v*v) * count
		}
		mean := float64(sum) / float64(n)
		deviation := math.Sqrt(float64(squares)/float64(n) - float64(mean*mean))
		for v := range l[c] {
			if deviation > 0 {
				l[c][v] = float32((float64(v) - mean) / deviation)
			}
		}
	}
	return l
}

// Fill writes the images of s at indices to images, [len(indices), Height, Width, Channels], normalised by l, and their
// labels to labels, [len(indices)]. It panics when a length does not fit, since that is a mistake in the program.
func (l Normalizer) Fill(images []float32, labels []int32, s Split, indices []int32) {
	if len(indices) == 0 && len(images) == 0 && len(labels) == 0 {
		return
	}
	size := len(s.Images) / s.Len()
	if len(images) != size*len(indices) || len(labels) != len(indices) {
		panic(fmt.Sprintf("data: Fill of %d images of %d values into %d values and %d labels",
			len(indices), size, len(images), len(labels)))
	}
	for i, index := range indices {
		l.Apply(images[i*size:(i+1)*size], s.Images[int(index)*size:(int(index)+1)*size])
		labels[i] = int32(s.Labels[index])
	}
}

// Apply writes bytes, of whole images, normalised by l.
func (l Normalizer) Apply(to []float32, bytes []byte) {
	for c := range l {
		level := &l[c]
		for j := c; j < len(bytes); j += len(l) {
			to[j] = level[bytes[j]]
		}
	}
}
