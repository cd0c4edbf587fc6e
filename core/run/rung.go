package run

import "time"

// Rung is the state of a run of a sweep when it reached a rung of the sweep and was parked there: its net was measured, its state was kept, and
// the training stopped, until the sweep promotes it or ends.
type Rung struct {
	Step     int       `json:"step"`     // training steps done
	Accuracy float64   `json:"accuracy"` // of N validation images at that step, 0 to 1
	N        int       `json:"n"`
	Time     time.Time `json:"time"` // when it was reported
}

// parked reports whether a run without an end stands at the last rung that it reached.
func (s *Summary) parked() bool {
	return len(s.Rungs) > 0 && s.Rungs[len(s.Rungs)-1].Step == s.Step
}
