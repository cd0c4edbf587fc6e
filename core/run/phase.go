package run

// Phase is what a run is doing, or how it ended.
type Phase string

// The phases. Empty is the zero value: no run yet. Done, Stopped and Failed are ends.
const (
	Empty      Phase = ""
	Loading    Phase = "loading"    // fetching programs or data
	Compiling  Phase = "compiling"  // building the training step
	Training   Phase = "training"   // stepping
	Evaluating Phase = "evaluating" // measuring
	Paused     Phase = "paused"
	Done       Phase = "done"
	Stopped    Phase = "stopped" // by the user, or by its sweep
	Failed     Phase = "failed"
	// Interrupted is a run whose log has no end, and that no program holds: it can be resumed.
	Interrupted Phase = "interrupted"
	// Waiting is a run in the queue of a server that has not had its turn: it may have been trained in part.
	Waiting Phase = "waiting"
	// Parked is a run that stands at a rung of a sweep: its sweep may promote it, which resumes it.
	Parked Phase = "parked"
	// Unreadable is a run that its store cannot read: its summary has its ID and an error.
	Unreadable Phase = "unreadable"
	// Deleted is a run that is no longer on its server, and of which a browser has stored what it received.
	Deleted Phase = "deleted on the server"
)

// Active reports whether a run is under way, paused or not.
func (p Phase) Active() bool {
	switch p {
	case Loading, Compiling, Training, Evaluating, Paused:
		return true
	}
	return false
}

// CanPause reports whether the run is past its preparations and not over, so that it can be paused or stepped.
func (p Phase) CanPause() bool { return p == Training || p == Evaluating || p == Paused }

// Over reports whether a run has ended.
func (p Phase) Over() bool { return p == Done || p == Stopped || p == Failed }
