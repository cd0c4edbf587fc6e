package picture

import (
	"encoding/binary"
	"errors"
)

// webpFacts are what a WebP file says of itself.
type webpFacts struct {
	alpha, lossless bool
	turn            int
}

// readWebP walks a file's chunks. What they say of the picture's size must agree, on which the decoder relies.
func readWebP(file []byte, width, height int) (f webpFacts, err error) {
	f.turn = 1
	for at := 12; at+8 <= len(file); {
		name, size := string(file[at:at+4]), int64(binary.LittleEndian.Uint32(file[at+4:]))
		body := file[at+8:]
		body = body[:min(int64(len(body)), size)]
		w, h := width, height
		switch {
		case name == "ANIM":
			return f, errors.New("is an animated WebP picture: save one of its frames as PNG or JPEG")
		case name == "ALPH":
			f.alpha = true
		case name == "EXIF":
			f.turn = turnOf(trimmed(body))
		case name == "VP8 " && len(body) >= 10:
			w, h = int(binary.LittleEndian.Uint16(body[6:])&0x3fff), int(binary.LittleEndian.Uint16(body[8:])&0x3fff)
		case name == "VP8L" && len(body) >= 5:
			bits := binary.LittleEndian.Uint32(body[1:])
			w, h, f.lossless = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff), true
		case name == "VP8X" && len(body) >= 10:
			w = 1 + (int(body[4]) | int(body[5])<<8 | int(body[6])<<16)
			h = 1 + (int(body[7]) | int(body[8])<<8 | int(body[9])<<16)
		}
		if w != width || h != height {
			return f, errors.New("is a damaged WebP picture: it states two sizes")
		}
		next := int64(at) + 8 + size + size&1
		if next > int64(len(file)) {
			break
		}
		at = int(next)
	}
	return f, nil
}

// trimmed is EXIF without what some programs put before it.
func trimmed(exif []byte) []byte {
	const before = "Exif\x00\x00"
	if len(exif) > len(before) && string(exif[:len(before)]) == before {
		return exif[len(before):]
	}
	return exif
}
