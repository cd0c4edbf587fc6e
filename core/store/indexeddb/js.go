//go:build js

package indexeddb

import (
	"errors"
	"fmt"
	"syscall/js"

	"unpool/core/jsvalue"
	"unpool/core/store"
)

// full says of an error that the storage is full, if it is that.
func full(err error) error {
	if e := (jsvalue.Error{}); errors.As(err, &e) && e.Name() == "QuotaExceededError" {
		return fmt.Errorf("%w (%s)", store.ErrFull, e)
	}
	return err
}

// database opens the database of a name, which is made with its tables if it is not there.
func database(name string, tables ...string) (db js.Value, err error) {
	err = jsvalue.Try(func() error {
		request := js.Global().Get("indexedDB").Call("open", name, 1)
		opened := make(chan error, 1)
		var funcs []js.Func
		on := func(event string, f func()) {
			handle := js.FuncOf(func(js.Value, []js.Value) any {
				f()
				return nil
			})
			funcs = append(funcs, handle)
			request.Set(event, handle)
		}
		on("onupgradeneeded", func() {
			for _, table := range tables {
				request.Get("result").Call("createObjectStore", table)
			}
		})
		on("onsuccess", func() { opened <- nil })
		on("onerror", func() { opened <- jsvalue.Error{Value: request.Get("error")} })
		err := <-opened
		for _, f := range funcs {
			f.Release()
		}
		db = request.Get("result")
		return err
	})
	return db, err
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
	return full(jsvalue.Try(func() error {
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
			return full(jsvalue.Error{Value: t.Get("error")})
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
	}))
}
