package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/runlog"
	"unpool/core/checkpoint"
	"unpool/core/run"
	"unpool/core/train"
)

// sink takes a run's events to everything that records or shows them.
type sink struct {
	progress *console.Progress
	lines    io.Writer   // one event a line; nil for none
	log      *runlog.Log // nil for no log
	stop     func()      // ends the run
	end      run.End
	err      error // of the first event or checkpoint that could not be written
}

// follow runs a session whose Emit and Keep are the sink's, to its end or until ctx ends it, and closes the log.
func (s *sink) follow(ctx context.Context, session *train.Session) error {
	ctx, s.stop = context.WithCancel(ctx)
	defer s.stop()
	failed := session.Run(ctx)
	if err := s.close(); err != nil {
		return err
	}
	if failed != nil {
		return fmt.Errorf("%s. %s", strings.TrimSuffix(s.end.Error, "."), s.end.Hint)
	}
	return nil
}

// take is the run's Emit. An event that cannot be written stops the run.
func (s *sink) take(e run.Event) {
	s.progress.Show(e)
	switch e := e.(type) {
	case *run.State, *run.Progress:
		return // for a display only
	case *run.End:
		s.end = *e
	}
	s.write(func() error { return s.show(e) })
}

// keep is the run's Keep.
func (s *sink) keep(c *checkpoint.Checkpoint) {
	if s.log != nil {
		s.write(func() error { return s.log.Checkpoint(c) })
	}
}

// write calls f, unless something could not be written before.
func (s *sink) write(f func() error) {
	if s.err != nil {
		return
	}
	if s.err = f(); s.err != nil {
		s.stop()
	}
}

func (s *sink) show(e run.Event) error {
	if s.lines != nil {
		line, err := run.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := s.lines.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	if s.log != nil {
		return s.log.Append(e)
	}
	return nil
}

// close closes the log and returns what went wrong with the writing.
func (s *sink) close() error {
	if s.log == nil {
		return s.err
	}
	return errors.Join(s.err, s.log.Close())
}
