package jetstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"unpool/core/run"
	"unpool/core/store"
)

// Any ID is one token of a subject, and no two have the same.
func TestTokens(t *testing.T) {
	seen := map[string]string{}
	for _, id := range []string{"a", "A", "a.b", "a b", "a*", ">", "*", "=", "=20", "ünï", "%20", "a=2E", "a-b_1", strings.Repeat("ü", 100)} {
		token := token(id)
		if strings.ContainsAny(token, ".*> ") || identity(token) != id {
			t.Errorf("%q is the token %q, which is %q", id, token, identity(token))
		}
		if other, ok := seen[token]; ok {
			t.Errorf("%q and %q are the token %q", id, other, token)
		}
		seen[token] = id
	}
	s := opened(t, t.TempDir())
	for _, id := range []string{"*", ">", "a.b", "a"} {
		w, err := s.Create(t.Context(), id)
		must(t, err, w.Append(event(1)), w.Put("x", write(id)), w.Close())
	}
	must(t, s.Delete(t.Context(), "*"), s.Delete(t.Context(), ">"))
	for _, id := range []string{"a.b", "a"} {
		if differs := compareOne(t, s, id, contents{1, map[string]string{"x": id}}); differs != "" {
			t.Error(differs)
		}
	}
}

// The summary in a document, and that of a log which is ahead of it, are those of the log.
func TestSummaries(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	must(t, err)
	check := func(last uint64, phase run.Phase) {
		t.Helper()
		log, err := s.Read(t.Context(), "a", 1)
		must(t, err)
		want := run.Replay(log).Summary()
		want.Held(phase == run.Training)
		all, err := s.List(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		got := all[0]
		if got.ID != "a" || got.Last != last || got.Bytes == 0 || got.Phase != phase || got.Step != want.Step || got.Seconds != want.Seconds ||
			fmt.Sprint(got.Latest, got.Best) != fmt.Sprint(want.Latest, want.Best) {
			t.Errorf("the list has %+v, want %+v", got, want)
		}
	}
	if all, err := s.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("before it begins, the list is %+v, %v", all, err)
	}
	metric := func(seq uint64) run.Record {
		return run.Record{Seq: seq, Event: &run.Metric{Step: int(seq), Seconds: float64(seq), Test: run.Measure{Accuracy: 1 / float64(seq), N: 1}}}
	}
	must(t, w.Append(event(1)))
	check(1, run.Training)
	must(t, w.Append(metric(2), metric(3)))
	check(3, run.Training)
	must(t, w.Put("x", write("x")))
	check(3, run.Training)
	must(t, w.Append(metric(4)), w.Close())
	check(4, run.Interrupted)
	w, err = s.Open(t.Context(), "a")
	must(t, err)
	check(4, run.Training)
	again := event(5)
	again.Event = &run.Start{Version: run.Version, After: 2, Step: 2}
	must(t, w.Append(again))
	check(5, run.Training)
	must(t, w.Append(run.Record{Seq: 6, Event: &run.End{Status: run.Done, Steps: 9, Seconds: 9}}))
	check(6, run.Done)
	must(t, w.Close())
	check(6, run.Done)

	// Another run of the same ID has nothing of the first one.
	w, err = s.Open(t.Context(), "a")
	must(t, err, w.Append(metric(7)))
	check(7, run.Done)
	must(t, w.Close(), s.Delete(t.Context(), "a"))
	w, err = s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1)))
	check(1, run.Training)
	must(t, w.Append(metric(2)))
	check(2, run.Training)
	must(t, w.Close())
}

// A document that is damaged, or of a later version, and a log that is, hide no other run, and can be deleted.
func TestUnreadable(t *testing.T) {
	s := opened(t, t.TempDir())
	for _, id := range []string{"good", "bad document", "bad log"} {
		w, err := s.Create(t.Context(), id)
		must(t, err, w.Append(event(1)), w.Close())
	}
	d, err := s.document(t.Context(), "bad document")
	must(t, err)
	_, err = s.publish(t.Context(), s.documents, documentSubject+token("bad document"), []byte("{"), d.seq)
	must(t, err)
	m, err := last(t.Context(), s.events, eventSubject+token("bad log"))
	must(t, err)
	_, err = s.publish(t.Context(), s.events, eventSubject+token("bad log"), []byte(`{"type":"rate","seq":7}`), m.Sequence)
	must(t, err)
	all, err := s.List(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatalf("the list is %+v, %v", all, err)
	}
	for _, sum := range all {
		if bad := sum.Phase == run.Unreadable; bad != (sum.ID != "good") || bad != (sum.Error != "") {
			t.Errorf("%s is %q: %s", sum.ID, sum.Phase, sum.Error)
		}
	}
	if _, err := s.Open(t.Context(), "bad log"); err == nil || !strings.Contains(err.Error(), "event 2: it is numbered 7") {
		t.Errorf("a damaged log is opened: %v", err)
	}
	for range s.Watch(t.Context(), "bad log", 2) {
		break // it ends
	}
	must(t, s.Delete(t.Context(), "bad document"), s.Delete(t.Context(), "bad log"))
	if all, err = s.List(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("the list is %+v, %v", all, err)
	}
}

