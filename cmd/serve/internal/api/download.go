package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"unpool/core/store"
)

// Types of what is downloaded.
const (
	logType  = "application/x-ndjson"
	fileType = "application/octet-stream"
)

// artifact answers with an artifact as RFC 9110 specifies: whole or a range of it, if it is still the one that the client has a part of.
func (s *Server) artifact(ctx context.Context, in *struct {
	Which
	Name string `path:"name" doc:"of the artifact"`
}) (*huma.StreamResponse, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if store.CheckName(in.Name) != nil {
		return nil, s.failed(fmt.Errorf("%.200q of run %s: %w", in.Name, in.ID, store.ErrNotFound))
	}
	file, sum, err := s.Store.File(ctx, in.ID, in.Name)
	if err != nil {
		return nil, s.failed(err)
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer file.Close()
		r, w := humago.Unwrap(c)
		w.Header().Set("Content-Type", fileType)
		w.Header().Set("ETag", `"`+sum+`"`)
		if strings.Contains(r.Header.Get("Range"), ",") {
			r.Header.Del("Range") // several ranges, each of which would be read from the beginning
		}
		whole := &failing{ReadSeeker: file}
		if http.ServeContent(w, r, "", time.Time{}, whole); whole.err != nil {
			panic(http.ErrAbortHandler) // the client must not mistake what arrived for the whole
		}
	}}, nil
}

// failing remembers that reading failed.
type failing struct {
	io.ReadSeeker
	err error // nil as long as it has not
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.ReadSeeker.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

func (s *Server) log(ctx context.Context, in *struct {
	Which
	From uint64 `query:"from" default:"1" doc:"number of the first record"`
}) (*huma.StreamResponse, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(s.Store.Records(ctx, in.ID, in.From))
	record, err, more := next() // so that an error at the beginning can be reported
	if err != nil {
		stop()
		return nil, s.failed(err)
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer stop()
		c.SetHeader("Content-Type", logType)
		lines := bufio.NewWriterSize(c.BodyWriter(), 32<<10)
		for ; more; record, err, more = next() {
			var line []byte
			if err == nil {
				line, err = record.Marshal()
			}
			if err == nil {
				_, err = lines.Write(append(line, '\n'))
			}
			if err != nil {
				panic(http.ErrAbortHandler) // the client must not mistake what arrived for the whole
			}
		}
		if lines.Flush() != nil {
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
