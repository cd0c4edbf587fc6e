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

// Job is a run of a store that is to be trained: one that has not begun, or that is to go on.
type Job struct {
	ID     string        `json:"-"` // of the run
	Label  run.Label     `json:"-"` // the run's
	Recipe recipe.Recipe `json:"recipe"`
	Phase  run.Phase     `json:"-"`      // Waiting, or Loading or Training for the one that has its turn; "" where that is not known
	Queued time.Time     `json:"queued"` // when it was asked for; the first is trained first
	// Attempts is how often a program has begun to train it, and was killed before the run came further than Step.
	Attempts int `json:"attempts,omitempty"`
	Step     int `json:"step,omitempty"`
}

// What a queue may answer.
var (
	ErrLong   = errors.New("too many runs are in the queue; wait until some are done, or delete some")
	ErrQueued = errors.New("it is in the queue already")
	ErrIdle   = errors.New("it is neither in training nor in the queue")
	ErrWaits  = errors.New("it waits for its turn; until then it can only be stopped")
)

// Happening is something that has happened to one of a store's runs.
type Happening struct {
	At      Position
	Run     string          // its ID
	Record  json.RawMessage // what was written to its log, without the line feed; nil where the run has changed otherwise
	Passing bool            // Record is for a display: it is in no log
	Deleted bool            // the run is not there any more
}

// DeletedFor is for how long a store that tells what happens tells of a deletion.
const DeletedFor = 30 * 24 * time.Hour

// Position is how far somebody has followed what happens in a store. The zero value is before everything.
type Position struct {
	Store  uint64 // which store it is of
	Events uint64 // number of the last record of any log
	Runs   uint64 // number of the last change of a run
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
		return Position{}, fmt.Errorf("%.40q is no position of an event stream; leave it out to begin with what happens next", text)
	}
	return p, nil
}
