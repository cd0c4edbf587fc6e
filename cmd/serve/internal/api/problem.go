package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	wire "unpool/core/api"
)

// refused is a problem as an error of huma's, which writes it as it is.
type refused struct{ wire.Problem }

func (r *refused) Error() string { return r.Detail }

// GetStatus is huma.StatusError's.
func (r *refused) GetStatus() int { return r.Status }

// ContentType is huma.ContentTypeFilter's.
func (r *refused) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

func problem(code wire.Code, detail string) huma.StatusError {
	return &refused{asProblem(code, code.Status(), detail)}
}

func asProblem(code wire.Code, status int, detail string) wire.Problem {
	return wire.Problem{Status: status, Code: code, Title: http.StatusText(status), Detail: detail}
}

// later is a problem that passes: the client is told after how many seconds to ask again.
func later(seconds int, detail string) error {
	return huma.ErrorWithHeaders(problem(wire.CodeTooMany, detail), http.Header{"Retry-After": {strconv.Itoa(seconds)}})
}

// What huma finds wrong with a request becomes a problem as all others are: its parts in one sentence.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		var all []string
		for _, err := range errs {
			if err != nil {
				all = append(all, err.Error())
			}
		}
		if len(all) > 0 {
			message += ": " + strings.Join(all, "; ")
		}
		return &refused{asProblem(codeOf(status), status, message)}
	}
}

// codeOf is the code of what huma or the multiplexer says with a status alone.
func codeOf(status int) wire.Code {
	switch status {
	case http.StatusNotFound:
		return wire.CodeNotFound
	case http.StatusMethodNotAllowed:
		return wire.CodeMethod
	case http.StatusRequestEntityTooLarge:
		return wire.CodeTooLarge
	case http.StatusUnsupportedMediaType:
		return wire.CodeMediaType
	}
	if status < 500 {
		return wire.CodeInvalid
	}
	return wire.CodeFailed
}

// writeProblem answers with a problem.
func writeProblem(w http.ResponseWriter, p wire.Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and a number always marshal
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	w.Write(body)
}

// Without answers if no runs are stored.
func Without() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, asProblem(wire.CodeNoStore, wire.CodeNoStore.Status(), "this server stores no runs; its output at the start says why"))
	})
}
