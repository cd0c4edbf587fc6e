package httpd

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
)

// A Set is a data set that is read into memory when it is first asked for, and stays there. Names are the program's own:
// what a client sends is compared with them and reaches no file system.
type Set struct {
	Name string
	Find func() (from string)                      // quick: what Open would read, in a word; "" where there is nothing
	Open func() (files map[string][]byte, _ error) // a *Problem or another error
}

// Problem is an answer that says what is wrong and what to do about it, in the form of RFC 9457.
type Problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`  // what is wrong
	Detail string `json:"detail"` // what to do
}

func (p *Problem) Error() string { return p.Title }

// WithAPI returns the site with another handler for the paths below /api/ that are not its data sets.
func (s *Site) WithAPI(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.Handle(indexPath, s)
	mux.Handle(setsPath, s)
	mux.Handle("/api/", api)
	return mux
}

// Where the sets are: an index, and their files at setsPath/NAME/FILE.
const (
	indexPath = "/api/data.json"
	setsPath  = "/api/data/"
)

// sets are the data sets of a site, of which one at a time is being read, so that memory stays within what they need.
type sets struct {
	all   []Set
	mu    sync.Mutex
	files map[string]map[string]*file // by set and file
}

func (s *sets) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == indexPath {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store") // a file that was missing may be there now
		w.Write(s.index())
		return
	}
	name, file, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, setsPath), "/")
	f, err := s.file(name, file)
	var p *Problem
	switch {
	case errors.As(err, &p):
	case err != nil:
		p = &Problem{http.StatusInternalServerError, err.Error(), "Mend or remove the file, then train again."}
	case f == nil:
		http.NotFound(w, r)
		return
	default:
		f.serve(w, r, false)
		return
	}
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings and a number always marshals
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	w.Write(body)
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

// file returns a file of a set, nil if there is no such set or file.
func (s *sets) file(name, file string) (*file, error) {
	for _, set := range s.all {
		if set.Name != name {
			continue
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.files[name] == nil {
			if err := s.read(set); err != nil {
				return nil, err
			}
		}
		return s.files[name][file], nil
	}
	return nil, nil
}

// read keeps a set's files.
func (s *sets) read(set Set) error {
	bodies, err := set.Open()
	if err != nil {
		return err
	}
	files := make(map[string]*file, len(bodies))
	for name, body := range bodies {
		if files[name], err = newFile("application/octet-stream", body); err != nil {
			return err
		}
	}
	if s.files == nil {
		s.files = map[string]map[string]*file{}
	}
	s.files[set.Name] = files
	return nil
}
