package run

import (
	"fmt"
	"strings"
)

// MaxSnapshots is how many snapshots a run keeps at most.
const MaxSnapshots = 24

// Spare returns which of a run's snapshots, in order of steps, is to be removed so that there are at most so many, of so many bytes
// together: the one whose neighbours are nearest to each other on a log scale of steps, never the first or the last. It returns 0 if
// none has to, or none can.
func Spare(all []Snapshot, most int, bytes int64) int {
	total := int64(0)
	for _, s := range all {
		total += s.Bytes
	}
	if len(all) <= 2 || len(all) <= most && total <= bytes {
		return 0
	}
	spare, nearest := 0, 0.0
	for i := 1; i < len(all)-1; i++ {
		gap := float64(all[i+1].Step+1) / float64(all[i-1].Step+1)
		if spare == 0 || gap < nearest {
			spare, nearest = i, gap
		}
	}
	return spare
}

// SnapshotName is the name of the artifact with the weights after a step.
func SnapshotName(step int) string { return fmt.Sprintf(snapshotPrefix+"%07d.safetensors", step) }

// IsSnapshot reports whether an artifact's name is that of a snapshot.
func IsSnapshot(name string) bool { return strings.HasPrefix(name, snapshotPrefix) }

const snapshotPrefix = "weights-"
