package jetstore

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/store"
)

// lagging is a stream of which the server that is asked has nothing yet, once.
type lagging struct {
	jetstream.Stream
	once bool
}

func (l *lagging) lags() bool {
	lags := !l.once
	l.once = true
	return lags
}

func (l *lagging) CreateConsumer(ctx context.Context, c jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	if l.lags() {
		c.FilterSubject = eventSubject + "none"
	}
	return l.Stream.CreateConsumer(ctx, c)
}

// What a server of a cluster does not have yet is waited for: records of a log, and of all logs.
func TestServerIsBehind(t *testing.T) {
	url := listening(t)
	s := connected(t, url, time.Minute)
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1), event(2)))
	l := &lagging{Stream: s.events}
	s.events = l
	log, err := s.Read(t.Context(), "a", 1)
	if err != nil || len(log) != 2 || !l.once {
		t.Errorf("the log has %d records, %v", len(log), err)
	}
	late := connected(t, url, time.Minute)
	late.events = &lagging{Stream: late.events}
	heard := 0
	for h, err := range late.Happenings(t.Context(), store.Position{}) {
		must(t, err)
		if h.Record == nil {
			break // the run itself, which comes after its records
		}
		heard++
	}
	if heard != 2 {
		t.Errorf("%d records are heard of", heard)
	}
	must(t, w.Close())
}

// forgetful is a stream without any message of a number, once.
type forgetful struct {
	jetstream.Stream
	once bool
}

func (f *forgetful) GetMsg(ctx context.Context, seq uint64, o ...jetstream.GetMsgOpt) (*jetstream.RawStreamMsg, error) {
	if !f.once {
		f.once = true
		return nil, jetstream.ErrMsgNotFound
	}
	return f.Stream.GetMsg(ctx, seq, o...)
}

// silentOnce is a JetStream that answers no chunk, or what it is sent first.
type silentOnce struct {
	jetstream.JetStream
	once, always bool
}

// unansweredFuture is the future of a message without an answer.
type unansweredFuture struct {
	jetstream.PubAckFuture
	m   *nats.Msg
	err chan error
}

func (f unansweredFuture) Ok() <-chan *jetstream.PubAck { return nil }
func (f unansweredFuture) Err() <-chan error            { return f.err }
func (f unansweredFuture) Msg() *nats.Msg               { return f.m }

func (s *silentOnce) PublishMsgAsync(m *nats.Msg, o ...jetstream.PublishOpt) (jetstream.PubAckFuture, error) {
	if s.always {
		return nil, nats.ErrDisconnected
	}
	if s.once {
		return s.JetStream.PublishMsgAsync(m, o...)
	}
	s.once = true
	f := unansweredFuture{m: m, err: make(chan error, 1)}
	f.err <- jetstream.ErrAsyncPublishTimeout
	return f, nil
}

// An artifact is whole though the answer to a chunk is lost, or a server does not have one yet that it is asked for. Where nothing is answered, that is
// reported by an error that allows a later attempt.
func TestHinderedArtifact(t *testing.T) {
	s := connected(t, listening(t), time.Minute)
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1)))
	js := s.js
	s.js = &silentOnce{JetStream: js}
	content := string(body(3*chunkSize, 1))
	must(t, w.Put("last", write(content)))
	chunks := s.chunks
	s.chunks = &forgetful{Stream: chunks}
	if differs := compareOne(t, s, "a", contents{1, map[string]string{"last": content}}); differs != "" {
		t.Error(differs)
	}
	s.js = &silentOnce{JetStream: js, always: true}
	if err := w.Put("last", write(content)); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("the error is %v", err)
	}
	s.js, s.chunks = js, chunks
	must(t, w.Close())
	if left := leftovers(t, s); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}
