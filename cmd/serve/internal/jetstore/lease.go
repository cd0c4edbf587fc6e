package jetstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
)

// leaseFor is how long a run stays with a writer that does not renew its lease, by the clock of the NATS server: where nobody has
// given the stream of leases another age. The server of one process keeps leases in memory, so that they end with it.
const leaseFor = time.Minute

// lease is a run, or a job, that is held.
type lease struct {
	s       *Store
	subject string
	stop    chan struct{}
	done    chan struct{} // closed when it is no longer renewed: it was released or lost
	// again reports whether the lease may be taken again once it ran out.
	again func() bool

	mu     sync.Mutex
	tenant tenant
	seq    uint64 // of the message that holds
}

// tenant is what a lease's message says.
type tenant struct {
	Owner    string `json:"owner"`              // a name that no other lease has
	Worker   string `json:"worker,omitempty"`   // of a job: the machine that has it
	Training bool   `json:"training,omitempty"` // of a job: the run is loaded and trains

	Device *api.Worker `json:"device,omitempty"` // of a place in the list of those that train
}

func newLease(s *Store, subject string, who tenant) *lease {
	who.Owner = run.NewID()
	return &lease{s: s, subject: subject, tenant: who, stop: make(chan struct{}), done: make(chan struct{})}
}

// take acquires a run: store.ErrBusy while another writer has it.
func (s *Store) take(ctx context.Context, id string) (*lease, error) {
	l := newLease(s, leaseSubject+token(id), tenant{})
	l.again = func() bool {
		d, err := s.document(s.ctx, id)
		return err == nil && d.Owner == l.owner()
	}
	if err := l.begin(ctx); err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	return l, nil
}

// begin takes the lease, and renews it from now on: store.ErrBusy while another has it.
func (l *lease) begin(ctx context.Context) error {
	err := l.extend(ctx, 0)
	if errors.Is(err, store.ErrConflict) {
		return store.ErrBusy
	}
	if err == nil {
		go l.renew()
	}
	return err
}

func (l *lease) owner() string { return l.tenant.Owner } // which never changes

// extend lets the lease last from now on, if the message that holds has the number expect, 0 for none.
func (l *lease) extend(ctx context.Context, expect uint64) error {
	l.mu.Lock()
	text, err := json.Marshal(l.tenant)
	l.mu.Unlock()
	if err != nil {
		return err
	}
	seq, err := l.s.publish(ctx, l.s.leases, l.subject, text, expect)
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
			if !l.held(l.extend(l.s.ctx, l.number())) {
				return
			}
		}
	}
}

// held reports whether the lease still holds, or may, after it was to be extended.
func (l *lease) held(err error) bool {
	if !errors.Is(err, store.ErrConflict) {
		return true
	}
	there, err := l.message(l.s.ctx)
	switch {
	case errors.Is(err, store.ErrNotFound): // it ran out, or the servers restarted
		if !l.again() {
			return false
		}
		l.extend(l.s.ctx, 0)
	case err == nil: // it was extended, and the answer was lost
		l.extend(l.s.ctx, there)
	default:
		return !errors.Is(err, store.ErrBusy)
	}
	return true
}

// message returns the number of the lease's message: store.ErrNotFound where there is none, store.ErrBusy where another has the lease.
func (l *lease) message(ctx context.Context) (uint64, error) {
	m, err := last(ctx, l.s.leases, l.subject)
	if err != nil {
		return 0, err
	}
	if who, err := parseTenant(m.Data); err != nil || who.Owner != l.owner() {
		return 0, store.ErrBusy
	}
	return m.Sequence, nil
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
	if seq, err := l.message(ctx); err == nil {
		l.s.leases.DeleteMsg(ctx, seq)
	}
}

// change changes what the lease's message says.
func (l *lease) change(do func(*tenant)) error {
	l.mu.Lock()
	do(&l.tenant)
	l.mu.Unlock()
	err := l.extend(l.s.ctx, l.number())
	if errors.Is(err, store.ErrConflict) && l.held(err) {
		return nil // it was renewed at the same moment
	}
	return err
}

// leave is release for as long as the store's servers may take.
func (l *lease) leave() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.s.ctx), patience)
	defer cancel()
	l.release(ctx)
}

// tenants returns who has which leases, by what follows a prefix in their subjects, and after how long the first of them would run out.
func (s *Store) tenants(ctx context.Context, prefix string) (all map[string]tenant, left time.Duration, err error) {
	err = insist(ctx, func(ctx context.Context) error {
		all, left = map[string]tenant{}, s.leaseFor
		now, err := s.leases.Info(ctx, jetstream.WithSubjectFilter(prefix+"*"))
		if err != nil || len(now.State.Subjects) == 0 {
			return err
		}
		messages, err := s.fetch(ctx, s.leases, jetstream.ConsumerConfig{
			FilterSubject: prefix + "*", DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
		}, len(now.State.Subjects))
		if err != nil {
			return err
		}
		take := func(subject string, data []byte, at time.Time) (err error) {
			left = min(left, s.leaseFor-now.TimeStamp.Sub(at))
			all[strings.TrimPrefix(subject, prefix)], err = parseTenant(data)
			return err
		}
		for _, m := range messages {
			about, err := m.Metadata()
			if err != nil {
				return err
			}
			if err := take(m.Subject(), m.Data(), about.Timestamp); err != nil {
				return err
			}
		}
		for subject := range now.State.Subjects {
			if _, there := all[strings.TrimPrefix(subject, prefix)]; there {
				continue
			}
			m, err := s.leases.GetLastMsgForSubject(ctx, subject) // or it was released meanwhile
			if err == nil {
				err = take(subject, m.Data, m.Time)
			}
			if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
				return err
			}
		}
		return nil
	})
	return all, left, err
}

func parseTenant(text []byte) (t tenant, err error) {
	err = json.Unmarshal(text, &t)
	return t, err
}
