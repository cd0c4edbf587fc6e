// Package guard keeps a panic from ending a program: GoMLX's graph builders panic, and so may a backend or a browser's storage.
package guard

import "fmt"

// Protect calls f and returns its panic as an error.
func Protect(f func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case error:
			err = p
		default:
			err = fmt.Errorf("%v", p)
		}
	}()
	return f()
}
