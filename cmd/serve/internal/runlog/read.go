package runlog

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"unpool/core/checkpoint"
	"unpool/core/run"
)

// Events reads the log of the run in dir. A last line that a kill cut short is left out.
func Events(dir string) ([]run.Event, error) { return ReadFile(filepath.Join(dir, File)) }

// ReadFile reads a log as Events does, from a file of any name.
func ReadFile(path string) ([]run.Event, error) {
	log, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var events []run.Event
	for {
		line, rest, whole := bytes.Cut(log, []byte("\n"))
		if !whole {
			return events, nil
		}
		e, err := run.Unmarshal(line)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, len(events)+1, err)
		}
		events, log = append(events, e), rest
	}
}

// Load reads a checkpoint of the run in dir: Last or Best.
func Load(dir, name string) (*checkpoint.Checkpoint, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	c, err := checkpoint.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return c, nil
}
