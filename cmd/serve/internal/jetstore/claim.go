package jetstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"unpool/core/control"
	"unpool/core/store"
)

// claim is a job that a worker of this program holds.
type claim struct {
	*lease
	id       string // of the run
	commands *nats.Subscription
}

// Claim acquires a job for a named worker: store.ErrBusy while another has it. Until the claim is released or lost, do is told
// what the run is to do, whoever asks for that by Order.
func (s *Store) Claim(ctx context.Context, id, worker string, do func(control.Command)) (store.Claim, error) {
	l := newLease(s, claimSubject+token(id), tenant{Worker: worker})
	l.again = func() bool { return true } // whoever had it in between has fenced the log
	c := &claim{lease: l, id: id}
	if err := l.begin(ctx); err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	var err error
	c.commands, err = s.conn.Subscribe(commandSubject+token(id), func(m *nats.Msg) {
		select {
		case <-c.Lost():
			return // the one who has it now answers
		default:
		}
		var what control.Command
		if json.Unmarshal(m.Data, &what) != nil { // of another version
			return
		}
		do(what)
		m.Respond(nil) // if that is lost, nobody learns that it was done
	})
	if err != nil {
		l.release(ctx)
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	return c, nil
}

// Training is store.Claim's.
func (c *claim) Training() error {
	if err := c.change(func(t *tenant) { t.Training = true }); err != nil {
		return fmt.Errorf("run %s: %w", c.id, err)
	}
	return nil
}

// Lost is store.Claim's.
func (c *claim) Lost() <-chan struct{} { return c.done }

// Release is store.Claim's. The others are notified of it at once.
func (c *claim) Release() {
	c.commands.Unsubscribe() // fails where the connection is gone, and the subscription with it
	c.leave()
	c.s.conn.Publish(freeSubject, nil) // where that fails, they are notified of it when the lease would have run out
}

// Order tells a run in training what to do, on whichever machine that is: store.ErrWaits where none has claimed it, store.ErrSilent where one has and
// does not answer.
func (s *Store) Order(ctx context.Context, id string, what control.Command) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	err = within(ctx, func(ctx context.Context) error {
		_, err := s.conn.RequestWithContext(ctx, commandSubject+token(id), text)
		return err
	})
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case !unanswered(err):
		return fmt.Errorf("run %s: %w", id, err)
	}
	if _, err := last(ctx, s.leases, claimSubject+token(id)); errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("run %s: %w", id, store.ErrWaits)
	} else if err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	return fmt.Errorf("run %s: %w", id, store.ErrSilent)
}

// claims returns who holds which job, by the runs' tokens. No message says when a claim runs out, so those who wait for jobs are woken
// when the first of them would.
func (s *Store) claims(ctx context.Context) (map[string]tenant, error) {
	all, left, err := s.tenants(ctx, claimSubject)
	if len(all) > 0 {
		s.tails.jobsIn(left + lateness)
	}
	return all, err
}

// lateness is how long a server may take to remove a message that has expired.
const lateness = 100 * time.Millisecond
