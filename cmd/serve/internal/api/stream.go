package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	wire "unpool/core/api"
	"unpool/core/store"
)

const (
	// heartbeat is after how long a stream says that it is there, if nothing happens.
	heartbeat = 15 * time.Second
	// writeWithin is how long a reader may take for what is sent to it. One that takes longer is dropped, and goes on from the position
	// that it has when it comes again.
	writeWithin = 20 * time.Second
	// mostStreams bounds how many are open.
	mostStreams = 1000
)

func (s *Server) events(_ context.Context, in *struct {
	Since string `query:"since" doc:"a position: the ID of the last event that is known"`
	Last  string `header:"Last-Event-ID" doc:"the same; browsers send it when they connect again"`
}) (*huma.StreamResponse, error) {
	from := s.Store.Now()
	for _, text := range []string{in.Since, in.Last} { // the later one is the newer
		if text == "" {
			continue
		}
		var err error
		if from, err = store.ParsePosition(text); err != nil {
			return nil, problem(http.StatusUnprocessableEntity, err.Error())
		}
	}
	if s.streams.Add(1) > mostStreams {
		s.streams.Add(-1)
		return nil, problem(http.StatusServiceUnavailable, "too many event streams are open; close some pages")
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer s.streams.Add(-1)
		r, w := humago.Unwrap(c)
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.Ended, cancel)()
		s.stream(ctx, w, from)
	}}, nil
}

// stream sends what happens after a position, until ctx ends or the reader is too slow or gone.
func (s *Server) stream(ctx context.Context, w http.ResponseWriter, from store.Position) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // or a proxy would hold it back
	to := sender{w: w, control: http.NewResponseController(w)}
	to.control.SetReadDeadline(time.Time{}) // the server's is for a request, and this one lasts
	if to.send("id: %s\n\n", from) != nil {
		return
	}
	happenings := make(chan store.Happening)
	go func() {
		defer close(happenings)
		for h, err := range s.Store.Happenings(ctx, from) {
			if err != nil {
				return // the reader comes again
			}
			select {
			case happenings <- h:
			case <-ctx.Done():
				return
			}
		}
	}()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case h, ok := <-happenings:
			if !ok {
				return
			}
			err = to.happening(h)
		case <-beat.C:
			err = to.send(":\n\n")
		}
		if err != nil {
			return
		}
	}
}

// sender writes to one reader.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s sender) send(format string, args ...any) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.w, format, args...); err != nil {
		return err
	}
	return s.control.Flush()
}

func (s sender) happening(h store.Happening) error {
	data := wire.Happening{Run: h.Run, Sweep: h.Sweep, Record: h.Record, Deleted: h.Deleted}
	if h.Passing {
		data.Record, data.Passing = nil, h.Record
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // records are sent as they were written
	if err := e.Encode(data); err != nil {
		return err
	}
	if h.Passing {
		return s.send("data: %s\n", text.Bytes())
	}
	return s.send("id: %s\ndata: %s\n", h.At, text.Bytes())
}
