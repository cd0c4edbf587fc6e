package run

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"unpool/core/recipe"
)

// Summary is a run in brief: what a table of runs shows, and what runs are sorted and compared by.
type Summary struct {
	ID         string        `json:"id"` // by which its store knows the run
	Label                    // the user's
	Recipe     recipe.Recipe `json:"recipe"`
	Created    time.Time     `json:"created,omitzero"` // zero in logs from before it was kept, as is Updated
	Updated    time.Time     `json:"updated,omitzero"`
	Where      Where         `json:"where"`
	Content    *Content      `json:"content,omitempty"`
	Parameters int           `json:"parameters"`
	// Phase is how the run ended, else Training while a program holds it, Parked at a rung of its sweep, or Interrupted.
	Phase     Phase   `json:"phase"`
	Worker    string  `json:"worker,omitempty"` // name of the machine of a cluster that trains it now; "" where none does, or it is not known
	Step      int     `json:"step"`             // training steps done
	Latest    *Metric `json:"latest,omitempty"`
	Best      *Metric `json:"best,omitempty"` // see Better
	Seconds   float64 `json:"seconds"`        // of training, up to the latest evaluation or the end
	MsPerStep float64 `json:"ms_per_step,omitempty"`
	SHA256    string  `json:"sha256,omitempty"` // of the final weights
	Error     string  `json:"error,omitempty"`  // why it failed, or cannot be read
	Reason    string  `json:"reason,omitempty"` // why it ended before its last step, where that was not the user's wish; see End
	Snapshots int     `json:"snapshots,omitempty"`
	Last      uint64  `json:"last"`            // the number of its last event
	Bytes     int64   `json:"bytes"`           // that its log and its artifacts take
	Sweep     string  `json:"sweep,omitempty"` // ID of the server's sweep that the run belongs to
	Rungs     []Rung  `json:"rungs,omitempty"` // of the sweep at which the run was parked, the lowest first
}

// Label is what a user calls a run.
type Label struct {
	Name string `json:"name,omitempty"` // see MaxName
	Note string `json:"note,omitempty"` // see MaxNote
}

// How many characters a label's texts may have.
const (
	MaxName = 100
	MaxNote = 1000
)

// Check refuses a label that is too long, or whose name is invalid: see CheckName.
func (l Label) Check() error {
	if err := CheckName(l.Name); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(l.Note); n > MaxNote {
		return fmt.Errorf("the note has %d characters, %d too many", n, n-MaxNote)
	}
	return nil
}

// CheckName refuses a name of a user's that is too long, or that has control characters: terminals show names, and would obey them.
func CheckName(name string) error {
	if n := utf8.RuneCountInString(name); n > MaxName {
		return fmt.Errorf("the name has %d characters, %d too many", n, n-MaxName)
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return errors.New("the name has control characters, such as a line break; leave them out")
	}
	return nil
}

// Summary returns what the view knows of a summary: not the label, nor the ID by which the run is kept.
func (v *View) Summary() Summary {
	s := Summary{Phase: v.Phase, Step: v.Step, Updated: v.Updated, Snapshots: len(v.Snapshots)}
	if v.Start != nil {
		s.Recipe, s.Created, s.Where = v.Start.Recipe, v.Start.Created, v.Start.Where
		s.Content, s.Parameters = v.Start.Content, v.Start.Parameters
	}
	for i := range v.Metrics {
		m := &v.Metrics[i].Metric
		s.Latest, s.Seconds = m, m.Seconds
		if Better(m, s.Best) {
			s.Best = m
		}
	}
	if v.End != nil {
		s.Seconds, s.MsPerStep, s.SHA256, s.Error, s.Reason = v.End.Seconds, v.End.MsPerStep, v.End.WeightsSHA256, v.End.Error, v.End.Reason
	}
	return s
}

// Better reports whether evaluation a is better than b: by the accuracy on the validation set, or on the test images
// where a run has no validation set. Of equals the earlier is to be kept. Any is better than none.
func Better(a, b *Metric) bool { return b == nil || a.Decisive() > b.Decisive() }

// Decisive is the accuracy by which evaluations are compared.
func (m *Metric) Decisive() float64 {
	if m.Validation != nil {
		return m.Validation.Accuracy
	}
	return m.Test.Accuracy
}

// Held makes the phase of a run without an end that of one that a program holds, or that none does. Rungs must be set.
func (s *Summary) Held(held bool) {
	switch {
	case s.Phase.Over(), s.Phase == Unreadable:
	case held:
		s.Phase = Training
	case s.parked():
		s.Phase = Parked
	default:
		s.Phase = Interrupted
	}
}

// Newest sorts summaries: those of the newest runs first.
func Newest(all []Summary) { slices.SortFunc(all, Newer) }

// Newer is negative where a's run is to stand before b's in order of age, the newest first.
func Newer(a, b Summary) int {
	return cmp.Or(b.Created.Compare(a.Created), b.Updated.Compare(a.Updated), cmp.Compare(a.ID, b.ID))
}
