//go:build js

package jsvalue

import (
	"errors"
	"strings"
	"syscall/js"
)

// Await waits for a promise. Meanwhile other goroutines run.
func Await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{value: first(args)}
		return nil
	})
	defer then.Release()
	catch := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{err: Error{first(args)}}
		return nil
	})
	defer catch.Release()
	promise.Call("then", then, catch)
	got := <-settled
	return got.value, got.err
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// Error is what a promise was rejected with, or what was thrown.
type Error struct{ Value js.Value }

func (e Error) Error() string {
	if !e.Value.Truthy() {
		return "the browser gave no reason"
	}
	return e.Value.Call("toString").String()
}

// Name is that of the kind of error, such as "QuotaExceededError"; "" where it has none.
func (e Error) Name() string {
	if e.Value.Type() != js.TypeObject || e.Value.Get("name").Type() != js.TypeString {
		return ""
	}
	return e.Value.Get("name").String()
}

// Try calls f, in which a call into JavaScript may throw, or something may be missing in this browser.
func Try(f func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case js.Error:
			err = Error{p.Value}
		case *js.ValueError:
			err = errors.New("this browser lacks something: " + p.Error())
		case string: // a method that is missing
			if !strings.HasPrefix(p, "syscall/js: ") {
				panic(p)
			}
			err = errors.New("this browser lacks something: " + p)
		default:
			panic(p)
		}
	}()
	return f()
}

// Parts collects what is written as the parts of a Blob or a File, so that a large one is in memory once only.
type Parts struct{ List js.Value } // an Array of Uint8Array

// NewParts returns no parts.
func NewParts() Parts { return Parts{js.Global().Get("Array").New()} }

// Write implements io.Writer.
func (p Parts) Write(b []byte) (int, error) {
	part := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(part, b)
	p.List.Call("push", part)
	return len(b), nil
}
