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

func problem(status int, detail string) huma.StatusError {
	return &refused{wire.Problem{Status: status, Title: http.StatusText(status), Detail: detail}}
}

// later is a problem that passes: the client is told after how many seconds to ask again.
func later(seconds int, detail string) error {
	return huma.ErrorWithHeaders(problem(http.StatusServiceUnavailable, detail), http.Header{"Retry-After": {strconv.Itoa(seconds)}})
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
		return problem(status, message)
	}
}

// writeProblem answers with a problem.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	body, err := json.Marshal(wire.Problem{Status: status, Title: http.StatusText(status), Detail: detail})
	if err != nil {
		panic(err) // strings and a number always marshal
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(status)
	w.Write(body)
}

// Without answers where no runs are kept.
func Without() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, http.StatusServiceUnavailable, "this server stores no runs; its output at the start says why")
	})
}
