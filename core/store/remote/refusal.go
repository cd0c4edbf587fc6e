package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"unpool/core/api"
	"unpool/core/store"
)

// request makes a request, and returns the body of an answer that is no refusal.
func (s *Store) request(ctx context.Context, method, path string, body []byte) (io.ReadCloser, error) {
	status, answer, err := s.do(ctx, method, path, body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	if status/100 == 2 {
		return answer, nil
	}
	defer answer.Close() // only read from
	r := &refusal{kind: kinds[status]}
	if err := json.NewDecoder(io.LimitReader(answer, 1<<16)).Decode(&r.problem); err != nil {
		r.problem = api.Problem{} // a server between here and there has refused
	}
	r.problem.Status = status
	return nil, r
}

// kinds are what a status means for a store.
var kinds = map[int]error{
	404: store.ErrNotFound,
	409: store.ErrBusy,
	502: ErrAway, 503: ErrAway, 504: ErrAway, // a server between here and there says so
	507: store.ErrFull,
}

// refusal is an answer that is an error.
type refusal struct {
	problem api.Problem
	kind    error // nil for another than a store knows
}

func (r *refusal) Error() string {
	what := strings.TrimSuffix(r.problem.Title, ".")
	if r.problem.Detail != "" {
		what = strings.TrimSuffix(strings.TrimPrefix(what+": "+r.problem.Detail, ": "), ".")
	}
	if r.kind != nil {
		what = cmp.Or(what, r.kind.Error())
	}
	return cmp.Or(what, "the server answered "+strconv.Itoa(r.problem.Status))
}

func (r *refusal) Unwrap() error { return r.kind }
