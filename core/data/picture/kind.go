package picture

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// kind is what a file is by its content.
type kind struct {
	name    string   // as in "is an AVIF picture"
	endings []string // of the names of such files
	starts  []string // what the content begins with: one of these,
	at      int      // at this byte; then
	brands  []string // one of these follows, if there are any
	read    bool     // whether it is read here
	picture bool     // whether people take it for a picture
	instead bool     // whether it comes in place of files of any kind, after a download that failed
}

const isobmff = "ftyp" // begins, after four bytes, the formats that are made of MPEG-4's boxes

// kinds are the kinds of files that are told apart; the first that fits is the one.
var kinds = []kind{
	{name: "a PNG picture", endings: []string{".png"}, starts: []string{"\x89PNG\r\n\x1a\n"}, read: true, picture: true},
	{name: "a JPEG picture", endings: []string{".jpg", ".jpeg", ".jpe", ".jfif"}, starts: []string{"\xff\xd8\xff"}, read: true, picture: true},
	{name: "a GIF picture", endings: []string{".gif"}, starts: []string{"GIF87a", "GIF89a"}, read: true, picture: true},
	{name: "a WebP picture", endings: []string{".webp"}, starts: []string{"WEBP"}, at: 8, read: true, picture: true},
	{name: "a raw photo", endings: []string{".cr2"}, starts: []string{"CR\x02"}, at: 8, picture: true},
	{name: "a TIFF picture", endings: []string{".tif", ".tiff"}, starts: []string{"II*\x00", "MM\x00*"}, read: true, picture: true},
	// A BMP file begins with two letters only; these are the sizes that the header after them may have.
	{name: "a BMP picture", endings: []string{".bmp", ".dib"}, starts: []string{"(\x00\x00\x00", "l\x00\x00\x00", "|\x00\x00\x00"}, at: 14, read: true, picture: true},
	{name: "an AVIF picture", endings: []string{".avif"}, starts: []string{isobmff}, at: 4, brands: []string{"avif", "avis"}, picture: true},
	{name: "an HEIC picture", endings: []string{".heic", ".heif"}, starts: []string{isobmff}, at: 4,
		brands: []string{"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"}, picture: true},
	{name: "a JPEG XL picture", endings: []string{".jxl"}, starts: []string{"\xff\x0a", "\x00\x00\x00\x0cJXL "}, picture: true},
	{name: "a JPEG 2000 picture", endings: []string{".jp2", ".j2k"}, starts: []string{"\x00\x00\x00\x0cjP  ", "\xff\x4f\xff\x51"}, picture: true},
	{name: "a Photoshop file", endings: []string{".psd"}, starts: []string{"8BPS"}, picture: true},
	{name: "an icon", endings: []string{".ico"}, starts: []string{"\x00\x00\x01\x00"}, picture: true},
	{name: "a PNM picture", endings: []string{".pbm", ".pgm", ".ppm"}, starts: []string{"P1\n", "P2\n", "P3\n", "P4\n", "P5\n", "P6\n"}, picture: true},
	{name: "an SVG drawing", endings: []string{".svg"}, starts: []string{"<svg"}, picture: true},
	{name: "a video", endings: []string{".mp4", ".mov"}, starts: []string{isobmff}, at: 4},
	{name: "a PDF document", endings: []string{".pdf"}, starts: []string{"%PDF"}},
	{name: "a zip archive", endings: []string{".zip"}, starts: []string{"PK\x03\x04"}},
	{name: "a gzip archive", endings: []string{".gz", ".tgz"}, starts: []string{"\x1f\x8b"}},
	{name: "a 7z archive", endings: []string{".7z"}, starts: []string{"7z\xbc\xaf\x27\x1c"}},
	{name: "a RAR archive", endings: []string{".rar"}, starts: []string{"Rar!"}},
	{name: "a Git LFS pointer, not the file itself: run git lfs pull", starts: []string{"version https://git-lfs"}, instead: true},
	{name: "a web page", endings: []string{".html", ".htm"}, starts: []string{"<!doctype html", "<!DOCTYPE html", "<!DOCTYPE HTML", "<html", "<HTML"}, instead: true},
}

// kindOf recognises a file, nil for none of the kinds.
func kindOf(file []byte) *kind {
	text := bytes.TrimLeft(bytes.TrimPrefix(file[:min(len(file), 1024)], []byte("\ufeff")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("<?xml")) {
		if at := bytes.Index(text, []byte("<svg")); at >= 0 {
			text = text[at:]
		}
	}
	for i := range kinds {
		k := &kinds[i]
		begins := func(starts string) bool {
			head := file
			if starts[0] == '<' {
				head = text
			}
			if len(head) < k.at || !bytes.HasPrefix(head[k.at:], []byte(starts)) {
				return false
			}
			rest := head[k.at+len(starts):]
			return k.brands == nil || slices.ContainsFunc(k.brands, func(b string) bool { return bytes.HasPrefix(rest, []byte(b)) })
		}
		if slices.ContainsFunc(k.starts, begins) {
			return k
		}
	}
	return nil
}

// Likely reports whether a file is a picture of any kind, or would be one by its name. Only the beginning of the file is looked at.
func Likely(name string, file []byte) bool {
	k := kindOf(file)
	return k != nil && k.picture || named(name) != nil
}

// Instead says what a file is that begins so, if that came in place of the file: "is a web page". It is "" for anything else.
func Instead(start []byte) string {
	if k := kindOf(start); k != nil && k.instead {
		return "is " + k.name
	}
	return ""
}

// named is the kind of picture that a file is by its name, nil for none.
func named(name string) *kind {
	ending := strings.ToLower(path.Ext(name))
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.picture && slices.Contains(k.endings, ending) })
	if i < 0 {
		return nil
	}
	return &kinds[i]
}

// what says what a file is that cannot be read, as the rest of a sentence about it.
func what(name string, file []byte) string {
	k := kindOf(file)
	switch {
	case len(file) == 0:
		return "is empty"
	case k == nil && len(bytes.Trim(file, "\x00")) == 0:
		return "has only zero bytes, as after a failed copy"
	case k == nil:
		return "is not a picture"
	}
	said := "is " + k.name
	if ending := path.Ext(name); k.picture && ending != "" && !slices.Contains(k.endings, strings.ToLower(ending)) {
		said += " named " + ending
	}
	if k.picture {
		said += ": save it as PNG or JPEG"
	}
	return said
}
