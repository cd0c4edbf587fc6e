package client

import (
	"encoding/hex"
	"strings"
	"unicode"

	"unpool/core/protocol"
)

// Ref names a run: by where it is kept, and its ID there, which of a published result is its name. The zero Ref is none.
type Ref struct {
	Place protocol.Place
	ID    string
}

// String is the ref as in links and elements: the ID alone of this browser's runs, and a place and a colon before it of others. No ID
// has a colon.
func (r Ref) String() string {
	if r.Place == protocol.InBrowser {
		return r.ID
	}
	return string(r.Place) + ":" + r.ID
}

// RefOf reads what String has written.
func RefOf(text string) Ref {
	place, id, ok := strings.Cut(text, ":")
	if !ok {
		return Ref{ID: text}
	}
	return Ref{protocol.Place(place), id}
}

// MarshalText is String.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is RefOf.
func (r *Ref) UnmarshalText(text []byte) error {
	*r = RefOf(string(text))
	return nil
}

// Element is the ref as elements of a page have it: others' IDs than ours may be anything.
func (r Ref) Element() string {
	text := r.String()
	plain := func(c rune) bool { return c <= unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)) }
	if strings.ContainsFunc(text, func(c rune) bool { return !plain(c) }) {
		return hex.EncodeToString([]byte(text))
	}
	return text
}

// File is the name of the file that the run is saved as.
func (r Ref) File() string { return "unpool-run-" + r.Element() + ".zip" }
