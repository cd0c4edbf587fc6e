// Package web is what the pages ask of the browser besides showing elements: where the site is, to get a file of it, to save
// a file, and to wait for a promise. It knows no page.
package web

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Settled waits for one of the two callbacks that it passes to do, in which the browser may throw, see Try.
func Settled(do func(done, failed app.Func)) (app.Value, error) {
	type outcome struct {
		value app.Value
		err   error
	}
	settled := make(chan outcome, 1)
	done := app.FuncOf(func(_ app.Value, args []app.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	defer done.Release()
	failed := app.FuncOf(func(_ app.Value, args []app.Value) any {
		reason := "the browser gave no reason"
		if args[0].Truthy() {
			reason = args[0].Call("toString").String()
		}
		settled <- outcome{err: errors.New(reason)}
		return nil
	})
	defer failed.Release()
	if err := Try(func() { do(done, failed) }); err != nil {
		return nil, err
	}
	got := <-settled
	return got.value, got.err
}
