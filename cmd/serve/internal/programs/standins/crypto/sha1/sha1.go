// Package sha1 stands in for crypto/sha1, which go-app names for its server, and its UUIDs for kinds of UUID that it does not make.
package sha1

import "hash"

// New panics.
func New() hash.Hash { panic("the page's program has no SHA-1") }

// Sum panics.
func Sum([]byte) [20]byte { panic("the page's program has no SHA-1") }
