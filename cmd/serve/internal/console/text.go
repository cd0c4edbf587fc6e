package console

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns a writer of text to w in which names from files and servers may occur. Control characters in them come out escaped, so that
// no name can direct a terminal or turn the order of what is read; ends of lines, tabs and returns to their beginning pass.
func Text(w io.Writer) io.Writer { return text{w} }

type text struct{ to io.Writer }

func (t text) Write(p []byte) (int, error) {
	if !strings.ContainsFunc(string(p), directs) { // invalid bytes are U+FFFD here
		return t.to.Write(p)
	}
	var b strings.Builder
	for at := 0; at < len(p); {
		r, size := utf8.DecodeRune(p[at:])
		switch {
		case !directs(r):
			b.Write(p[at:][:size])
		case size == 1:
			fmt.Fprintf(&b, `\x%02x`, p[at])
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		at += size
	}
	_, err := io.WriteString(t.to, b.String())
	return len(p), err
}

// directs reports whether a character directs what shows it. Those that only join letters and pictures do not.
func directs(r rune) bool {
	switch r {
	case '\n', '\t', '\r':
		return false
	case utf8.RuneError:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
