package jetstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// The streams. A run's subjects end in its token.
const (
	eventsStream    = "unpool-events"    // a record of a log a message
	documentsStream = "unpool-runs"      // a document a run, and a sweep: the last message of its subject is valid
	chunksStream    = "unpool-artifacts" // parts of artifacts: each body has a subject of its own
	leasesStream    = "unpool-leases"    // who holds which run and which job, and who trains; gone when not renewed

	eventSubject    = "unpool.event."
	documentSubject = "unpool.run."
	sweepSubject    = "unpool.sweep." // a document a sweep, among those of runs
	chunkSubject    = "unpool.artifact."
	leaseSubject    = "unpool.lease."
	claimSubject    = "unpool.claim."
	workerSubject   = "unpool.worker." // a device that trains
)

// Subjects of messages that are kept in no stream.
const (
	passingSubject = "unpool.passing." // a record for a display; ends in the run's token
	commandSubject = "unpool.command." // a request to whoever trains a run, and ends in its token
	freeSubject    = "unpool.free"     // a claim was released
)

// streams are the four of a store.
type streams struct {
	js                                jetstream.JetStream
	events, documents, chunks, leases jetstream.Stream
	leaseFor                          time.Duration // how long a lease lasts: as the stream of leases was made
}

// openStreams finds the streams, and makes those that are not there: on three servers where there are three. A new stream of leases keeps
// them for as long as lease says.
func openStreams(ctx context.Context, js jetstream.JetStream, lease time.Duration) (*streams, error) {
	s := &streams{js: js}
	for _, one := range []struct {
		to     *jetstream.Stream
		config jetstream.StreamConfig
	}{
		{&s.events, jetstream.StreamConfig{Name: eventsStream, Subjects: []string{eventSubject + "*"}, Discard: jetstream.DiscardNew}},
		{&s.documents, jetstream.StreamConfig{Name: documentsStream, Subjects: []string{documentSubject + "*", sweepSubject + "*"}, MaxMsgsPerSubject: 1}},
		{&s.chunks, jetstream.StreamConfig{Name: chunksStream, Subjects: []string{chunkSubject + "*.*"}, AllowDirect: true}},
		{&s.leases, jetstream.StreamConfig{Name: leasesStream, Subjects: []string{leaseSubject + "*", claimSubject + "*", workerSubject + "*"}, MaxMsgsPerSubject: 1,
			MaxAge: lease, Storage: jetstream.MemoryStorage}},
	} {
		var stream jetstream.Stream
		err := insist(ctx, func(ctx context.Context) (err error) {
			stream, err = js.Stream(ctx, one.config.Name)
			if errors.Is(err, jetstream.ErrStreamNotFound) {
				stream, err = makeStream(ctx, js, one.config)
			} else if err == nil {
				stream, err = widen(ctx, js, stream, one.config.Subjects)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("NATS stream %s: %w", one.config.Name, explained(err))
		}
		*one.to = stream
	}
	s.leaseFor = s.leases.CachedInfo().Config.MaxAge
	return s, nil
}

// shortest is the least time for which JetStream remembers IDs of messages by its own header, which we do not use: to read two minutes
// of messages again at each start, as it does by default, would take most of that time.
const shortest = 100 * time.Millisecond

func makeStream(ctx context.Context, js jetstream.JetStream, c jetstream.StreamConfig) (jetstream.Stream, error) {
	c.Duplicates, c.Replicas = shortest, 3
	stream, err := js.CreateStream(ctx, c)
	if code(err) == replicasNotSupported || code(err) == noSuitablePeers {
		c.Replicas = 1
		stream, err = js.CreateStream(ctx, c)
	}
	return stream, err
}

// widen lets a stream that an earlier program made take the subjects that it takes now.
func widen(ctx context.Context, js jetstream.JetStream, stream jetstream.Stream, subjects []string) (jetstream.Stream, error) {
	c := stream.CachedInfo().Config
	if slices.Equal(c.Subjects, subjects) {
		return stream, nil
	}
	c.Subjects = subjects
	return js.UpdateStream(ctx, c)
}

// Codes of JetStream's errors that package jetstream has no names for.
const (
	noSuitablePeers      = 10005
	insufficientMemory   = 10028
	insufficientStorage  = 10047
	insufficientResource = 10023
	resourcesExceeded    = 10002
	replicasNotSupported = 10074
	noLeaderYet          = 10008
	notTheLeader         = 10009
	deleteFailed         = 10057
	incomplete           = 10004
	notReady             = 10163
)

// code is the code of an error of JetStream, 0 for another error.
func code(err error) jetstream.ErrorCode {
	if api := (*jetstream.APIError)(nil); errors.As(err, &api) {
		return api.ErrorCode
	}
	return 0
}

// explained is an error of JetStream as one of a store, where there is one that says it.
func explained(err error) error {
	switch code(err) {
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return store.ErrConflict
	case insufficientMemory, insufficientStorage, insufficientResource, resourcesExceeded:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	if err != nil && strings.Contains(err.Error(), syscall.ENOSPC.Error()) { // it has no code of its own
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// explained is an error of JetStream as one of a store. A server that cannot write does not answer.
func (s *Store) explained(err error) error {
	if unanswered(err) {
		if full := s.room(0); full != nil {
			return full
		}
	}
	return explained(err)
}

// How long an answer is waited for, and for how long and at which pauses one asks again: as long as a cluster may take to replace a
// server that is gone.
const (
	patience  = 5 * time.Second
	insisting = 15 * time.Second
	pause     = 50 * time.Millisecond
)

// insist does something until there is an answer: store.ErrUnreachable where there was none for too long.
func insist(ctx context.Context, do func(context.Context) error) error {
	for until := time.Now().Add(insisting); ; {
		err := within(ctx, do)
		if err == nil || !unanswered(err) {
			return err
		}
		if time.Now().After(until) {
			return unreachable(err)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// unreachable is an error that leaves open what became of a request as one of a store.
func unreachable(err error) error {
	if unanswered(err) {
		return fmt.Errorf("%w: %w", store.ErrUnreachable, err)
	}
	return err
}

func within(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return do(ctx)
}

// unanswered reports whether an error leaves open what became of a request.
func unanswered(err error) bool {
	if errors.Is(err, store.ErrFull) {
		return false
	}
	for _, lost := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrReconnectBufExceeded, nats.ErrDisconnected,
		jetstream.ErrNoStreamResponse, jetstream.ErrAsyncPublishTimeout, errNotDone} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return slices.Contains([]jetstream.ErrorCode{noLeaderYet, notTheLeader, incomplete, notReady, noSuitablePeers}, code(err))
}

// idHeader has a message's own ID, by which one is known whose answer was lost.
const idHeader = "Unpool-Message"

// publish appends a message whose subject's last message has the number expect, 0 for none, and returns its own number:
// store.ErrConflict where another one came first. Where an answer is lost, it is published again, and kept once.
func (s *Store) publish(ctx context.Context, to jetstream.Stream, subject string, data []byte, expect uint64) (seq uint64, err error) {
	m := nats.NewMsg(subject)
	m.Data = data
	m.Header.Set(idHeader, run.NewID())
	err = insist(ctx, func(ctx context.Context) error {
		ack, err := s.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(expect))
		if err == nil {
			seq = ack.Sequence
			return nil
		}
		if err = s.explained(err); errors.Is(err, store.ErrConflict) {
			seq, err = settled(ctx, to, m, expect)
		}
		return err
	})
	return seq, err
}

// settled says what a refusal means: that the message was accepted before, and the answer lost; that another one came first; or, in a
// cluster, that the message before is answered and not quite done, so that this one is to be published again.
func settled(ctx context.Context, in jetstream.Stream, m *nats.Msg, expect uint64) (seq uint64, err error) {
	there, err := last(ctx, in, m.Subject)
	switch {
	case errors.Is(err, store.ErrNotFound) && expect == 0, err == nil && there.Sequence == expect:
		return 0, errNotDone
	case err == nil && there.Header.Get(idHeader) == m.Header.Get(idHeader):
		return there.Sequence, nil
	case err == nil || errors.Is(err, store.ErrNotFound):
		return 0, store.ErrConflict
	}
	return 0, err
}

// errNotDone is that of a server of a cluster that does not have yet what its leader has.
var errNotDone = errors.New("a server of the cluster is behind the others")

// last returns the last message of a subject: store.ErrNotFound where there is none.
func last(ctx context.Context, s jetstream.Stream, subject string) (m *jetstream.RawStreamMsg, err error) {
	err = insist(ctx, func(ctx context.Context) error {
		m, err = s.GetLastMsgForSubject(ctx, subject)
		return err
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		err = store.ErrNotFound
	}
	return m, err
}

// info returns what a stream has.
func info(ctx context.Context, s jetstream.Stream, options ...jetstream.StreamInfoOpt) (i *jetstream.StreamInfo, err error) {
	err = insist(ctx, func(ctx context.Context) error {
		i, err = s.Info(ctx, options...)
		return err
	})
	return i, err
}

// counts returns how many messages each subject has that matches a pattern.
func counts(ctx context.Context, s jetstream.Stream, pattern string) (map[string]uint64, error) {
	i, err := info(ctx, s, jetstream.WithSubjectFilter(pattern))
	if err != nil {
		return nil, err
	}
	return i.State.Subjects, nil
}

// purge removes all messages of the subjects that match a pattern.
func purge(ctx context.Context, s jetstream.Stream, pattern string) error {
	return insist(ctx, func(ctx context.Context) error {
		return explained(s.Purge(ctx, jetstream.WithPurgeSubject(pattern)))
	})
}

// token is a run's ID as one token of a subject: a letter or digit is itself, any other byte is = and two hexadecimal digits.
func token(id string) string {
	var b strings.Builder
	for _, c := range []byte(id) {
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// identity is the ID of a run whose token it is.
func identity(token string) string {
	id, err := url.PathUnescape(strings.ReplaceAll(token, "=", "%"))
	if err != nil {
		return token // none of ours
	}
	return id
}
