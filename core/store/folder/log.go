package folder

import (
	"fmt"
	"os"
	"path/filepath"

	"unpool/core/run"
)

// log is a run's log as it lies on the disk.
type log struct {
	records []run.Record
	size    int64 // bytes of whole lines
	torn    bool  // a last line follows that a kill cut short
}

// readLog reads the log in a run's folder.
func readLog(dir string) (log, error) { return readFile(filepath.Join(dir, logFile)) }

// ReadFile reads a log from a file of any name, in the format of a run's folder. A last line that a kill cut short is left out.
func ReadFile(path string) ([]run.Record, error) {
	l, err := readFile(path)
	return l.records, err
}

func readFile(path string) (log, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return log{}, err
	}
	records, size, err := run.ReadLog(text)
	if err != nil {
		return log{}, fmt.Errorf("%s, %w", path, err)
	}
	return log{records, int64(size), size < len(text)}, nil
}
