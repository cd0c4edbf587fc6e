package data

import (
	"bytes"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"unpool/core/data/picture"
)

// tally counts the pictures of which something is not used.
type tally struct{ colours, deep, frames, clear int }

func (t *tally) count(m *picture.Picture, colours bool) {
	for _, c := range []struct {
		is bool
		n  *int
	}{{colours, &t.colours}, {m.Deep, &t.deep}, {m.Frames, &t.frames}, {m.Clear, &t.clear}} {
		if c.is {
			*c.n++
		}
	}
}

func (t *tally) warn(r *Report) {
	for _, c := range []struct {
		n     int
		words string
	}{
		{t.colours, "in colour and read as gray"},
		{t.deep, "of 16 bits for each channel, of which the upper 8 are used"},
		{t.frames, "a series of pictures, of which the first is used"},
		{t.clear, "transparent in places and read on white"},
	} {
		if c.n > 0 {
			r.warn("%s %s", are(c.n, "picture"), c.words)
		}
	}
}

// are counts things, as in "2 pictures are".
func are(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " is"
	}
	return fmt.Sprintf("%d %ss are", n, thing)
}

// warnOfContent warns of images from which little can be learnt, or of which the accuracy would say too much.
func warnOfContent(r *Report, d *Dataset) {
	size := d.Form().size()
	n := d.Train.Len() + d.Test.Len()
	flat, same := 0, make([]bool, len(d.Classes)) // whether all images of a class so far are the same
	first := make([][]byte, len(d.Classes))
	inTrain := make(map[uint64]bool, d.Train.Len())
	twice := 0
	for i, s := range []Split{d.Train, d.Test} {
		for j, label := range s.Labels {
			image := s.Images[j*size:][:size]
			if d.flat(image) {
				flat++
			}
			if first[label] == nil {
				first[label], same[label] = image, true
			}
			same[label] = same[label] && bytes.Equal(image, first[label])
			hash := xxhash.Sum64(image)
			if i == 0 {
				inTrain[hash] = true
			} else if inTrain[hash] {
				twice++
			}
		}
	}
	counts := d.Train.counts(len(d.Classes))
	var alike []string
	for label, c := range d.Test.counts(len(d.Classes)) {
		if counts[label]+c > 1 && same[label] {
			alike = append(alike, d.Classes[label])
		}
	}
	switch n := len(alike); {
	case n == 1:
		r.warn("all pictures of the class %s are the same", shown(alike[0]))
	case n > 1:
		r.warn("all pictures of a class are the same in %d classes: %s", n, named(alike, n))
	}
	switch {
	case flat == n:
		r.warn("all pictures have one flat colour each")
	case flat > 0:
		r.warn("%s of one flat colour", are(flat, "picture"))
	}
	if twice > 0 {
		r.warn("%s among the training images too, so the test accuracy says too much", are(twice, "test image"))
	}
}

// flat reports whether all pixels of an image are the same.
func (d *Dataset) flat(image []byte) bool {
	return bytes.Equal(image[d.Channels:], image[:len(image)-d.Channels])
}