// A reader who is slower than the run misses nothing.
func TestSlowWatcher(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1)))
	const n = 3 * mostWaiting
	var got []uint64
	for r, err := range s.Watch(t.Context(), "a", 1) {
		must(t, err)
		if got = append(got, r.Seq); len(got) == 1 {
			must(t, w.Append(events(1, n-1)...))
		}
		if len(got) == n {
			break
		}
	}
	if slices.ContainsFunc(got, func(seq uint64) bool { return got[seq-1] != seq }) {
		t.Errorf("the events came as %d", got)
	}
	must(t, w.Close())
}

// An artifact that is replaced while it is read does not become one of two halves.
func TestReplacedWhileRead(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Put("x", write(strings.Repeat("1", 2*chunkSize))))
	f, err := s.Get(t.Context(), "a", "x")
	must(t, err, w.Put("x", write(strings.Repeat("2", 2*chunkSize))))
	b := make([]byte, chunkSize)
	if n, err := f.Read(b); n != chunkSize || err != nil || b[0] != '1' {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if n, err := f.Read(b); n != 0 || !errors.Is(err, errReplaced) {
		t.Errorf("then %d bytes, %v", n, err)
	}
	must(t, w.Append(event(1)), w.Close())
}

// Any part of an artifact can be read, in any order; and what is read to its end is what was written.
func TestPartsOfAnArtifact(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	content := body(2*chunkSize+1000, 7)
	must(t, err, w.Put("x", func(to io.Writer) error { // chunks of several sizes
		_, err := to.Write(content[:100])
		_, err2 := to.Write(content[100:])
		return errors.Join(err, err2)
	}), w.Close())
	f, sum, err := s.File(t.Context(), "a", "x")
	must(t, err)
	if want := sha256.Sum256(content); sum != hex.EncodeToString(want[:]) {
		t.Errorf("its SHA-256 is %s", sum)
	}
	if n, err := f.Seek(0, io.SeekEnd); n != int64(len(content)) || err != nil {
		t.Errorf("its end is at %d, %v", n, err)
	}
	if _, err := f.Seek(-1, io.SeekStart); err == nil {
		t.Error("there is something before its beginning")
	}
	for _, part := range [][2]int{{0, 10}, {chunkSize - 5, chunkSize + 5}, {3, 4}, {2 * chunkSize, len(content)}, {50, 2 * chunkSize}, {0, len(content)}, {len(content), len(content)}} {
		_, err := f.Seek(int64(part[0]), io.SeekStart)
		must(t, err)
		got, err := io.ReadAll(io.LimitReader(f, int64(part[1]-part[0])))
		if err != nil || !bytes.Equal(got, content[part[0]:part[1]]) {
			t.Errorf("bytes %d to %d: %d bytes, %v", part[0], part[1], len(got), err)
		}
	}
	d, err := s.change(t.Context(), "a", func(d *document) error { slices.Reverse(d.Artifacts["x"].Chunks); return nil })
	must(t, err)
	damaged, _, err := s.File(t.Context(), d.ID, "x")
	must(t, err)
	_, err = damaged.Seek(10, io.SeekStart)
	must(t, err)
	if b, err := io.ReadAll(damaged); err == nil {
		t.Errorf("%d bytes of one that is damaged", len(b))
	}
}

// A log that is read in several pieces is whole, from whichever record on.
func TestLongLog(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	must(t, err)
	const n = 2*readAtOnce + 7
	must(t, w.Append(events(0, n)...), w.Close())
	for _, from := range []uint64{0, 1, 2, readAtOnce, readAtOnce + 1, n, n + 1} {
		log, err := s.Read(t.Context(), "a", from)
		must(t, err)
		first := max(from, 1)
		if len(log) != n+1-int(first) || len(log) > 0 && (log[0].Seq != first || log[len(log)-1].Seq != n) {
			t.Errorf("from %d: %d records", from, len(log))
		}
	}
	taken := 0
	for r, err := range s.Records(t.Context(), "a", 1) {
		must(t, err)
		if taken++; r.Seq == readAtOnce+1 {
			break
		}
	}
	if taken != readAtOnce+1 {
		t.Errorf("%d records were taken", taken)
	}
	w, err = s.Open(t.Context(), "a")
	must(t, err)
	if w.Last() != n {
		t.Errorf("it ends with %d", w.Last())
	}
	must(t, w.Close())
}

// An artifact that is not what was put is an error, not something else.
func TestDamagedArtifact(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Put("x", write(strings.Repeat("1", chunkSize)+strings.Repeat("2", chunkSize))), w.Close())
	d, err := s.change(t.Context(), "a", func(d *document) error { slices.Reverse(d.Artifacts["x"].Chunks); return nil })
	must(t, err)
	f, err := s.Get(t.Context(), "a", "x")
	must(t, err)
	if b, err := io.ReadAll(f); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("%d bytes in another order, %v", len(b), err)
	}
	must(t, s.chunks.DeleteMsg(t.Context(), d.Artifacts["x"].Chunks[0]))
	if _, err := s.Get(t.Context(), "a", "x"); err == nil || errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), "lost") {
		t.Errorf("of a body that is lost: %v", err)
	}
}
