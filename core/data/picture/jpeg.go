package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// jpegFacts are what a JPEG file says of itself, found without decoding it.
type jpegFacts struct {
	process  byte    // the marker that begins the frame: how the picture is encoded
	samples  float64 // of all components, for each pixel
	sampling string  // of each component, as in 2x2,1x1,1x1
	parts    int     // components
	scans    int
	turn     int // the orientation of EXIF
}

// JPEG's markers.
const (
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerAPP1  = 0xe1
	baseline    = 0xc0
	extended    = 0xc1
	progressive = 0xc2
)

// readJPEG walks the segments of a file, as far as they are whole.
func readJPEG(file []byte) (f jpegFacts) {
	f.turn = 1
	for at := 2; at+4 <= len(file); {
		skip := bytes.IndexByte(file[at:], 0xff)
		if skip < 0 {
			return f
		}
		at += skip
		if at+4 > len(file) {
			return f
		}
		marker := file[at+1]
		switch {
		case marker == 0xff:
			at++
			continue
		case marker == 0, marker == 1, marker >= markerRST0 && marker <= markerSOI: // of no length
			at += 2
			continue
		case marker == markerEOI:
			return f
		}
		length := int(binary.BigEndian.Uint16(file[at+2:]))
		body := file[at+4 : max(at+4, min(len(file), at+2+length))]
		switch {
		case marker == markerSOS:
			f.scans++
		case marker == markerAPP1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) && f.turn == 1:
			f.turn = turnOf(body[6:])
		case marker >= baseline && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc && f.process == 0:
			f.process = marker
			f.frame(body)
		}
		at += 2 + length
	}
	return f
}

// frame reads a frame's header: a precision, two sizes, and the components with their samplings.
func (f *jpegFacts) frame(body []byte) {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return
	}
	f.parts = int(body[5])
	var sampling []string
	most, sum := 1, 0
	for i := range f.parts {
		h, v := int(body[7+3*i]>>4), int(body[7+3*i]&15)
		sampling = append(sampling, fmt.Sprintf("%dx%d", h, v))
		most, sum = max(most, h*v), sum+h*v
	}
	f.sampling, f.samples = strings.Join(sampling, ","), float64(sum)/float64(most)
}
