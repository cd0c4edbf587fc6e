package store

import (
	"encoding/json"
	"time"
)

// Sweep is a search over recipes that a store keeps. What its runs have come to is not here but in the runs, which name it.
type Sweep struct {
	ID      string          `json:"id"`
	Name    string          `json:"name,omitempty"` // the user's
	File    json.RawMessage `json:"file"`           // a sweep file, with what was added to it
	Created time.Time       `json:"created"`
	Workers int             `json:"workers,omitempty"` // at most so many of its runs are trained at a time; 0 for any number
	Paused  bool            `json:"paused,omitempty"`
	Stopped bool            `json:"stopped,omitempty"` // by the user: its runs are being stopped, or were
	Ended   time.Time       `json:"ended,omitzero"`    // when it was over, with all its runs
	Doomed  bool            `json:"doomed,omitempty"`  // it is being deleted, with all its runs
}

// Idle reports whether none of the sweep's runs is to begin, or to be resumed.
func (s Sweep) Idle() bool { return s.Paused || s.Stopped || s.Doomed || !s.Ended.IsZero() }
