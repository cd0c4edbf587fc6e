package jetstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/control"
	"unpool/core/store"
)

// claim is a job that a worker of this program has in hand.
type claim struct {
	*lease
	id       string // of the run
	commands *nats.Subscription
}

// Claim takes a job in hand for a worker of a name: store.ErrBusy while another has it. Until the claim is released or lost, do is told
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
		m.Respond(nil) // if that is lost, nobody hears that it was done
	})
	if err != nil {
		l.release(ctx)
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	return c, nil
}

// Training is store.Claim's.
func (c *claim) Training() error {
	c.mu.Lock()
	c.tenant.Training = true
	c.mu.Unlock()
	err := c.extend(c.s.ctx, c.number())
	if errors.Is(err, store.ErrConflict) && c.held(err) {
		return nil // it was renewed at the same moment
	}
	if err != nil {
		return fmt.Errorf("run %s: %w", c.id, err)
	}
	return nil
}

// Lost is store.Claim's.
func (c *claim) Lost() <-chan struct{} { return c.done }

// Release is store.Claim's. The others hear of it at once.
func (c *claim) Release() {
	c.commands.Unsubscribe() // fails where the connection is gone, and the subscription with it
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.s.ctx), patience)
	defer cancel()
	c.release(ctx)
	c.s.conn.Publish(freeSubject, nil) // where that fails, they hear of it when the lease would have run out
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

// claims returns who has which job in hand, by the runs' tokens. Nobody says when a claim runs out, so those who wait for jobs are woken
// when the first of them would.
func (s *Store) claims(ctx context.Context) (all map[string]tenant, err error) {
	err = insist(ctx, func(ctx context.Context) error {
		now, err := s.leases.Info(ctx, jetstream.WithSubjectFilter(claimSubject+"*"))
		if err != nil {
			return err
		}
		all = map[string]tenant{}
		if len(now.State.Subjects) == 0 {
			return nil
		}
		messages, err := s.fetch(ctx, s.leases, jetstream.ConsumerConfig{
			FilterSubject: claimSubject + "*", DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
		}, len(now.State.Subjects))
		if err != nil {
			return err
		}
		left := s.leaseFor
		for _, m := range messages {
			about, err := m.Metadata()
			if err != nil {
				return err
			}
			left = min(left, s.leaseFor-now.TimeStamp.Sub(about.Timestamp))
			if all[strings.TrimPrefix(m.Subject(), claimSubject)], err = parseTenant(m.Data()); err != nil {
				return err
			}
		}
		s.tails.jobsIn(left + lateness)
		return nil
	})
	return all, err
}

// lateness is how long a server may take to remove a message that has come of age.
const lateness = 100 * time.Millisecond
