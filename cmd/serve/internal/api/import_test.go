package api

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	wire "unpool/core/api"
	"unpool/core/store"
)

// Only so many runs are uploaded at once; when an upload has ended in any way, another may begin.
func TestUploadsAreBounded(t *testing.T) {
	s := &Server{Store: &listed{}, Queue: waits{}, Stderr: io.Discard}
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	send := func(body io.Reader) (status int, retry string, p wire.Problem) {
		answer, err := http.Post(server.URL+"/"+wire.Import, store.FileType, body)
		if err != nil {
			t.Error(err)
			return
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(&p); err != nil {
			t.Error(err)
		}
		return answer.StatusCode, answer.Header.Get("Retry-After"), p
	}
	answers := make(chan int, mostUploads)
	var bodies []*io.PipeWriter
	for range mostUploads {
		from, to := io.Pipe()
		bodies = append(bodies, to)
		go func() {
			status, _, _ := send(from)
			answers <- status
		}()
		to.Write([]byte("PK")) // the upload is under way once that is read, and this is not the end of it
	}
	for until := time.Now().Add(time.Minute); s.uploads.Load() < mostUploads; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%d uploads have begun", s.uploads.Load())
		}
	}
	if status, retry, p := send(strings.NewReader("PK")); status != http.StatusServiceUnavailable || retry != "10" || !strings.Contains(p.Detail, "try again") {
		t.Errorf("one more: %d, Retry-After %q, %+v", status, retry, p)
	}
	bodies[0].Close()
	if status := <-answers; status != http.StatusUnprocessableEntity {
		t.Errorf("what is no file of a run: %d", status)
	}
	if status, _, p := send(strings.NewReader("PK")); status != http.StatusUnprocessableEntity {
		t.Errorf("when one has ended: %d, %+v", status, p)
	}
	for _, body := range bodies[1:] {
		body.Close()
		<-answers
	}
}
