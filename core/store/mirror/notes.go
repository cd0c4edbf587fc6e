package mirror

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"time"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
)

// current is the note that has the identity of the server's store that was seen last. Under that identity is a server, and under the identity,
// a stroke and a run's ID a seen; and see unsentKey.
const current = "current"

// server is what is noted of a server.
type server struct {
	Position string    `json:"position"` // behind what the summaries are of; see store.Position
	AsOf     time.Time `json:"as_of"`    // when it was heard last
	Here     api.Here  `json:"here"`
}

// seen is what is noted of a run.
type seen struct {
	Summary run.Summary `json:"summary"`
	Deleted time.Time   `json:"deleted,omitzero"` // when it was found to be deleted on the server; zero for a run that is there

	text string // the note
}

// note writes what is noted.
func note(what any) string {
	text, err := json.Marshal(what)
	if err != nil {
		panic(err) // these are plain values
	}
	return string(text)
}

// key is the name of a run's note.
func (s *Store) key(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity + "/" + id
}

// load takes in all that is noted of the current server. Notes that cannot be read count as none: the server is asked anew.
func (s *Store) load(ctx context.Context) {
	all, err := s.local.Notes.Load(ctx)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if all[current] == "" {
		return
	}
	s.identity, s.server, s.runs, s.unsent = all[current], server{}, map[string]seen{}, map[string]run.Label{}
	s.apply(all)
}

// apply takes in notes of the current server; s is locked.
func (s *Store) apply(changes map[string]string) {
	for name, text := range changes {
		if id, ok := strings.CutPrefix(name, unsentKey(s.identity, "")); ok {
			s.applyLabel(id, text)
			store.Wake(s.wake)
			continue
		}
		id, ok := strings.CutPrefix(name, s.identity+"/")
		switch {
		case name == s.identity:
			var is server
			if json.Unmarshal([]byte(text), &is) == nil {
				s.server = is
				s.arrived()
			}
		case !ok:
		case text == "":
			delete(s.runs, id)
		default:
			one := seen{text: text}
			if json.Unmarshal([]byte(text), &one) == nil {
				s.runs[id] = one
			}
		}
	}
	s.changes.Notify()
}

// arrived notes that there is something to list; s is locked.
func (s *Store) arrived() {
	if !s.isReady() {
		close(s.ready)
	}
}

func (s *Store) isReady() bool {
	select {
	case <-s.ready:
		return true
	default:
		return false
	}
}

// save notes something, and tells the others. Where the browser keeps no notes it holds as long as the programs.
func (s *Store) save(ctx context.Context, changes map[string]string) {
	_ = s.local.Notes.Save(ctx, changes)
	s.mu.Lock()
	s.apply(changes)
	s.mu.Unlock()
	s.tell(message{Saved: changes})
}

// Memory is Notes that last as long as the program. The zero value has none.
type Memory struct {
	mu  sync.Mutex
	all map[string]string
}

// Load is Notes's.
func (m *Memory) Load(context.Context) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.all), nil
}

// Save is Notes's.
func (m *Memory) Save(_ context.Context, changes map[string]string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[string]string{}
	}
	for name, text := range changes {
		if text == "" {
			delete(m.all, name)
		} else {
			m.all[name] = text
		}
	}
	return nil
}
