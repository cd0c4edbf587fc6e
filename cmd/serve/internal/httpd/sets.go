package httpd

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"unpool/core/api"
	"unpool/core/guard"
)

// A Set is a data set that is read into memory when one of its files is first asked for, and stays there. Names are the program's own:
// what a client sends is compared with them and reaches no file system.
type Set struct {
	Name  string
	Files []string                                                     // which it has
	Find  func() (from string)                                         // quick: what Open would read, in a word; "" where there is nothing
	Open  func(ctx context.Context) (files map[string][]byte, _ error) // a *Problem or another error, which says nothing that is not for clients
}

// Problem is an answer that says what is wrong and what to do about it, in the form of RFC 9457.
type Problem struct {
	Status int      `json:"status"`
	Code   api.Code `json:"code"`
	Title  string   `json:"title"`  // what is wrong
	Detail string   `json:"detail"` // what to do
}

func (p *Problem) Error() string { return p.Title }

// write answers with the problem, which may be gone the next time.
func (p *Problem) write(w http.ResponseWriter) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings and a number always marshals
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	w.Write(body) // an error means that the reader has gone
}

// WithAPI returns the site with a class, its kit, and another handler for the other paths below /api/ that are not its data sets.
func (s *Site) WithAPI(answers http.Handler, class *Class) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.Handle(indexPath, s)
	mux.Handle(setsPath, s)
	mux.Handle(apiPath, answers)
	mux.HandleFunc("GET "+kitPath, s.serveKit)
	class.handle(mux, func() int64 {
		k, _ := s.kit() // serveKit says what is wrong with it
		return k.size
	})
	return mux
}

// SetsIndex is the file of a host of static files that names its data sets.
const SetsIndex = "api/data.json"

// Where programs ask, and where the sets are: an index, and their files at setsPath/NAME/FILE.
const (
	apiPath   = "/api/"
	indexPath = "/" + SetsIndex
	setsPath  = apiPath + "data/"
)

// remembered is for how long it is known that a set cannot be read: reading a broken archive takes as long as reading a good one.
const remembered = 30 * time.Second

// sets are the data sets of a site.
type sets struct {
	all   []Set
	turn  sync.Mutex // of reading: one set at a time, so that memory stays within what they need
	mu    sync.Mutex
	reads map[string]*reading // by set: under way, done, or failed a moment ago
}

// reading is how a set is read, for all requests that wait for it.
type reading struct {
	cancel context.CancelFunc
	wanted int           // how many requests wait
	done   chan struct{} // closed when the rest is known
	files  map[string]*file
	err    error
	until  time.Time // for how long err is remembered
}

func (s *sets) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == indexPath {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store") // a file that was missing may be there now
		w.Write(s.index())
		return
	}
	name, file, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, setsPath), "/")
	f, err := s.file(r.Context(), name, file)
	var p *Problem
	switch {
	case r.Context().Err() != nil: // nobody waits for the answer
	case errors.As(err, &p):
		p.write(w)
	case err != nil:
		(&Problem{http.StatusInternalServerError, api.CodeFailed, err.Error(), "Fix or remove the file, then train again."}).write(w)
	case f == nil:
		(&Problem{http.StatusNotFound, api.CodeNotFound, "There is no such data set or file.", "The page's own addresses are right; reload it."}).write(w)
	default:
		f.serve(w, r, false)
	}
}

// index lists the sets, and for each what it is read from, if that is there.
func (s *sets) index() []byte {
	type line struct {
		Name string `json:"name"`
		From string `json:"from,omitempty"`
	}
	lines := []line{} // none is [] and not null
	for _, set := range s.all {
		lines = append(lines, line{set.Name, set.Find()})
	}
	body, err := json.Marshal(lines)
	if err != nil {
		panic(err) // strings always marshal
	}
	return body
}

// file returns a file of a set, nil if there is no such set or file. It waits until the set has been read, or ctx ends.
func (s *sets) file(ctx context.Context, name, file string) (*file, error) {
	for _, set := range s.all {
		if set.Name == name && slices.Contains(set.Files, file) {
			files, err := s.read(ctx, set)
			return files[file], err
		}
	}
	return nil, nil
}

// read returns a set's files. The first request starts reading them, and when none waits any longer, that is cancelled.
func (s *sets) read(ctx context.Context, set Set) (map[string]*file, error) {
	s.mu.Lock()
	r := s.reads[set.Name]
	if r == nil || r.err != nil && time.Now().After(r.until) {
		r = &reading{done: make(chan struct{})}
		if s.reads == nil {
			s.reads = map[string]*reading{}
		}
		s.reads[set.Name] = r
		var reads context.Context
		reads, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
		go s.open(reads, set, r)
	}
	r.wanted++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.wanted--; r.wanted == 0 && !isClosed(r.done) {
			r.cancel()
			if s.reads[set.Name] == r {
				delete(s.reads, set.Name)
			}
		}
	}()
	select {
	case <-r.done:
		return r.files, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// open reads a set.
func (s *sets) open(ctx context.Context, set Set, r *reading) {
	defer r.cancel()
	s.turn.Lock()
	defer s.turn.Unlock()
	files, err := served(ctx, set)
	s.mu.Lock()
	defer s.mu.Unlock()
	r.files, r.err = files, err
	if p := (*Problem)(nil); !errors.As(err, &p) { // a problem is found quickly, and may be corrected
		r.until = time.Now().Add(remembered)
	}
	close(r.done)
}

// served are a set's files as they are served.
func served(ctx context.Context, set Set) (map[string]*file, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // it was cancelled before its turn came
	}
	var bodies map[string][]byte
	err := guard.Protect(func() (err error) {
		bodies, err = set.Open(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	files := make(map[string]*file, len(bodies))
	for name, body := range bodies {
		if files[name], err = newFile(contentType(name), body); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
