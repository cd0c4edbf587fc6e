package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"unpool/core/run"
	"unpool/core/store"
)

// shelf is a store of one artifact and one log.
type shelf struct {
	listed
	file    []byte
	damaged bool // the file cannot be read beyond its middle
	log     iter.Seq2[run.Record, error]
}

func (s *shelf) File(_ context.Context, _, name string) (io.ReadSeekCloser, string, error) {
	if name != "last" {
		return nil, "", store.ErrNotFound
	}
	return &shelved{bytes.NewReader(s.file), s}, "5a5a", nil
}

func (s *shelf) Records(context.Context, string, uint64) iter.Seq2[run.Record, error] { return s.log }

type shelved struct {
	*bytes.Reader
	from *shelf
}

func (f *shelved) Read(b []byte) (int, error) {
	if f.from.damaged && f.Len() <= len(f.from.file)/2 {
		return 0, errors.New("the disk is damaged")
	}
	return f.Reader.Read(b[:min(len(b), len(f.from.file)/2)])
}

func (*shelved) Close() error { return nil }

// An artifact is sent whole or from where a download was cut off, if it is still the same; and never as less than it is.
func TestRangesOfAnArtifact(t *testing.T) {
	s := &shelf{file: []byte(strings.Repeat("0123456789", 1000))}
	server := httptest.NewServer((&Server{Store: s, Queue: waits{}, Stderr: io.Discard}).Handler())
	defer server.Close()
	whole := string(s.file)
	for _, test := range []struct {
		name    string
		headers []string
		status  int
		body    string
	}{
		{"whole", nil, 200, whole},
		{"the rest", []string{"Range", "bytes=9990-"}, 206, "0123456789"},
		{"some in the middle", []string{"Range", "bytes=15-24"}, 206, "5678901234"},
		{"the end", []string{"Range", "bytes=-3"}, 206, "789"},
		{"the rest of the same", []string{"Range", "bytes=9998-", "If-Range", `"5a5a"`}, 206, "89"},
		{"the rest of another", []string{"Range", "bytes=9998-", "If-Range", `"77"`}, 200, whole},
		{"several", []string{"Range", "bytes=0-1,5-6"}, 200, whole},
		{"beyond its end", []string{"Range", "bytes=10000-"}, 416, "invalid range: failed to overlap\n"},
		{"the same", []string{"If-None-Match", `"5a5a"`}, 304, ""},
	} {
		r, err := http.NewRequest("GET", server.URL+"/api/runs/a/artifacts/last", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(test.headers); i += 2 {
			r.Header.Set(test.headers[i], test.headers[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != test.status || string(body) != test.body || err != nil {
			t.Errorf("%s: status %d and %d bytes, %v; want %d and %d", test.name, answer.StatusCode, len(body), err, test.status, len(test.body))
		}
		if test.status < 300 && answer.Header.Get("ETag") != `"5a5a"` {
			t.Errorf("%s: ETag %q", test.name, answer.Header.Get("ETag"))
		}
	}
	s.damaged = true
	answer, err := http.Get(server.URL + "/api/runs/a/artifacts/last")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err == nil {
		t.Errorf("%d bytes of %d are the whole", len(body), len(s.file))
	}
}

// A log is sent while it is read. What is wrong at its beginning is a problem, and later it ends the answer.
func TestLogIsStreamed(t *testing.T) {
	s := &shelf{}
	server := httptest.NewServer((&Server{Store: s, Queue: waits{}, Stderr: io.Discard}).Handler())
	defer server.Close()
	get := func() *http.Response {
		t.Helper()
		answer, err := http.Get(server.URL + "/api/runs/a/log")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	record := func(n int) run.Record { return run.Record{Seq: uint64(n), Event: &run.Rate{Step: n, LearningRate: 1}} }
	heard := make(chan bool)
	s.log = func(yield func(run.Record, error) bool) {
		for n := 1; n <= 5000; n++ { // far more than any buffer on the way takes
			if n == 5000 {
				<-heard
			}
			yield(record(n), nil)
		}
	}
	answer := get()
	lines := bufio.NewReader(answer.Body)
	for n := 1; n <= 5000; n++ {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatalf("record %d: %v", n, err)
		}
		if r, err := run.UnmarshalRecord(line); err != nil || r.Seq != uint64(n) {
			t.Fatalf("record %d is %s, %v", n, line, err)
		}
		if n == 1 {
			close(heard) // while the last one is not there yet
		}
	}
	if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil || answer.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("then %q, %v; of type %s", rest, err, answer.Header.Get("Content-Type"))
	}
	s.log = func(yield func(run.Record, error) bool) {
		yield(run.Record{}, fmt.Errorf("run a: %w", store.ErrNotFound))
	}
	if answer := get(); answer.StatusCode != http.StatusNotFound {
		t.Errorf("of a run that is not there: %d", answer.StatusCode)
	}
	s.log = func(yield func(run.Record, error) bool) {
		if yield(record(1), nil) {
			yield(run.Record{}, errors.New("the disk is damaged"))
		}
	}
	if answer, err := http.Get(server.URL + "/api/runs/a/log"); err == nil {
		defer answer.Body.Close()
		if text, err := io.ReadAll(answer.Body); err == nil {
			t.Errorf("half a log is the whole: %s", text)
		}
	}
	s.log = func(func(run.Record, error) bool) {}
	if answer := get(); answer.StatusCode != http.StatusOK || answer.ContentLength > 0 {
		t.Errorf("of a run that has not begun: %d, %d bytes", answer.StatusCode, answer.ContentLength)
	}
}
