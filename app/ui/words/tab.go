package words

import (
	"fmt"

	"unpool/core/number"
	"unpool/core/run"
)

// Tab says in a few characters how far a run is or how it ended, for the title of the browser's tab; "" where there is none.
func Tab(v *run.View) string {
	at := ""
	if r, ok := v.Recipe(); ok && r.Steps > 0 {
		at = fmt.Sprintf("%d%s%%", 100*v.Step/r.Steps, number.Thin)
	}
	switch v.Phase {
	case run.Empty:
		return ""
	case run.Loading:
		return "Loading"
	case run.Compiling:
		return "Compiling"
	case run.Paused:
		return "Paused at " + at
	case run.Failed:
		return "Failed"
	case run.Done, run.Stopped:
		end := "Done"
		if v.Phase == run.Stopped {
			end = "Stopped"
		}
		if last, ok := v.Latest(); ok && last.Step == v.Step {
			end += ": " + number.Share(last.Test.Accuracy) + " correct"
		}
		return end
	}
	return at
}
