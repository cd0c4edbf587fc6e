package runs

import (
	"unpool/app/client"
	"unpool/app/shell"
)

// shelf are the runs that have been read whole, for details and comparisons.
type shelf struct {
	shell *shell.Shell
	runs  map[client.Ref]*loading
}

// loading is a run being read: kept, or failed, or neither yet.
type loading struct {
	kept   *client.Kept
	failed error
	last   uint64 // the number of the last event that it is read up to, as its summary says
	busy   bool
}

// get returns a run, nil while it is read, and reads what is new when it has grown since. A failure stays until again is called.
func (s *shelf) get(r *row) (*client.Kept, error) {
	of := r.Ref()
	l := s.runs[of]
	if l == nil {
		l = &loading{}
		s.runs[of] = l
	}
	if !l.busy && l.failed == nil && (l.kept == nil || l.last != r.Last) {
		l.busy = true
		last := r.Last
		before := l.kept
		if last < l.last {
			before = nil // another run has the ID by now
		}
		s.shell.Runs.Read(of, before, func(k *client.Kept, err error) {
			l.busy, l.failed = false, err
			if err == nil {
				l.kept, l.last = k, last
			}
		})
	}
	return l.kept, l.failed
}

// again forgets that a run could not be read.
func (s *shelf) again(of client.Ref) { delete(s.runs, of) }
