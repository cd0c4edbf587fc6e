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
func (s *Store) request(ctx context.Context, method, path, kind string, body []byte) (io.ReadCloser, error) {
	status, answer, err := s.do(ctx, method, path, kind, body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	if status/100 == 2 {
		return answer, nil
	}
	defer answer.Close() // only read from
	r := &refusal{status: status}
	if err := json.NewDecoder(io.LimitReader(answer, 1<<16)).Decode(&r.problem); err != nil && status > 500 {
		r.kind = ErrAway // a server between here and there says so
	} else {
		r.kind = Kinds[r.problem.Code]
	}
	return nil, r
}

// refusal is an answer that is an error.
type refusal struct {
	status  int
	problem api.Problem // zero where it has none
	kind    error       // nil for another than a store knows
}

func (r *refusal) Error() string {
	if says := strings.TrimSuffix(cmp.Or(r.problem.Detail, r.problem.Title), "."); says != "" {
		return says
	}
	if r.kind != nil {
		return r.kind.Error()
	}
	return "the server answered " + strconv.Itoa(r.status)
}

func (r *refusal) Unwrap() error { return r.kind }

// Kinds are the errors of a store and its queue that codes stand for: the server turns them into problems, and pages turn those into errors again.
var Kinds = map[api.Code]error{
	api.CodeNotFound: store.ErrNotFound, api.CodeExists: store.ErrExists, api.CodeBusy: store.ErrBusy, api.CodeChanged: store.ErrConflict, api.CodeQueued: store.ErrQueued,
	api.CodeIdle: store.ErrIdle, api.CodeWaits: store.ErrWaits, api.CodeSilent: store.ErrSilent, api.CodeQueueFull: store.ErrLong, api.CodeUnreachable: store.ErrUnreachable,
	api.CodeFull: store.ErrFull,
}
