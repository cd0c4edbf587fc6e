package jetstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"unpool/core/run"
	"unpool/core/store"
)

// leaseFor is how long a run stays in hand of a writer that does not renew its lease, by the clock of the NATS server. The server of
// one process keeps leases in memory, so that they end with it.
const leaseFor = time.Minute

// lease is a run that is in hand.
type lease struct {
	s       *Store
	id      string // of the run
	subject string
	owner   string // the writer's name, which no other has
	stop    chan struct{}
	done    chan struct{}

	mu  sync.Mutex
	seq uint64 // of the message that holds
}

// take takes a run in hand: store.ErrBusy while another writer has it.
func (s *Store) take(ctx context.Context, id string) (*lease, error) {
	l := &lease{s: s, id: id, subject: leaseSubject + token(id), owner: run.NewID(), stop: make(chan struct{}), done: make(chan struct{})}
	err := l.extend(ctx, 0)
	if errors.Is(err, store.ErrConflict) {
		err = store.ErrBusy
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	go l.renew()
	return l, nil
}

// extend lets the lease last from now on, if the message that holds has the number expect, 0 for none.
func (l *lease) extend(ctx context.Context, expect uint64) error {
	seq, err := l.s.publish(ctx, l.s.leases, l.subject, []byte(l.owner), expect)
	if err == nil {
		l.mu.Lock()
		l.seq = seq
		l.mu.Unlock()
	}
	return err
}

// renew renews the lease until it is released or lost. Where that fails, another may take the run, and the log's numbers refuse the
// slower one.
func (l *lease) renew() {
	defer close(l.done)
	tick := time.NewTicker(l.s.leaseFor / 6)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			if err := l.extend(l.s.ctx, l.number()); !errors.Is(err, store.ErrConflict) {
				continue
			}
			// It ran out, or the servers started anew. If nobody has taken the run since, it goes on.
			if d, err := l.s.document(l.s.ctx, l.id); err != nil || d.Owner != l.owner {
				return
			}
			l.extend(l.s.ctx, 0)
		}
	}
}

func (l *lease) number() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seq
}

// release leaves the run to others. Where that fails, the lease runs out by itself.
func (l *lease) release(ctx context.Context) {
	close(l.stop)
	<-l.done
	if m, err := last(ctx, l.s.leases, l.subject); err == nil && string(m.Data) == l.owner {
		l.s.leases.DeleteMsg(ctx, m.Sequence)
	}
}
