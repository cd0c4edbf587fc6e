package ir

import "maps"

// contents is what memory holds at a moment: how many bytes of each temporary and output have been written, and of
// those that have been lost, to which buffer.
type contents struct {
	written map[*Buffer]int
	lost    map[*Buffer]*Buffer
}

// memory follows what memory holds from kernel to kernel.
func (v *verifier) memory() {
	c := contents{map[*Buffer]int{}, map[*Buffer]*Buffer{}}
	v.follow(v.p.Kernels, c)
	v.kernel = nil
	for _, b := range v.p.Outputs {
		if n := c.written[b]; n < b.Size() {
			v.fail("the program writes %d of %d bytes of its output %v", n, b.Size(), b)
		}
	}
}

func (c contents) clone() contents { return contents{maps.Clone(c.written), maps.Clone(c.lost)} }

// meet leaves what both ways hold.
func (c contents) meet(o contents) {
	for b, n := range c.written {
		c.written[b] = min(n, o.written[b])
	}
	maps.Copy(c.lost, o.lost)
}

func (v *verifier) follow(kernels []Kernel, c contents) {
	for _, k := range kernels {
		if v.err != nil {
			return
		}
		v.kernel = k
		switch k := k.(type) {
		case *If:
			v.read(k.Cond, c)
			other := c.clone()
			v.follow(k.Then, c)
			v.follow(k.Else, other)
			c.meet(other)
		case *While:
			v.follow(k.Test, c)
			v.kernel = k
			v.read(k.Cond, c)
			// The second round finds what the first has lost. The body may not run at all.
			round := c.clone()
			for range 2 {
				v.follow(k.Body, round)
				v.follow(k.Test, round)
				v.kernel = k
				v.read(k.Cond, round)
			}
			c.meet(round)
		default:
			for _, b := range k.Reads() {
				v.read(b, c)
			}
			for _, b := range k.Writes() {
				v.write(b.Root(), written(k, b), c)
			}
		}
	}
}

func (v *verifier) read(b *Buffer, c contents) {
	b = b.Root()
	if by := c.lost[b]; by != nil {
		v.fail("%v is read after %v has been put into its memory", b, by)
	}
	if n := c.written[b]; (b.Place == Temp || b.Place == Output) && n < b.Size() {
		v.fail("%v is read when %d of its %d bytes have been written", b, n, b.Size())
	}
}

func (v *verifier) write(b *Buffer, bytes int, c contents) {
	c.written[b] += bytes
	delete(c.lost, b)
	if in := b.Replaces; in != nil {
		c.lost[in] = b
	}
	if b.Place != Temp {
		return
	}
	for other := range c.written {
		if other != b && other.Place == Temp && Overlap(b, other) {
			delete(c.written, other)
			c.lost[other] = b
		}
	}
}

// written is how many bytes of a buffer a kernel writes.
func written(k Kernel, b *Buffer) (bytes int) {
	switch k := k.(type) {
	case *Nest:
		for _, s := range k.Stores {
			if s.Buf == b {
				bytes += k.Points() * b.Type.Size()
			}
		}
		return bytes
	case *MatMul:
		return k.Batch * k.M * k.N * b.Type.Size()
	}
	return b.Size()
}
