//go:build js

package indexeddb

import (
	"errors"
	"fmt"
	"syscall/js"

	"unpool/core/store"
)

// await waits for a promise. Meanwhile others run.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	resolved := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{value: first(args)}
		return nil
	})
	rejected := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: failure(first(args))}
		return nil
	})
	promise.Call("then", resolved, rejected)
	o := <-done
	resolved.Release()
	rejected.Release()
	return o.value, o.err
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// failure makes an error of one of JavaScript's.
func failure(e js.Value) error {
	if !e.Truthy() {
		return errors.New("the browser does not say why")
	}
	text := e.Get("message").String()
	if name := e.Get("name").String(); name == "QuotaExceededError" {
		return fmt.Errorf("%w (%s)", store.ErrFull, text)
	}
	return errors.New(text)
}

// try calls f, in which a call into JavaScript may throw.
func try(f func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case js.Error:
			err = failure(p.Value)
		case *js.ValueError:
			err = p // something that this browser does not have
		default:
			panic(p)
		}
	}()
	return f()
}

// transaction is a group of requests that IndexedDB does all of or none.
type transaction struct {
	js.Value
	funcs []js.Func
	err   error // why it was given up
}

// give up the transaction.
func (t *transaction) fail(err error) {
	t.err = err
	t.Call("abort")
}

// on calls f with a request's result. f must not wait for anything: a transaction ends when nothing is asked of it.
func (t *transaction) on(request js.Value, f func(result js.Value)) {
	done := js.FuncOf(func(js.Value, []js.Value) any {
		if t.err == nil {
			f(request.Get("result"))
		}
		return nil
	})
	t.funcs = append(t.funcs, done)
	request.Set("onsuccess", done)
}

// transact runs f, which asks for things, in a transaction on tables, and waits until it is done.
func transact(db js.Value, mode string, f func(t *transaction) error, tables ...any) error {
	return try(func() error {
		t := &transaction{Value: db.Call("transaction", tables, mode)}
		ended := make(chan error, 1)
		end := func(err func() error) js.Func {
			return js.FuncOf(func(js.Value, []js.Value) any {
				ended <- err()
				return nil
			})
		}
		complete := end(func() error { return nil })
		aborted := end(func() error {
			if t.err != nil {
				return t.err
			}
			return failure(t.Get("error"))
		})
		t.funcs = append(t.funcs, complete, aborted)
		t.Set("oncomplete", complete)
		t.Set("onabort", aborted)
		if err := f(t); err != nil {
			t.fail(err)
		}
		err := <-ended
		for _, f := range t.funcs {
			f.Release()
		}
		return err
	})
}

// parts collects what is written as the parts of a Blob, so that a large artifact is in memory once only.
type parts struct{ list js.Value } // an Array of Uint8Array

func (p parts) Write(b []byte) (int, error) {
	part := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(part, b)
	p.list.Call("push", part)
	return len(b), nil
}
