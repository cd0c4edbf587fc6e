// Package aes stands in for crypto/aes, which go-app names for what a page stores encrypted: this one stores nothing so.
package aes

import (
	"crypto/cipher"
	"errors"
)

// NewCipher fails.
func NewCipher([]byte) (cipher.Block, error) {
	return nil, errors.New("the page's program has no AES")
}
