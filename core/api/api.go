// Package api is the server's API over HTTP for the runs that it stores: paths, and bodies as typed values. The
// server answers with it, and pages and the command line use it to ask.
//
// It imports no more than the types that are sent.
package api

import (
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
)

// Paths, below the site's own. IDs and names in them are escaped.
const (
	Machine  = "api/machine"  // GET: a Here
	Machines = "api/machines" // GET: a WorkerList
	Runs     = "api/runs"     // GET: a List, the newest first, see RunsAfter; POST a New: a Made
	Import   = "api/import"   // POST a run as one file, of type store.FileType: a Made, or a Problem of status 409 if there is a run of its ID that the file does not continue
	Events   = "api/events"   // GET: all that happens to runs, as an event stream; see Happening

	Class     = "api/class"      // GET: a ClassState, null where there is no server
	ClassCode = "api/class.svg"  // GET: the class's link as a QR code
	ClassOpen = "api/class/open" // GET: empty lines without end; a member's page is counted as long as it reads them
	Kit       = "api/kit.zip"    // GET: the site for a class without internet, as files
)

// MachineFor is Machine, asked about a recipe too.
func MachineFor(r recipe.Recipe) string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // a recipe always marshals
	}
	return Machine + "?recipe=" + url.QueryEscape(string(text))
}

// EventsSince is Events after a position, "" for what happens next.
func EventsSince(position string) string {
	if position == "" {
		return Events
	}
	return Events + "?since=" + url.QueryEscape(position)
}

// RunsAfter is Runs after the page that named a cursor, "" for the first page. The list can be limited: ?limit=, ?state=, ?net=, ?dataset= and ?text=
// are described in /api/openapi.json.
func RunsAfter(cursor string) string {
	if cursor == "" {
		return Runs
	}
	return Runs + "?cursor=" + url.QueryEscape(cursor)
}

// Run is the path of a run. GET: its run.Summary; PATCH with a run.Label; DELETE.
func Run(id string) string { return Runs + "/" + url.PathEscape(id) }

// Log is the path of a run's records from a number on. GET: the log's lines (run.Record.Marshal).
func Log(id string, from uint64) string { return Run(id) + "/log?from=" + strconv.FormatUint(from, 10) }

// Commands is the path at which a run under way or in the queue is told something. POST a control.Command.
func Commands(id string) string { return Run(id) + "/commands" }

// Resume is the path at which a run that was interrupted or stopped, or is done, is put into the queue again. POST, with a Further or without: a Made.
func Resume(id string) string { return Run(id) + "/resume" }

// Artifacts is the path of a run's artifacts. GET: a list of Artifact.
func Artifacts(id string) string { return Run(id) + "/artifacts" }

// ArtifactPath is the path of one. GET: its bytes.
func ArtifactPath(id, name string) string { return Artifacts(id) + "/" + url.PathEscape(name) }

// Here is the machine that the server trains on.
type Here struct {
	Name      string    `json:"name"`                  // of the machine; "" where it has none
	Where     run.Where `json:"where"`                 // what it computes with
	Waiting   int       `json:"waiting"`               // runs in the queue that have not begun
	MsPerStep float64   `json:"ms_per_step,omitempty"` // of the recipe in the query, ?recipe= as JSON, measured here before; 0 where it is not known
}

// Worker is a device that trains runs, one at a time: a machine's processor, or one of its GPUs.
type Worker struct {
	Name  string    `json:"name"`          // of the machine
	Where run.Where `json:"where"`         // what it computes with
	Since time.Time `json:"since"`         // when it began to take runs
	Run   string    `json:"run,omitempty"` // ID of the run that it trains; "" while it trains none
}

// WorkerList are the devices that train the runs of the queue, in order of their names. A device that is gone may be among them for a minute.
type WorkerList struct {
	Machines []Worker `json:"machines"`
}

// ClassState is what a server says of the class that uses its site.
type ClassState struct {
	Member bool   `json:"member,omitempty"` // whoever asks has the class's link, which opens the site and none of the server's runs; the rest is not for members
	Link   string `json:"link,omitempty"`   // the class's, with its token; "" where other machines cannot reach the server
	Open   int64  `json:"open"`             // pages that are open by that link
	Kit    int64  `json:"kit"`              // size of the file at Kit in bytes; 0 where it cannot be made
}

// New is a run to make.
type New struct {
	Recipe recipe.Recipe `json:"recipe"`
	Name   string        `json:"name,omitempty"` // the user's
}

// Further says how a run is resumed.
type Further struct {
	Steps        int     `json:"steps,omitempty"`         // of the run in all; 0 for those that it has left, or for as many again
	LearningRate float64 `json:"learning_rate,omitempty"` // 0 for the one in use
}

// Made names a run that has been put into the queue.
type Made struct {
	ID string `json:"id"`
}

// List is a page of runs. A run that is made meanwhile moves no other to another page; one that leaves the queue may, being newer then than it was.
type List struct {
	Runs []run.Summary `json:"runs"`
	Next string        `json:"next,omitempty"` // the cursor of the next page; "" for the last one
}

// AllRuns reads all pages, and returns the runs with the newest first. get returns what is at a path.
func AllRuns(get func(path string) (List, error)) (all []run.Summary, err error) {
	known := map[string]bool{}
	for cursor, more := "", true; more; {
		page, err := get(RunsAfter(cursor))
		if err != nil {
			return nil, err
		}
		for _, sum := range page.Runs {
			if !known[sum.ID] {
				all = append(all, sum)
			}
			known[sum.ID] = true
		}
		more = page.Next != "" && len(page.Runs) > 0
		cursor = page.Next
	}
	run.Newest(all)
	return all, nil
}

// Artifact is a file stored beside a log.
type Artifact struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
}

// Happening is the data of an event of the stream of Events: a record of a run has been written, or a run has changed otherwise (it has been labelled, deleted, put into
// the queue), or a sweep has changed: it has been made, renamed, changed, commanded or deleted, or it is over. What its runs do, the runs' own
// happenings report. Its ID in the stream is a position: with the header Last-Event-ID or ?since= it continues after that. Without one, and where the
// server does not know the position, it begins with what happens next. The first event has no data: its ID is where the stream begins.
type Happening struct {
	Run     string          `json:"run,omitempty"`     // ID of the run; "" where it is about a sweep
	Sweep   string          `json:"sweep,omitempty"`   // ID of the sweep; "" where it is about a run
	Record  json.RawMessage `json:"record,omitempty"`  // written just now: a line of the log, see run.UnmarshalRecord
	Passing json.RawMessage `json:"passing,omitempty"` // likewise, of an event that is not durable: for a display, in no log, and perhaps left out. It has no ID
	Deleted bool            `json:"deleted,omitempty"` // there is no longer such a run or sweep
}
