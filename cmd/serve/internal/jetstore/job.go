package jetstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"unpool/core/run"
	"unpool/core/store"
)

// Enqueue queues a run that is stored, or a new one that has not begun: store.ErrExists where it is queued already, or where a sweep sends it to a rung that it
// has reached since, as a program does that was stopped meanwhile. A new one has the job's label and sweep.
func (s *Store) Enqueue(ctx context.Context, j store.Job) error {
	if err := store.CheckName(j.ID); err != nil {
		return fmt.Errorf("a run cannot be called %q: %w", j.ID, err)
	}
	if err := j.Label.Check(); err != nil {
		return err
	}
	if err := s.room(newRun); err != nil {
		return fmt.Errorf("run %s: %w", j.ID, err)
	}
	d, err := s.anyDocument(ctx, j.ID)
	if err != nil {
		return fmt.Errorf("run %s: %w", j.ID, err)
	}
	if d.Job != nil {
		return fmt.Errorf("run %s: it is in the queue: %w", j.ID, store.ErrExists)
	}
	if d.seq == 0 || !d.Deleted.IsZero() {
		d = &document{ID: j.ID, Birth: run.NewID(), Label: j.Label, seq: d.seq}
	}
	if j.Sweep != "" && (d.Summary.Phase.Over() || slices.ContainsFunc(d.Rungs, func(r run.Rung) bool { return r.Step == j.Until })) {
		return fmt.Errorf("run %s: it has got that far already: %w", j.ID, store.ErrExists)
	}
	d.Job = &j
	if j.Sweep != "" {
		d.Sweep = j.Sweep
	}
	if err := s.save(ctx, d); err != nil {
		return fmt.Errorf("run %s: %w", j.ID, err)
	}
	return nil
}

// SaveJob replaces what is kept of a job: store.ErrNotFound where the run is not queued, or was queued again since.
func (s *Store) SaveJob(ctx context.Context, j store.Job) error { return s.changeJob(ctx, j, &j) }

// Dequeue takes a job out of the queue: store.ErrNotFound where it is not in there. A run that never began is to be deleted instead. One that came to the step
// where its sweep parks it has reached another rung with that, in the same moment.
func (s *Store) Dequeue(ctx context.Context, j store.Job) error { return s.changeJob(ctx, j, nil) }

// park notes the rung that a run has reached which leaves the queue, if it has reached one. Its writer has closed it, so its summary is up to date.
func (d *document) park() {
	at := d.Summary.Latest
	if d.Job.Until == 0 || d.Summary.Phase.Over() || at == nil || at.Step != d.Job.Until || at.Validation == nil {
		return
	}
	d.Rungs = append(d.Rungs, run.Rung{Step: at.Step, Accuracy: at.Validation.Accuracy, N: at.Validation.N, Time: time.Now().UTC()})
}

func (s *Store) changeJob(ctx context.Context, j store.Job, to *store.Job) error {
	_, err := s.change(ctx, j.ID, func(d *document) error {
		if d.Job == nil || !d.Job.Queued.Equal(j.Queued) {
			return fmt.Errorf("run %s in the queue: %w", j.ID, store.ErrNotFound)
		}
		if to == nil {
			d.park()
		}
		d.Job = to
		return nil
	})
	return err
}

// Jobs returns the runs that are queued, the first one first, and says which are in training, and where.
func (s *Store) Jobs(ctx context.Context) (all []store.Job, err error) {
	runs, err := s.index.all(ctx, s)
	if err != nil {
		return nil, err
	}
	claims, err := s.claims(ctx)
	if err != nil {
		return nil, err
	}
	for token, e := range runs {
		if e.document != nil && e.document.Job != nil {
			j := *e.document.Job
			j.ID, j.Label, j.Phase = e.document.ID, e.document.Label, run.Waiting
			if who, ok := claims[token]; ok {
				j.Worker, j.Phase = who.Worker, run.Loading
				switch {
				case who.Training && j.Paused:
					j.Phase = run.Paused
				case who.Training:
					j.Phase = run.Training
				}
			}
			all = append(all, j)
		}
	}
	slices.SortFunc(all, func(a, b store.Job) int { return cmp.Or(a.Queued.Compare(b.Queued), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}
