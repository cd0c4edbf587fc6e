// Package cipher stands in for crypto/cipher, as aes does for crypto/aes.
package cipher

import "errors"

// Block is crypto/cipher's.
type Block any

// AEAD is crypto/cipher's, with the methods that go-app calls.
type AEAD interface {
	NonceSize() int
	Seal(dst, nonce, plaintext, additionalData []byte) []byte
	Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
}

// NewGCM fails.
func NewGCM(Block) (AEAD, error) { return nil, errors.New("the page's program has no GCM") }
