package web

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// patience is how many milliseconds a file may take.
const patience = 30_000

// Status is an answer that is not the file.
type Status struct {
	Code int
	Text string
}

func (e Status) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Text) }

// Text gets a text. It blocks.
func Text(url string) (string, error) {
	response, err := Settled(func(done, failed app.Func) {
		options := map[string]any{"signal": app.Window().Get("AbortSignal").Call("timeout", patience)}
		app.Window().Call("fetch", url, options).Call("then", done, failed)
	})
	if err != nil {
		return "", err
	}
	if !response.Get("ok").Bool() {
		return "", Status{response.Get("status").Int(), response.Get("statusText").String()}
	}
	text, err := Settled(func(done, failed app.Func) { response.Call("text").Call("then", done, failed) })
	if err != nil {
		return "", err
	}
	return text.String(), nil
}
