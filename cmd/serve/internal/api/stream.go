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
	// heartbeat is after how long a stream sends a comment if nothing happens.
	heartbeat = 15 * time.Second
	// writeWithin is how long a reader may take for what is sent to it. One that takes longer is dropped, and continues from the position
	// that it has when it reconnects.
	writeWithin = 20 * time.Second
	// mostStreams bounds how many are open.
	mostStreams = 1024
	// pace is how long a stream pauses after it has sent something, times the number of open streams: all together they send five hundred times
	// a second at most, which leaves the processor to the runs. What happens meanwhile is sent together.
	pace = 2 * time.Millisecond
	// lull is how long a stream waits for more before it sends what it has, and mostTogether the most bytes that it sends together.
	lull         = 2 * time.Millisecond
	mostTogether = 256 << 10
)

func (s *Server) events(_ context.Context, in *struct {
	Since string `query:"since" doc:"a position: the ID of the last event received"`
	Last  string `header:"Last-Event-ID" doc:"the same; browsers send it when they reconnect"`
}) (*huma.StreamResponse, error) {
	now := s.Store.Now()
	from := now
	for _, text := range []string{in.Since, in.Last} { // the later one is the newer
		if text == "" {
			continue
		}
		var err error
		if from, err = store.ParsePosition(text); err != nil {
			return nil, problem(wire.CodeInvalid, err.Error())
		}
	}
	if !from.Before(now) { // the first ID says that it begins elsewhere
		from = now
	}
	if s.streams.Add(1) > mostStreams {
		s.streams.Add(-1)
		return nil, later(10, "too many event streams are open; close some pages")
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
	if to.send(fmt.Appendf(nil, "id: %s\n\n", from)) != nil {
		return
	}
	happenings := make(chan store.Happening)
	go func() {
		defer close(happenings)
		for h, err := range s.Store.Happenings(ctx, from) {
			if err != nil {
				return // the reader reconnects
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
			var text []byte
			if text, err = together(h, happenings); err == nil {
				err = to.send(text)
			}
		case <-beat.C:
			err = to.send([]byte(":\n\n"))
		}
		if err != nil {
			return
		}
		select {
		case <-time.After(time.Duration(s.streams.Load()) * pace):
		case <-ctx.Done():
			return
		}
	}
}

// together are a happening and those that follow at once, as events. Of the progress and of the answers of a run the newest are enough.
func together(h store.Happening, more <-chan store.Happening) (text []byte, err error) {
	all := []store.Happening{h}
	for size, ok := len(h.Record), true; ok && size < mostTogether; {
		select {
		case h, ok = <-more:
			if ok {
				all = append(all, h)
				size += len(h.Record)
			}
		case <-time.After(lull):
			ok = false
		}
	}
	newest := map[row]int{}
	for i, h := range all {
		if r, ok := rowOf(h); ok {
			newest[r] = i
		}
	}
	for i, h := range all {
		if r, ok := rowOf(h); ok && newest[r] != i {
			continue
		}
		e, err := event(h)
		if err != nil {
			return nil, err
		}
		text = append(text, e...)
	}
	return text, nil
}

// row is what happenings have in common if the newest replaces the others.
type row struct{ run, kind string }

// rowOf returns the row that a happening belongs to, if it does to any. The type comes first in a record.
func rowOf(h store.Happening) (r row, ok bool) {
	if !h.Passing {
		return row{}, false
	}
	head := h.Record[:min(len(h.Record), 100)]
	for _, kind := range []string{"progress", "answers"} {
		if bytes.Contains(head, []byte(`"type":"`+kind+`"`)) {
			return row{h.Run, kind}, true
		}
	}
	return row{}, false
}

// sender writes to one reader.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s sender) send(text []byte) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	return s.control.Flush()
}

// event is a happening as an event of the stream: its data is a wire.Happening. A record is valid JSON on one line, and is sent as it was written:
// to check it again for each of a thousand readers would take longer than to send it.
func event(h store.Happening) ([]byte, error) {
	what, id := "run", h.Run
	if h.Sweep != "" {
		what, id = "sweep", h.Sweep
	}
	name, err := json.Marshal(id)
	if err != nil {
		return nil, err
	}
	var text []byte
	if !h.Passing {
		text = fmt.Appendf(text, "id: %s\n", h.At)
	}
	text = append(fmt.Appendf(text, "data: {%q:", what), name...)
	switch {
	case h.Record == nil:
	case h.Passing:
		text = append(append(text, `,"passing":`...), h.Record...)
	default:
		text = append(append(text, `,"record":`...), h.Record...)
	}
	if h.Deleted {
		text = append(text, `,"deleted":true`...)
	}
	return append(text, "}\n\n"...), nil
}
