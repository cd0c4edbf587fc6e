package picture

import "encoding/binary"

// directory is the first of a TIFF file, which EXIF is, too: values by their tags.
type directory struct {
	values map[uint16][]uint32
	rows   []byte // where the file has the value of tagRows; nil for nowhere
	order  binary.ByteOrder
	more   bool // there are other directories: more pictures
}

// TIFF's tags.
const (
	tagCompression = 259
	tagOrientation = 274
	tagRows        = 278 // in a strip
	tagStripCounts = 279 // bytes
	tagTileWidth   = 322
	tagTileHeight  = 323
	tagTileCounts  = 325
)

// readDirectory reads what can be read of a file's first directory; of a damaged one, that may be nothing.
func readDirectory(file []byte) directory {
	d := directory{values: map[uint16][]uint32{}, order: binary.LittleEndian}
	if len(file) < 8 {
		return d
	}
	if file[0] == 'M' {
		d.order = binary.BigEndian
	}
	at := int(d.order.Uint32(file[4:]))
	if at < 0 || at+2 > len(file) {
		return d
	}
	count := int(d.order.Uint16(file[at:]))
	at += 2
	for ; count > 0 && at+12 <= len(file); count, at = count-1, at+12 {
		entry := file[at:][:12]
		tag, kind, n := d.order.Uint16(entry), d.order.Uint16(entry[2:]), int(d.order.Uint32(entry[4:]))
		size := map[uint16]int{3: 2, 4: 4}[kind] // 16 bits or 32: all that matter are of these
		if size == 0 || n < 1 || n > len(file)/size {
			continue
		}
		body := entry[8:]
		if n*size > 4 {
			begin := int(d.order.Uint32(body))
			if begin < 0 || begin > len(file)-n*size {
				continue
			}
			body = file[begin:]
		}
		values := make([]uint32, n)
		for i := range values {
			if values[i] = uint32(d.order.Uint16(body[size*i:])); size == 4 {
				values[i] = d.order.Uint32(body[size*i:])
			}
		}
		d.values[tag] = values
		if tag == tagRows {
			d.rows = body[:size]
		}
	}
	d.more = at+4 <= len(file) && d.order.Uint32(file[at:]) != 0
	return d
}

// first is the first value of a tag, and other where there is none.
func (d directory) first(tag uint16, other uint32) uint32 {
	if values := d.values[tag]; len(values) > 0 {
		return values[0]
	}
	return other
}

// turnOf is the orientation that EXIF states, 1 for as it is stored.
func turnOf(exif []byte) int {
	if turn := int(readDirectory(exif).first(tagOrientation, 1)); turn >= 1 && turn <= 8 {
		return turn
	}
	return 1
}

// boundTIFF makes sure that a file's blocks, which its directory describes as it likes, take no more memory and time than its picture
// does, and returns how many bytes they take; false if they would take more.
func boundTIFF(file []byte, width, height int) (directory, int64, bool) {
	d := readDirectory(file)
	pixels := int64(width) * int64(height)
	if tile := int64(d.first(tagTileWidth, 0)) * int64(d.first(tagTileHeight, 0)); tile > 0 {
		if tile > 4*pixels+1<<16 {
			return d, 0, false
		}
		pixels = tile
	}
	if rows := d.first(tagRows, 0); rows > uint32(height) && d.rows != nil { // "all": the decoder would take it for that many
		if len(d.rows) == 4 {
			d.order.PutUint32(d.rows, uint32(height))
		} else {
			d.order.PutUint16(d.rows, uint16(height))
		}
	}
	sum := int64(0)
	for _, tag := range []uint16{tagStripCounts, tagTileCounts} {
		for _, n := range d.values[tag] {
			sum += int64(n)
		}
	}
	const packBits = 32773
	if d.first(tagCompression, 1) == packBits {
		return d, 64 * int64(len(file)), sum <= 2*int64(len(file)) // the decoder trusts what it unpacks
	}
	return d, 8 * pixels, sum <= 2*int64(len(file))
}
