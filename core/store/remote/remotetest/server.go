// Package remotetest is a server of runs for tests: core/api without HTTP, on a store in memory.
package remotetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
)

// Server keeps runs. Its Do is that of a page which reaches it. Runs that are put into its queue wait there: the test trains them.
type Server struct {
	Store    store.Memory
	Here     api.Here
	Machines []api.Worker
	Identity uint64 // of its store: positions of another one are not known

	mu       sync.Mutex
	away     bool
	happened []api.Happening
	more     chan struct{} // closed and replaced when there are more, or the streams are cut
	cuts     int
	asked    []string // every request
	made     []api.New
	commands []control.Command

	sweeps    []api.Sweep
	newSweeps []api.NewSweep
	orders    []string // what sweeps were told
	resumed   []api.Further
}

// Away makes the server one that cannot be reached, or one that can. Streams end.
func (s *Server) Away(away bool) {
	s.change(func() { s.away, s.cuts = away, s.cuts+1 })
}

// Cut ends all streams.
func (s *Server) Cut() { s.change(func() { s.cuts++ }) }

// Asked are the requests so far that contain a text, such as "GET api/runs".
func (s *Server) Asked(containing string) (some []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if strings.Contains(a, containing) {
			some = append(some, a)
		}
	}
	return some
}

// Made are the runs that were put into the queue.
func (s *Server) Made() []api.New {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.made)
}

// Commands are what runs were told.
func (s *Server) Commands() []control.Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Resumed says how runs were resumed.
func (s *Server) Resumed() []api.Further {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.resumed)
}

// ID is that of a run that was put into the queue, from 0.
func ID(n int) string { return fmt.Sprintf("made-%d", n) }

// Say has a run say records: those with a number are appended to its log by w.
func (s *Server) Say(id string, w store.Writer, records ...run.Record) error {
	for _, r := range records {
		if r.Seq != 0 {
			if err := w.Append(r); err != nil {
				return err
			}
		}
		s.Told(id, r)
	}
	return nil
}

// Told has the stream say records that a run's log has already, or that no log keeps.
func (s *Server) Told(id string, records ...run.Record) {
	for _, r := range records {
		line, err := r.Marshal()
		if err != nil {
			panic(err) // a test's mistake
		}
		if r.Seq == 0 {
			s.happen(api.Happening{Run: id, Passing: line})
		} else {
			s.happen(api.Happening{Run: id, Record: line})
		}
	}
}

// Changed has the stream say that a run has changed, though not its log.
func (s *Server) Changed(id string) { s.happen(api.Happening{Run: id}) }

// Deleted has the stream say that a run was deleted.
func (s *Server) Deleted(id string) { s.happen(api.Happening{Run: id, Deleted: true}) }

// Forget takes a run out of the queue.
func (s *Server) Forget(id string) {
	s.change(func() {
		for i := range s.made {
			if ID(i) == id {
				s.made[i].Name = gone
			}
		}
		s.happened = append(s.happened, api.Happening{Run: id, Deleted: true})
	})
}

// gone is the name of a run that is not in the queue any more.
const gone = "gone"

func (s *Server) happen(h api.Happening) {
	s.change(func() { s.happened = append(s.happened, h) })
}

func (s *Server) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	if s.more != nil {
		close(s.more)
	}
	s.more = make(chan struct{})
}

// Do is a remote.Do.
func (s *Server) Do(ctx context.Context, method, path, _ string, body []byte) (int, io.ReadCloser, error) {
	s.mu.Lock()
	s.asked = append(s.asked, method+" "+path)
	away := s.away
	s.mu.Unlock()
	if away {
		return 0, nil, errors.New("no network")
	}
	u, err := url.Parse(path)
	if err != nil {
		return 0, nil, err
	}
	if method == "GET" && u.Path == api.Events {
		return 200, s.events(ctx, u.Query().Get("since")), nil
	}
	answer, err := s.answer(ctx, method, u, body)
	if err != nil {
		return problem(err)
	}
	if r, ok := answer.(io.ReadCloser); ok {
		return 200, r, nil
	}
	text, err := json.Marshal(answer)
	return 200, io.NopCloser(bytes.NewReader(text)), err
}

func problem(err error) (int, io.ReadCloser, error) {
	p := api.Problem{Code: api.CodeInvalid, Detail: err.Error()}
	for code, kind := range remote.Kinds {
		if errors.Is(err, kind) {
			p.Code = code
		}
	}
	text, wrong := json.Marshal(p)
	return p.Code.Status(), io.NopCloser(bytes.NewReader(text)), wrong
}

// answer is what a request gets: a value to be written as JSON, or a reader.
func (s *Server) answer(ctx context.Context, method string, u *url.URL, body []byte) (any, error) {
	parts := strings.Split(u.EscapedPath(), "/")
	for i := range parts {
		var err error
		if parts[i], err = url.PathUnescape(parts[i]); err != nil {
			return nil, err
		}
	}
	if parts[0] != "api" || len(parts) < 2 {
		return nil, store.ErrNotFound
	}
	switch what := method + " " + parts[1]; {
	case what == "GET machine":
		return s.Here, nil
	case what == "GET machines":
		return api.WorkerList{Machines: s.Machines}, nil
	case what == "POST import":
		id, err := store.Import(ctx, &s.Store, bytes.NewReader(body), int64(len(body)))
		if err == nil {
			s.happen(api.Happening{Run: id})
		}
		return api.Made{ID: id}, err
	case what == "GET runs" && len(parts) == 2:
		all, err := s.Store.List(ctx)
		return page(append(s.waiting(), all...), u.Query().Get("cursor")), err
	case what == "POST runs" && len(parts) == 2:
		var n api.New
		if err := json.Unmarshal(body, &n); err != nil {
			return nil, err
		}
		made := api.Made{}
		s.change(func() {
			made.ID = ID(len(s.made))
			s.made = append(s.made, n)
			s.happened = append(s.happened, api.Happening{Run: made.ID})
		})
		return made, nil
	case parts[1] == "sweeps":
		return s.ofSweeps(method, parts[2:], body)
	case parts[1] == "runs":
		return s.ofRun(ctx, method, parts[2], parts[3:], u.Query(), body)
	}
	return nil, store.ErrNotFound
}

