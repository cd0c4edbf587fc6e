// Package store keeps runs: of each its log of numbered events, and artifacts beside it. Store says what a place that keeps runs
// can do; this package has the one in memory, the packages below have others, and all pass the tests of storetest. Recorder is how
// the events and checkpoints of a training session come into a store, and how a run is resumed from one.
//
// It knows what a log means (core/run) and what a checkpoint is, but not how training works.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"

	"unpool/core/run"
)

// Store keeps runs by their IDs. Its methods may be called from several goroutines.
type Store interface {
	// Create begins a run and takes it for the caller: ErrExists if there is one with the ID.
	Create(ctx context.Context, id string) (Writer, error)
	// Open takes a run to append to it: ErrNotFound, or ErrBusy while another program has it.
	Open(ctx context.Context, id string) (Writer, error)
	// Read returns the records of a log from a number on, in order. What a kill cut short is left out.
	Read(ctx context.Context, id string, from uint64) ([]run.Record, error)
	// Watch gives the records of a log from a number on, and then those that are appended, until ctx ends or the run is deleted.
	Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error]
	// List returns a summary of every run whose log has begun, the newest first. One that cannot be read is run.Unreadable.
	List(ctx context.Context) ([]run.Summary, error)
	// Artifacts returns what lies beside a log, in order of name.
	Artifacts(ctx context.Context, id string) ([]Artifact, error)
	// Get reads an artifact: ErrNotFound if there is none of the name.
	Get(ctx context.Context, id, name string) (io.ReadCloser, error)
	// Label gives a run the user's name and note, in place of those before; see run.Label.Check.
	Label(ctx context.Context, id string, l run.Label) error
	// Delete removes a run and all that belongs to it: ErrBusy while a program has it.
	Delete(ctx context.Context, id string) error
}

// Changing is a store that tells at once when a run grows, gets a label or is deleted, whoever does it.
type Changing interface {
	Store
	// Changes returns a channel that has a token when anything has changed since the last was taken, until ctx ends.
	Changes(ctx context.Context) <-chan struct{}
}

// Writer is a run that one program holds: no other can open it until the writer is closed or the program has ended, in
// whatever way.
type Writer interface {
	// Last returns the number of the last record, 0 for an empty log.
	Last() uint64
	// Append adds records, whose numbers must be the next: ErrConflict, with nothing changed, where they are not, or where the log
	// is no longer as this writer left it. A kill may leave the first of them only.
	Append(records ...run.Record) error
	// Put makes an artifact of what write writes, whole or not at all, in place of one of the same name. All that was appended
	// before is then at least as safe as the artifact.
	Put(name string, write func(io.Writer) error) error
	// Copy makes an artifact of what another one is, as Put does.
	Copy(from, to string) error
	// Remove removes an artifact, if there is one.
	Remove(name string) error
	// Close leaves the run to others. To close it again does nothing.
	Close() error
}

// Artifact is what lies beside a log: a checkpoint, a snapshot of weights, or an analysis of the net.
type Artifact struct {
	Name string
	Size int64 // bytes
}

// What a store may answer. Errors say in words which run or artifact.
var (
	ErrExists   = errors.New("a run exists already")
	ErrNotFound = errors.New("not found")
	ErrBusy     = errors.New("another program is training it; wait for that to end, or stop it")
	ErrNotBegun = errors.New("the run was interrupted before it started; delete it and train again")
	ErrFull     = errors.New("the storage is full")
	ErrConflict = errors.New("another program changed or deleted its log")
	// ErrUnreachable is a store elsewhere that did not answer for a while. What became of the request is not known.
	ErrUnreachable = errors.New("the store does not answer")
)

// Follow is Watch for a store that only knows when to look again: read returns the records from a number on, and wait waits until there
// may be more, and reports whether anybody still looks.
func Follow(from uint64, read func(from uint64) ([]run.Record, error), wait func() bool) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		for from := max(from, 1); ; {
			some, err := read(from)
			if err != nil {
				yield(run.Record{}, err)
				return
			}
			for _, r := range some {
				if !yield(r, nil) {
					return
				}
			}
			if from += uint64(len(some)); !wait() {
				return
			}
		}
	}
}

// Lines returns records as the lines of a log, each with its line feed, that are to follow the last one: ErrConflict if their numbers
// are not the next.
func Lines(id string, last uint64, records []run.Record) (lines [][]byte, err error) {
	for _, r := range records {
		if last++; r.Seq != last {
			return nil, fmt.Errorf("run %s: event %d after %d: %w", id, r.Seq, last-1, ErrConflict)
		}
		line, err := r.Marshal()
		if err != nil {
			return nil, err
		}
		lines = append(lines, append(line, '\n'))
	}
	return lines, nil
}

// maxName bounds the bytes of IDs and artifacts' names: a file system has the same bound.
const maxName = 200

// CheckName refuses what no store takes as a run's ID or an artifact's name: it must be a file's name everywhere.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("a name is missing")
	case len(name) > maxName:
		return errors.New("a name is longer than 200 bytes")
	case strings.HasPrefix(name, "."):
		return errors.New("a name begins with a dot")
	case strings.ContainsAny(name, `/\:`) || strings.ContainsFunc(name, unicode.IsControl):
		return errors.New("a name has a character that file names may not have")
	}
	return nil
}
