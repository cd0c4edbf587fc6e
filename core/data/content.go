package data

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// Hash returns 16 hexadecimal digits that say which images and labels d has, in order, whatever d is called: xxHash, 64 bits.
// Two sets with one hash can be made on purpose, but not by damage or mistakes. It is computed once, so d must not
// change afterwards.
func (d *Dataset) Hash() string {
	if d.hash == "" {
		h := xxhash.New()
		for _, s := range []Split{d.Train, d.Test} {
			for _, n := range []int{d.Height, d.Width, d.Channels, s.Len()} {
				binary.Write(h, binary.LittleEndian, uint64(n)) // a hash takes everything
			}
			h.Write(s.Images)
			h.Write(s.Labels)
		}
		d.hash = fmt.Sprintf("%016x", h.Sum64())
	}
	return d.hash
}
