package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"unpool/core/checkpoint"
	"unpool/core/run"
)

// SnapshotBytes is what a run's snapshots take together, if nothing else is said.
const SnapshotBytes = 48 << 20

// BoundSnapshots bounds what the run's snapshots take together, in bytes; with 0 none are kept. The run's next Start says so, and where the run is resumed
// that holds further.
func (r *Recorder) BoundSnapshots(bytes int64) { r.budget = bytes }

// Snapshot keeps the net's weights as an artifact. lost is how much accuracy they cost on n test images. Where the snapshots would
// become too many or too large, one in between makes room: never the first, nor the last. Where it cannot be kept, a run.Missed says so in its place.
func (r *Recorder) Snapshot(s *checkpoint.Snapshot, lost float64, n int) error {
	if r.budget <= 0 {
		return nil
	}
	e := &run.Snapshot{
		Step: s.Step, Name: run.SnapshotName(s.Step), Layers: s.Layers(), Encoding: s.Encoding, Lost: lost, N: n,
	}
	hash := sha256.New()
	count := counter(0)
	err := s.Write(io.MultiWriter(hash, &count))
	if err == nil && r.failed == nil {
		err = r.writer.Put(e.Name, s.Write)
	}
	if err != nil {
		return r.Record(&run.Missed{Step: s.Step, Error: err.Error()})
	}
	e.Bytes, e.SHA256 = int64(count), hex.EncodeToString(hash.Sum(nil))
	if err := r.Record(e); err != nil {
		return err
	}
	for {
		i := run.Spare(r.view.Snapshots, run.MaxSnapshots, r.budget)
		if i == 0 {
			return nil
		}
		spare := r.view.Snapshots[i]
		spare.Removed = true
		if err := r.Record(&spare); err != nil {
			return err
		}
		// Its file goes with the next checkpoint: until then a resumption would take the event back, and find the file.
		r.doomed = append(r.doomed, spare.Name)
	}
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// ErrNoWeights means that a run has no weights of a step.
var ErrNoWeights = errors.New("the run has no stored weights")

// Weights are those of a run after a step: as they were, where one of the checkpoints that are named is of that step, else as its
// snapshot has them. Where it has none the error is ErrNoWeights.
func Weights(ctx context.Context, s interface {
	Getter
	Read(ctx context.Context, id string, from uint64) ([]run.Record, error)
}, id string, step int, checkpoints ...string) (*checkpoint.Checkpoint, error) {
	for _, name := range checkpoints {
		if c, err := Load(ctx, s, id, name); err == nil && c.Step == step { // one that cannot be read does not keep a snapshot from it
			return c, nil
		}
	}
	log, err := s.Read(ctx, id, 1)
	if err != nil {
		return nil, err
	}
	for _, one := range run.Replay(log).Snapshots {
		if one.Step == step {
			return ReadSnapshot(s.Get(ctx, id, one.Name))
		}
	}
	return nil, fmt.Errorf("%w for step %d", ErrNoWeights, step)
}

// ReadSnapshot reads the weights of a snapshot that a store or a site has given, or passes on why it has not.
func ReadSnapshot(f io.ReadCloser, err error) (*checkpoint.Checkpoint, error) {
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	s, err := checkpoint.ReadSnapshot(f)
	if err != nil {
		return nil, err
	}
	return s.Checkpoint(), nil
}
