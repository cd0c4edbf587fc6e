package remote

import (
	"io"
	"net/http"
	"time"
)

// within sends requests to a handler of this program.
type within struct{ handler http.Handler }

// RoundTrip is http.RoundTripper's. The answer's body is what the handler writes while it is read.
func (t within) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	from, to := io.Pipe()
	a := &answer{to: to, begun: make(chan struct{})}
	a.response = &http.Response{
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: from, ContentLength: -1, Request: r,
	}
	go func() {
		defer func() {
			a.WriteHeader(http.StatusOK)
			if recover() != nil { // this is how a handler aborts an answer
				to.CloseWithError(io.ErrUnexpectedEOF)
			}
			to.Close()
		}()
		t.handler.ServeHTTP(a, r)
	}()
	<-a.begun
	return a.response, nil
}

// answer is a handler's, whose status and headers are known when it is begun.
type answer struct {
	response *http.Response
	to       *io.PipeWriter
	begun    chan struct{}
	status   bool // is known
}

func (a *answer) Header() http.Header { return a.response.Header }

func (a *answer) WriteHeader(status int) {
	if a.status {
		return
	}
	a.status = true
	a.response.StatusCode, a.response.Status = status, http.StatusText(status)
	a.response.Header = a.response.Header.Clone()
	close(a.begun)
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.to.Write(b)
}

// What is written is read at once, and nothing is too slow: a reader is within this program.

func (a *answer) Flush()                           { a.WriteHeader(http.StatusOK) }
func (a *answer) SetReadDeadline(time.Time) error  { return nil }
func (a *answer) SetWriteDeadline(time.Time) error { return nil }
