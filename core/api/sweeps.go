package api

import (
	"encoding/json"
	"net/url"
	"time"

	"unpool/core/run"
)

// Sweeps is the path of all sweeps. GET: a SweepList, the newest first; POST a NewSweep: a Made with the sweep's ID, or a Problem of status 422 that names
// the field of the file that is wrong.
const Sweeps = "api/sweeps"

// SweepPath is the path of a sweep. GET: a Sweep; PATCH with a SweepChange; DELETE deletes it and all its runs.
func SweepPath(id string) string { return Sweeps + "/" + url.PathEscape(id) }

// SweepCommands is the path at which a sweep is told something. POST a SweepCommand.
func SweepCommands(id string) string { return SweepPath(id) + "/commands" }

// MaxSweepFile bounds a sweep file, in bytes.
const MaxSweepFile = 1 << 16

// NewSweep is a sweep to make.
type NewSweep struct {
	File json.RawMessage `json:"file"`           // a sweep file: a JSON object whose form docs/sweeps.md describes
	Name string          `json:"name,omitempty"` // the user's; see run.MaxName
}

// SweepChange changes a sweep; fields that are nil stay as they are. Points and seeds can only be added: those that are there keep their runs.
type SweepChange struct {
	Name    *string `json:"name,omitempty"`
	Points  *int    `json:"points,omitempty"`  // of the file's random: how many are drawn in all
	Seeds   *int    `json:"seeds,omitempty"`   // runs of each point in all
	Workers *int    `json:"workers,omitempty"` // runs of the sweep in training at a time; 0 for as many as the server trains
}

// Check refuses an invalid name: see run.CheckName.
func (c SweepChange) Check() error {
	if c.Name == nil {
		return nil
	}
	return run.CheckName(*c.Name)
}

// SweepVerb is what a sweep is told to do.
type SweepVerb string

// The verbs.
const (
	PauseSweep    SweepVerb = "pause"    // begin and resume no further runs; those in training go on to their rung or their end
	ContinueSweep SweepVerb = "continue" // after a pause
	StopSweep     SweepVerb = "stop"     // for good: its runs are stopped where they are, and what they learned is kept
)

// SweepCommand is one instruction.
type SweepCommand struct {
	Do SweepVerb `json:"do"`
}

// SweepState is what a sweep is doing, or how it ended.
type SweepState string

// The states.
const (
	SweepRunning SweepState = "running" // its runs are trained when their turn comes
	SweepPaused  SweepState = "paused"
	SweepStopped SweepState = "stopped" // by the user
	SweepDone    SweepState = "done"
)

// Over reports whether a sweep has ended. One that is done begins again when points or seeds are added.
func (s SweepState) Over() bool { return s == SweepStopped || s == SweepDone }

// SweepList are sweeps.
type SweepList struct {
	Sweeps []SweepSummary `json:"sweeps"`
}

// SweepSummary is a sweep in a few words.
type SweepSummary struct {
	ID      string     `json:"id"`
	Name    string     `json:"name,omitempty"` // the user's
	Created time.Time  `json:"created"`
	Ended   time.Time  `json:"ended,omitzero"` // when it was over; zero for one that is not
	State   SweepState `json:"state"`
	Workers int        `json:"workers,omitempty"` // see SweepChange
	Points  int        `json:"points"`
	Merged  int        `json:"merged,omitempty"` // further points of the file that have the settings of one of these, as draws may that round alike
	Seeds   int        `json:"seeds"`            // runs of each point
	// Rungs are the training steps at which runs are compared, the lowest first; the last is the recipe's, the end of a run. A sweep that trains all
	// runs to the end has that one only.
	Rungs []int `json:"rungs"`
	// Eta is how ASHA promotes: of those at a rung, one in Eta. 0 for a sweep that trains all runs to the end.
	Eta int `json:"eta,omitempty"`
	// Runs says how many of the sweep's runs are in which phase, Points times Seeds in all: run.Empty ("") for those that have not begun.
	Runs map[run.Phase]int `json:"runs"`
	// Steps is how many training steps were taken, and Whole how many it would take to train all runs to the end.
	Steps int64      `json:"steps"`
	Whole int64      `json:"whole"`
	Best  *SweepBest `json:"best,omitempty"` // nil while no run was measured
	// Error says why nothing more is known of it: its file can no longer be read, for example because it names a net that this program does not have.
	Error string `json:"error,omitempty"`
}

// SweepBest is a sweep's best point so far, see SweepPoint.Rank.
type SweepBest struct {
	Point    int     `json:"point"`    // its place in Sweep.All
	Accuracy float64 `json:"accuracy"` // see SweepPoint
	// Test is the test accuracy of its runs at their last evaluation, a mean over them, and TestN how many test images each was measured on. Nothing is
	// chosen by it: it is shown once the sweep is over, and nil before.
	Test  *float64 `json:"test,omitempty"`
	TestN int      `json:"test_n,omitempty"`
}

// Sweep is a sweep with all its points and runs.
type Sweep struct {
	SweepSummary
	File   json.RawMessage `json:"file"`   // as it was given, with the points and seeds that were added
	Fields []string        `json:"fields"` // the recipe's fields that differ between points, as recipe.Fields names them; also "net.0.maps", "units"
	All    []SweepPoint    `json:"all"`    // in order of the file
}

// SweepPoint is one of the settings that a sweep tries. Its accuracies are of validation images, from 0 to 1, means over those of its runs that were
// measured and did not fail.
type SweepPoint struct {
	Values []string `json:"values"` // of Sweep.Fields, in words; "" for a field that the point's net or optimiser does not have
	// Rank is its place among all points, 1 for the best: points whose runs came to a higher rung first, of these by Accuracy; points with a run that failed
	// come last. 0 for a point without any measured run.
	Rank int `json:"rank"`
	Rung int `json:"rung"` // the highest that all its runs have reached, its place in Rungs; -1 before the first
	// Accuracy is that by which it is ranked: at Rung, where it has one below the end, else of the best evaluation of each run.
	Accuracy  float64    `json:"accuracy"`
	Deviation float64    `json:"deviation,omitempty"` // standard, of Accuracy over the runs, for a sample; 0 for fewer than two
	N         int        `json:"n"`                   // runs that Accuracy is the mean of; 0 where none was measured
	Runs      []SweepRun `json:"runs"`                // a run for each seed
}

// SweepRun is a run of a sweep, in fewer words than its run.Summary.
type SweepRun struct {
	ID      string         `json:"id"` // of the run, which is not there where Phase is ""
	Seed    uint64         `json:"seed"`
	Phase   run.Phase      `json:"phase"`
	Step    int            `json:"step"`              // training steps done
	Rungs   []run.Rung     `json:"rungs,omitempty"`   // at which it was parked
	Best    *SweepAccuracy `json:"best,omitempty"`    // of its evaluations
	Last    *SweepAccuracy `json:"last,omitempty"`    // evaluation
	Seconds float64        `json:"seconds,omitempty"` // of training
	Updated time.Time      `json:"updated,omitzero"`  // of one that is over: when it ended
	Why     string         `json:"why,omitempty"`     // it failed or was stopped, such as "stopped by the sweep at rung 2: 14th of 27"
}

// SweepAccuracy is an evaluation on validation images.
type SweepAccuracy struct {
	Step     int     `json:"step"`
	Accuracy float64 `json:"accuracy"` // 0 to 1
}
