// Package jetstore keeps runs in NATS JetStream: in a server of its own, within this process and with its files in a folder, or in a
// cluster that others run. It is a store.Store, whichever of the two it is.
//
// A run has a log, artifacts and a document. The log's records are messages of a subject of the run's own, each published with the
// number of the one that it must follow, so that of two writers one is refused (RATIONALE.md). The document says which
// artifacts there are, and in which messages they lie; it is replaced as a whole, if it is still as it was read. A writer has a lease,
// which ends when it is not renewed. All of this lies in four streams (streams.go).
package jetstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// Store keeps runs in JetStream. Open and Connect make one.
type Store struct {
	*streams
	conn   *nats.Conn
	ctx    context.Context // ends with the store
	end    func()
	server *server // nil for a cluster
	index  index
	tails  feed
	news   news
}

var _ store.Changing = (*Store)(nil)

// start makes a store of a connection.
func start(ctx context.Context, conn *nats.Conn, own *server, lease time.Duration) (*Store, error) {
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(patience), jetstream.WithPublishAsyncTimeout(insisting))
	if err != nil {
		return nil, err
	}
	s := &Store{conn: conn, server: own}
	if s.streams, err = openStreams(ctx, js, lease); err != nil {
		return nil, err
	}
	s.ctx, s.end = context.WithCancel(context.Background())
	if err := s.follow(); err != nil {
		s.end()
		return nil, err
	}
	go s.forgetting()
	return s, nil
}

// Close ends the store. Writers must be closed before.
func (s *Store) Close() error {
	s.end()
	s.conn.Close()
	if s.server == nil {
		return nil
	}
	return s.server.close()
}

// room refuses to write so many bytes more where the store is full, or its disk: store.ErrFull. A cluster refuses by itself.
func (s *Store) room(bytes int64) error {
	if s.server == nil {
		return nil
	}
	return s.server.room(bytes)
}

// newRun is how many bytes must be free for a run to begin: one that ends at once because nothing fits would be no help.
const newRun = 8 << 20

// Create is store.Store's.
func (s *Store) Create(ctx context.Context, id string) (store.Writer, error) {
	if err := store.CheckName(id); err != nil {
		return nil, fmt.Errorf("a run cannot be called %q: %w", id, err)
	}
	if err := s.room(newRun); err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	l, err := s.take(ctx, id)
	if err != nil {
		return nil, err
	}
	w := &writer{s: s, lease: l, view: &run.View{}}
	if err := w.begin(ctx, id); err != nil {
		l.release(ctx)
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	return w, nil
}

// clear removes a run's log and its artifacts.
func (s *Store) clear(ctx context.Context, id string) error {
	return errors.Join(purge(ctx, s.events, eventSubject+token(id)), purge(ctx, s.chunks, bodySubject(token(id), "*")))
}

// Open is store.Store's. Every event of the log must be one that can be read.
func (s *Store) Open(ctx context.Context, id string) (store.Writer, error) {
	if _, err := s.document(ctx, id); err != nil {
		return nil, err
	}
	l, err := s.take(ctx, id)
	if err != nil {
		return nil, err
	}
	w := &writer{s: s, lease: l, view: &run.View{}}
	if err := w.open(ctx, id); err != nil {
		l.release(ctx)
		return nil, err
	}
	return w, nil
}

// Artifacts is store.Store's.
func (s *Store) Artifacts(ctx context.Context, id string) (all []store.Artifact, err error) {
	d, err := s.document(ctx, id)
	if err != nil {
		return nil, err
	}
	for name, a := range d.Artifacts {
		all = append(all, store.Artifact{Name: name, Size: a.Size})
	}
	slices.SortFunc(all, func(a, b store.Artifact) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Label is store.Store's.
func (s *Store) Label(ctx context.Context, id string, label run.Label) error {
	if err := label.Check(); err != nil {
		return err
	}
	_, err := s.change(ctx, id, func(d *document) error { d.Label = label; return nil })
	return err
}

// Delete is store.Store's. It leaves a document that says when the run was deleted, and nothing else. It needs no room.
func (s *Store) Delete(ctx context.Context, id string) error {
	if _, err := s.deletable(ctx, id); err != nil {
		return err
	}
	l, err := s.take(ctx, id)
	if err != nil {
		return err
	}
	defer l.release(ctx)
	return s.remove(ctx, id, l.owner())
}

// deletable returns the number of the message that has a run's document, one that cannot be read too: store.ErrNotFound where the run
// is not there.
func (s *Store) deletable(ctx context.Context, id string) (uint64, error) {
	m, err := last(ctx, s.documents, documentSubject+token(id))
	if err == nil {
		if d, unreadable := parseDocument(m.Data, m.Sequence); unreadable == nil && !d.Deleted.IsZero() {
			err = store.ErrNotFound
		}
	}
	if err != nil {
		return 0, fmt.Errorf("run %s: %w", id, err)
	}
	return m.Sequence, nil
}

// deleted is the document of a run that is deleted, in place of the one that a message has.
func deleted(id, owner string, seq uint64) *document {
	return &document{ID: id, Birth: run.NewID(), Owner: owner, Deleted: time.Now().UTC(), seq: seq}
}

// remove deletes a run that this program holds. The document first: what a kill leaves of the rest is swept.
func (s *Store) remove(ctx context.Context, id, owner string) error {
	for {
		seq, err := s.deletable(ctx, id)
		if err != nil {
			return err
		}
		err = s.save(ctx, deleted(id, owner, seq))
		if err == nil {
			return s.clear(ctx, id)
		}
		if !errors.Is(err, store.ErrConflict) { // else it got a label meanwhile
			return fmt.Errorf("run %s: %w", id, err)
		}
	}
}
