// Package remote is the store of the runs that the site's server keeps, as a reader has it: core/api over HTTP. Runs are begun and
// trained on the server, so it is asked to begin, resume and command them; nothing is written to a log from here.
//
// It knows no browser and no HTTP client: requests are made by a Do.
package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// Do makes a request of the server at a path below the site's own, with a body of a media type unless that is nil, and returns the answer as soon
// as it has begun. Its body comes as the server writes it, and ends with an error when ctx does. An error means that the server was not
// reached. It may be called from several goroutines.
type Do func(ctx context.Context, method, path, kind string, body []byte) (status int, answer io.ReadCloser, err error)

// What the server may come to, besides the errors of a store.
var (
	// ErrNone means that the site keeps no runs: it is one of static files.
	ErrNone = errors.New("this site’s server stores no runs")
	// ErrAway means that the server does not answer just now.
	ErrAway = errors.New("the server cannot be reached")
	// ErrThere means that a run was to be written to from here.
	ErrThere = errors.New("runs on the server are started and trained there")
)

// Store is the server's runs. One stream of events serves all who watch.
type Store struct {
	do     Do
	stream stream
}

var _ store.Changing = (*Store)(nil)

// Connect returns the runs of a server that has not been asked for anything yet. Somebody must Listen to its stream, or Hear what others do.
func Connect(do Do) *Store { return &Store{do: do} }

// Answers waits until the server can be reached: ErrNone where it keeps no runs.
func (s *Store) Answers(ctx context.Context) error {
	for wait := leastWait; ctx.Err() == nil; wait = longer(wait) {
		_, err := s.Machine(ctx, nil)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, ErrAway): // such as 404, or a page that stands for whatever there is not
			return ErrNone
		}
		pause(ctx, wait)
	}
	return ctx.Err()
}

// How long to wait until the server is asked again: first, and at most.
const (
	leastWait = time.Second
	mostWait  = 30 * time.Second
)

func longer(wait time.Duration) time.Duration { return min(2*wait, mostWait) }

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Machine returns what the server trains on, and how long a step of a recipe takes there, if that is known; r may be nil.
func (s *Store) Machine(ctx context.Context, r *recipe.Recipe) (api.Here, error) {
	path := api.Machine
	if r != nil {
		path = api.MachineFor(*r)
	}
	var here *api.Here
	if err := s.get(ctx, path, &here); err != nil {
		return api.Here{}, err
	}
	if here == nil { // a site of static files says so
		return api.Here{}, ErrNone
	}
	return *here, nil
}

// Machines returns the devices that train the server's runs, in order of their names.
func (s *Store) Machines(ctx context.Context) ([]api.Worker, error) {
	var list api.WorkerList
	err := s.get(ctx, api.Machines, &list)
	return list.Machines, err
}

// Begin puts a run of a recipe into the server's queue and returns its ID. name is the user's, "" for none.
func (s *Store) Begin(ctx context.Context, r recipe.Recipe, name string) (id string, err error) {
	var made api.Made
	err = s.ask(ctx, "POST", api.Runs, api.New{Recipe: r, Name: name}, &made)
	return made.ID, err
}

// Resume puts a run that was interrupted or stopped, or is done, into the queue again.
func (s *Store) Resume(ctx context.Context, id string, how api.Further) error {
	return s.ask(ctx, "POST", api.Resume(id), how, nil)
}

// Import has the server take in a run that is one file: store.ErrBusy where it has that run already, as it is in the file or otherwise.
func (s *Store) Import(ctx context.Context, file []byte) error {
	answer, err := s.request(ctx, "POST", api.Import, store.FileType, file)
	if err != nil {
		return err
	}
	return answer.Close()
}

// Command tells a run under way, or in the queue, something.
func (s *Store) Command(ctx context.Context, id string, c control.Command) error {
	return s.ask(ctx, "POST", api.Commands(id), c, nil)
}

// Create is Store's, and ErrThere.
func (s *Store) Create(context.Context, string) (store.Writer, error) { return nil, ErrThere }

// Open is Store's, and ErrThere.
func (s *Store) Open(context.Context, string) (store.Writer, error) { return nil, ErrThere }

// List is Store's.
func (s *Store) List(ctx context.Context) ([]run.Summary, error) {
	return api.AllRuns(func(path string) (page api.List, err error) {
		err = s.get(ctx, path, &page)
		return page, err
	})
}

// Summary returns what List has of one run.
func (s *Store) Summary(ctx context.Context, id string) (sum run.Summary, err error) {
	err = s.get(ctx, api.Run(id), &sum)
	return sum, err
}

// Read is Store's.
func (s *Store) Read(ctx context.Context, id string, from uint64) ([]run.Record, error) {
	answer, err := s.request(ctx, "GET", api.Log(id, max(from, 1)), "", nil)
	if err != nil {
		return nil, err
	}
	defer answer.Close() // only read from
	var log []run.Record
	lines := newLines(answer)
	for next := max(from, 1); lines.Scan(); next++ {
		r, err := run.UnmarshalRecord(lines.Bytes())
		if err == nil && r.Seq != next {
			err = fmt.Errorf("the log of run %s has event %d where event %d should be", id, r.Seq, next)
		}
		if err != nil {
			return nil, err
		}
		log = append(log, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	return log, nil
}

// Artifacts is Store's.
func (s *Store) Artifacts(ctx context.Context, id string) (all []store.Artifact, err error) {
	var listed []api.Artifact
	err = s.get(ctx, api.Artifacts(id), &listed)
	for _, a := range listed {
		all = append(all, store.Artifact(a))
	}
	return all, err
}

// Get is Store's.
func (s *Store) Get(ctx context.Context, id, name string) (io.ReadCloser, error) {
	return s.request(ctx, "GET", api.ArtifactPath(id, name), "", nil)
}

// Label is Store's.
func (s *Store) Label(ctx context.Context, id string, l run.Label) error {
	if err := l.Check(); err != nil {
		return err
	}
	return s.ask(ctx, "PATCH", api.Run(id), l, nil)
}

// Delete is Store's.
func (s *Store) Delete(ctx context.Context, id string) error {
	return s.ask(ctx, "DELETE", api.Run(id), nil, nil)
}

func (s *Store) get(ctx context.Context, path string, into any) error {
	return s.ask(ctx, "GET", path, nil, into)
}

// ask makes a request with a body, unless that is nil, and reads the answer, unless into is nil.
func (s *Store) ask(ctx context.Context, method, path string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	answer, err := s.request(ctx, method, path, "application/json", text)
	if err != nil {
		return err
	}
	defer answer.Close() // only read from
	if into == nil {
		return nil
	}
	err = json.NewDecoder(answer).Decode(into)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return errNotServer
	}
	return err
}

// errNotServer is the error of an answer that is not JSON.
var errNotServer = errors.New("what answered is not Unpool’s server: a sign-in page or a proxy may stand in between")
