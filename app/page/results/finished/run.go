package finished

import (
	"errors"
	"fmt"

	"unpool/core/run"
)

// ReadRun reads a finished run's log.
func ReadRun(text string) (*run.View, error) {
	log, _, err := run.ReadLog([]byte(text))
	if err != nil {
		return nil, err
	}
	v := run.Replay(log)
	if v.Start == nil || len(v.Metrics) == 0 {
		return nil, errors.New("the events have no beginning or no evaluation")
	}
	return v, nil
}

// Label names a run among those of its net.
func Label(seed uint64) string { return fmt.Sprintf("seed %d", seed) }
