package jetstore

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// artifact says where an artifact is. Two that are copies have one body until either is replaced.
type artifact struct {
	Body   string   `json:"body"` // a name that no other body of the run has had
	Size   int64    `json:"size"` // bytes
	SHA256 string   `json:"sha256"`
	Chunks []uint64 `json:"chunks"` // the numbers of its messages, in order
}

const (
	// chunkSize is how many bytes a message has: less than a NATS server accepts by default.
	chunkSize = 512 << 10
	// inFlight is how many messages are sent before the first answer is awaited.
	inFlight = 8
)

// bodySubject is that of a body's messages; with * for the body, that of all of a run.
func bodySubject(token, body string) string { return chunkSubject + token + "." + body }

// upload makes a body of what write writes, or nothing.
func (s *Store) upload(ctx context.Context, id string, write func(io.Writer) error) (artifact, error) {
	u := &uploader{ctx: ctx, s: s, hash: sha256.New(), artifact: artifact{Body: run.NewID()}}
	u.subject = bodySubject(token(id), u.Body)
	b := bufio.NewWriterSize(u, chunkSize)
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	for len(u.sent) > 0 { // all of them, or one could come after what is removed
		err = errors.Join(err, u.await())
	}
	if err != nil {
		return artifact{}, errors.Join(unreachable(err), purge(ctx, s.chunks, u.subject))
	}
	u.SHA256 = hex.EncodeToString(u.hash.Sum(nil))
	return u.artifact, nil
}

// uploader publishes what is written to it.
type uploader struct {
	artifact
	ctx     context.Context
	s       *Store
	subject string
	hash    hash.Hash
	sent    []jetstream.PubAckFuture // that are not answered yet
	lost    bool                     // a chunk was sent again in vain, so no other is
}

// Write publishes chunks. A buffer passes on large writes as they are.
func (u *uploader) Write(b []byte) (int, error) {
	for chunk := range slices.Chunk(b, chunkSize) {
		if err := u.s.room(int64(len(u.sent)+1) * chunkSize); err != nil {
			return 0, err
		}
		if len(u.sent) == inFlight {
			if err := u.await(); err != nil {
				return 0, err
			}
		}
		m := nats.NewMsg(u.subject)
		m.Data = bytes.Clone(chunk) // the caller's until Write returns
		future, err := u.s.js.PublishMsgAsync(m)
		if err != nil {
			return 0, err
		}
		u.sent = append(u.sent, future)
		u.hash.Write(chunk)
		u.Size += int64(len(chunk))
	}
	return len(b), nil
}

// await waits for the answer to the chunk that was sent first. Where it is lost the chunk is sent again: a second one of the same bytes is
// named nowhere, and goes when the body does.
func (u *uploader) await() error {
	first := u.sent[0]
	u.sent = u.sent[1:]
	select {
	case ack := <-first.Ok():
		u.Chunks = append(u.Chunks, ack.Sequence)
		return nil
	case err := <-first.Err():
		if err = u.s.explained(err); !unanswered(err) || u.lost {
			return err
		}
	case <-u.ctx.Done():
		return u.ctx.Err()
	}
	err := insist(u.ctx, func(ctx context.Context) error {
		ack, err := u.s.js.PublishMsg(ctx, first.Msg())
		if err != nil {
			return u.s.explained(err)
		}
		u.Chunks = append(u.Chunks, ack.Sequence)
		return nil
	})
	u.lost = err != nil
	return err
}

// download reads a body.
type download struct {
	ctx  context.Context
	s    *Store
	id   string // of the run
	name string // of the artifact
	body artifact
	at   int64    // what Read returns next
	have int64    // what is left or fetched next begins there
	next []uint64 // the messages that are not fetched yet
	left []byte   // of the last one that is
	hash hash.Hash
}

// errReplaced is that of a reader of an artifact that was replaced or removed since.
var errReplaced = errors.New("it was replaced or removed while it was read; read it again")

// fetch gets the next chunk. The server of a cluster that is asked may not have it yet.
func (d *download) fetch() error {
	var m *jetstream.RawStreamMsg
	err := insist(d.ctx, func(ctx context.Context) (err error) {
		m, err = d.s.chunks.GetMsg(ctx, d.next[0])
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return err
		}
		if doc, err := d.s.document(ctx, d.id); err != nil || doc.Artifacts[d.name].Body != d.body.Body {
			return errReplaced
		}
		if d.s.server != nil {
			return errors.New("its content is lost")
		}
		return errNotDone
	})
	if err != nil {
		return err
	}
	d.next, d.left = d.next[1:], m.Data
	d.hash.Write(m.Data)
	return nil
}

// Read reads the artifact as it was written: a difference is an error at its end.
func (d *download) Read(b []byte) (int, error) {
	if d.at < d.have {
		d.have, d.next, d.left = 0, d.body.Chunks, nil
		d.hash.Reset()
	}
	for len(d.left) == 0 || d.have < d.at {
		skip := min(int64(len(d.left)), d.at-d.have)
		d.left, d.have = d.left[skip:], d.have+skip
		if len(d.left) > 0 {
			continue
		}
		if len(d.next) == 0 {
			if hex.EncodeToString(d.hash.Sum(nil)) != d.body.SHA256 {
				return 0, errors.New("it is damaged: its SHA-256 is not that of what was written")
			}
			return 0, io.EOF
		}
		if err := d.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(b, d.left)
	d.left = d.left[n:]
	d.have += int64(n)
	d.at = d.have
	return n, nil
}

// Seek is io.Seeker's. The next Read reads and skips what lies before, so that the end of an artifact is still compared with what was written.
func (d *download) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += d.at
	case io.SeekEnd:
		offset += d.body.Size
	}
	if offset < 0 {
		return 0, errors.New("before the beginning of an artifact")
	}
	d.at = offset
	return offset, nil
}

// Close ends it; there is nothing to close.
func (d *download) Close() error { return nil }

// Get is store.Store's. Where the artifact is replaced or removed while it is read, reading fails.
func (s *Store) Get(ctx context.Context, id, name string) (io.ReadCloser, error) {
	return s.get(ctx, id, name)
}

// File is Get for those who read parts. It also returns the SHA-256 of the artifact in hexadecimal.
func (s *Store) File(ctx context.Context, id, name string) (f io.ReadSeekCloser, sum string, err error) {
	d, err := s.get(ctx, id, name)
	if err != nil {
		return nil, "", err
	}
	return d, d.body.SHA256, nil
}

func (s *Store) get(ctx context.Context, id, name string) (*download, error) {
	for {
		doc, err := s.document(ctx, id)
		if err != nil {
			return nil, err
		}
		a, ok := doc.Artifacts[name]
		if !ok {
			return nil, fmt.Errorf("%s of run %s: %w", name, id, store.ErrNotFound)
		}
		d := &download{ctx: ctx, s: s, id: id, name: name, body: a, next: a.Chunks, hash: sha256.New()}
		if len(a.Chunks) == 0 {
			return d, nil
		}
		switch err := d.fetch(); {
		case err == nil:
			return d, nil
		case !errors.Is(err, errReplaced):
			return nil, fmt.Errorf("%s of run %s: %w", name, id, err)
		}
	}
}