// pageSize is how many runs a page has: few, so that tests see several.
const pageSize = 3

// page is that of runs from behind the run on that a cursor names.
func page(all []run.Summary, cursor string) api.List {
	from := 1 + slices.IndexFunc(all, func(sum run.Summary) bool { return sum.ID == cursor })
	some := all[from:min(from+pageSize, len(all))]
	list := api.List{Runs: some}
	if from+pageSize < len(all) {
		list.Next = some[pageSize-1].ID
	}
	return list
}

// waiting are the runs of the queue whose logs have not begun.
func (s *Server) waiting() (all []run.Summary) {
	for i, n := range s.Made() {
		if n.Name == gone {
			continue
		}
		if log, err := s.Store.Read(context.Background(), ID(i), 1); err != nil || len(log) == 0 {
			all = append(all, run.Summary{ID: ID(i), Label: run.Label{Name: n.Name}, Phase: run.Waiting, Recipe: n.Recipe})
		}
	}
	return all
}

func (s *Server) isWaiting(id string) bool {
	return slices.ContainsFunc(s.waiting(), func(w run.Summary) bool { return w.ID == id })
}

func (s *Server) ofRun(ctx context.Context, method, id string, rest []string, query url.Values, body []byte) (any, error) {
	switch what := strings.Join(append([]string{method}, rest[:min(len(rest), 1)]...), " "); what {
	case "GET":
		all, err := s.Store.List(ctx)
		all = append(s.waiting(), all...)
		i := slices.IndexFunc(all, func(sum run.Summary) bool { return sum.ID == id })
		if i < 0 {
			return nil, cmp.Or(err, store.ErrNotFound)
		}
		return all[i], err
	case "PATCH":
		var l run.Label
		if err := json.Unmarshal(body, &l); err != nil {
			return nil, err
		}
		defer s.happen(api.Happening{Run: id})
		return nil, s.Store.Label(ctx, id, l)
	case "DELETE":
		err := s.Store.Delete(ctx, id)
		if err == nil {
			s.happen(api.Happening{Run: id, Deleted: true})
		}
		return nil, err
	case "GET log":
		from, err := strconv.ParseUint(query.Get("from"), 10, 64)
		if err != nil {
			return nil, err
		}
		log, err := s.Store.Read(ctx, id, from)
		if err != nil && !s.isWaiting(id) {
			return nil, err
		}
		lines, err := store.Lines(id, from-1, log)
		return io.NopCloser(bytes.NewReader(bytes.Join(lines, nil))), err
	case "GET artifacts":
		if len(rest) == 2 {
			return s.Store.Get(ctx, id, rest[1])
		}
		all, err := s.Store.Artifacts(ctx, id)
		if s.isWaiting(id) {
			err = nil
		}
		listed := []api.Artifact{}
		for _, a := range all {
			listed = append(listed, api.Artifact(a))
		}
		return listed, err
	case "POST commands":
		var c control.Command
		if err := json.Unmarshal(body, &c); err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.commands = append(s.commands, c)
		return nil, nil
	case "POST resume":
		var how api.Further
		if err := json.Unmarshal(body, &how); err != nil {
			return nil, err
		}
		s.change(func() { s.resumed = append(s.resumed, how) })
		return api.Made{ID: id}, nil
	}
	return nil, store.ErrNotFound
}

// heartbeat is how often a stream says that it is there.
const heartbeat = 15 * time.Second

// position is that behind so many happenings.
func (s *Server) position(n int) store.Position {
	return store.Position{Store: s.Identity, Runs: uint64(n)}
}

// events is the stream from behind a position on.
func (s *Server) events(ctx context.Context, since string) io.ReadCloser {
	s.change(func() {})
	s.mu.Lock()
	cuts, at, old := s.cuts, len(s.happened), len(s.happened)
	if p, err := store.ParsePosition(since); err == nil && p.Store == s.Identity && p.Runs <= uint64(at) {
		at = int(p.Runs)
	}
	s.mu.Unlock()
	from, to := io.Pipe()
	context.AfterFunc(ctx, func() { from.CloseWithError(ctx.Err()) })
	go func() {
		if _, err := fmt.Fprintf(to, "id: %s\n\n", s.position(at)); err != nil {
			return
		}
		for {
			if _, err := fmt.Fprint(to, ":\n\n"); err != nil {
				return
			}
			s.mu.Lock()
			some, more, cut := s.happened[min(at, len(s.happened)):], s.more, s.cuts != cuts
			s.mu.Unlock()
			if cut {
				to.Close()
				return
			}
			for _, h := range some {
				at++
				text, err := json.Marshal(h)
				switch {
				case err != nil:
				case h.Passing != nil && at <= old: // nobody is notified of it later
				case h.Passing != nil:
					_, err = fmt.Fprintf(to, "data: %s\n\n", text)
				default:
					_, err = fmt.Fprintf(to, "id: %s\ndata: %s\n\n", s.position(at), text)
				}
				if err != nil {
					return
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-more:
			case <-time.After(heartbeat):
			}
		}
	}()
	return from
}
