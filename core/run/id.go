package run

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
)

// NewID returns a name for a run that no other run has: 16 letters and digits, from 80 random bits.
func NewID() string {
	var b [10]byte
	rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
