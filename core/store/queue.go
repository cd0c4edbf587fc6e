package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
)

// Job is a run of a store that is to be trained: one that has not begun, or that is to continue.
type Job struct {
	ID     string        `json:"-"` // of the run
	Label  run.Label     `json:"-"` // the run's
	Recipe recipe.Recipe `json:"recipe"`
	Phase  run.Phase     `json:"-"`               // Waiting, or Loading, Training or Paused for one that a worker has claimed; "" where that is not known
	Worker string        `json:"-"`               // name of the machine that trains it; "" while it waits
	Queued time.Time     `json:"queued"`          // when it was asked for; the first is trained first
	Sweep  string        `json:"sweep,omitempty"` // ID of the sweep that the run is to belong to; "" for none
	// Until is the training step, below the recipe's, at which the run is measured and parked: it leaves the queue there, and has another run.Rung. 0 for the end.
	Until int `json:"until,omitempty"`
	// Attempts is how often a program has begun to train it, and was killed before the run came further than Step.
	Attempts int `json:"attempts,omitempty"`
	Step     int `json:"step,omitempty"`
	// Rate is the learning rate at which the run is resumed, until it has come further than Step; 0 for the one in force.
	Rate float64 `json:"rate,omitempty"`
	// Paused says that the run was paused, and stays so when another program trains it.
	Paused bool `json:"paused,omitempty"`
}

// WithJobs adds to summaries of runs what is known of those in the queue: their phases, and the runs that have not begun. The newest are first.
func WithJobs(all []run.Summary, jobs []Job) []run.Summary {
	at := make(map[string]int, len(all))
	for i := range all {
		at[all[i].ID] = i
	}
	for _, j := range jobs {
		i, begun := at[j.ID]
		if !begun {
			i = len(all)
			all = append(all, run.Summary{ID: j.ID, Label: j.Label, Recipe: j.Recipe, Created: j.Queued, Updated: j.Queued, Sweep: j.Sweep})
		}
		all[i].Worker = j.Worker
		if j.Phase != run.Training || !knows(&all[i], j) {
			all[i].Phase = j.Phase
		}
	}
	run.Newest(all)
	return all
}

// knows reports whether the log of a run in training knows its phase better than the queue does: unless nothing is in it yet since the run was queued.
func knows(sum *run.Summary, j Job) bool {
	before := sum.Phase.Over() && sum.Updated.Before(j.Queued)
	return sum.Phase != run.Empty && sum.Phase != run.Interrupted && !before
}

// Claim is a job that a worker holds, so that no other worker takes it: until it is released, or lost. It is lost where the worker
// was silent for too long, as a program is that was stopped, and another worker has claimed the job since.
type Claim interface {
	// Training says that the run is loaded and trains.
	Training() error
	// Lost is closed when the claim is lost.
	Lost() <-chan struct{}
	// Release leaves the job to others.
	Release()
}

// Enlisted is a device that is listed as one that trains, until it leaves or its program has ended.
type Enlisted interface {
	// Trains says which run it trains; "" for none.
	Trains(id string) error
	// Leave takes it out of the list.
	Leave()
}

// What a queue may answer.
var (
	ErrLong   = errors.New("too many runs are in the queue; wait until some have ended, or delete some")
	ErrQueued = errors.New("it is already in the queue")
	ErrIdle   = errors.New("it is neither in training nor in the queue")
	ErrWaits  = errors.New("it is waiting for its turn; until then it can only be stopped")
	ErrSilent = errors.New("the machine that trains it does not answer; if that machine is gone, another will soon take over the run")
)

// Happening is something that has happened to one of a store's runs or sweeps.
type Happening struct {
	At      Position
	Run     string          // its ID; "" where it is about a sweep
	Sweep   string          // ID of a sweep that has changed; "" where it is about a run
	Record  json.RawMessage // what was written to its log, without the line feed; nil where the run has changed otherwise
	Passing bool            // Record is for a display: it is in no log
	Deleted bool            // the run or the sweep is not there any more
}

// DeletedFor is for how long a store that tells what happens reports a deletion.
const DeletedFor = 30 * 24 * time.Hour

// Position is how far somebody has followed what happens in a store. The zero value is before everything.
type Position struct {
	Store  uint64 // which store it is of
	Events uint64 // number of the last record of any log
	Runs   uint64 // number of the last change of a run or a sweep
}

// Before reports whether a position is one of the same store, and not beyond another.
func (p Position) Before(now Position) bool {
	return p.Store == now.Store && p.Events <= now.Events && p.Runs <= now.Runs
}

// String writes a position as ParsePosition reads it.
func (p Position) String() string { return fmt.Sprintf("%x-%d-%d", p.Store, p.Events, p.Runs) }

// StoreOf is what tells the store of a position from others.
func StoreOf(position string) string {
	identity, _, _ := strings.Cut(position, "-")
	return identity
}

// ParsePosition reads what String wrote.
func ParsePosition(text string) (p Position, err error) {
	if _, err := fmt.Sscanf(text, "%x-%d-%d", &p.Store, &p.Events, &p.Runs); err != nil || p.String() != text {
		return Position{}, fmt.Errorf("%.40q is not a position in the event stream; leave it out to start with what happens next", text)
	}
	return p, nil
}
