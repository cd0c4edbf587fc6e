package api

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	wire "unpool/core/api"
	"unpool/core/store"
)

const (
	// uploadWithin is how long a file may take to arrive.
	uploadWithin = 10 * time.Minute
	// mostUploads bounds how many files are uploaded at once: each may take store.MaxFile of the disk until it has been read.
	mostUploads = 4
)

// upload is a request whose body is read as it arrives: it may be too large for memory.
type upload struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve is huma.Resolver's.
func (u *upload) Resolve(c huma.Context) []error {
	u.r, u.w = humago.Unwrap(c)
	return nil
}

func (s *Server) take(ctx context.Context, in *upload) (*answer[wire.Made], error) {
	if in.r.Header.Get("Content-Type") != store.FileType {
		return nil, problem(wire.CodeMediaType, "a run as one file has the type "+store.FileType)
	}
	defer s.uploads.Add(-1)
	if s.uploads.Add(1) > mostUploads {
		return nil, later(10, "other runs are being uploaded to this server; try again in a moment")
	}
	file, err := os.CreateTemp("", "unpool-run-")
	if err != nil {
		return nil, s.failed(err)
	}
	defer func() {
		file.Close()
		os.Remove(file.Name())
	}()
	// The server's own deadline is for small bodies. A handler within the program has none.
	http.NewResponseController(in.w).SetReadDeadline(time.Now().Add(uploadWithin))
	size, err := io.Copy(file, http.MaxBytesReader(in.w, in.r.Body, store.MaxFile))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return nil, problem(wire.CodeTooLarge, "the file is too large for a run")
	}
	if err != nil {
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			return nil, s.failed(err)
		}
		return nil, &refused{asProblem(wire.CodeInvalid, http.StatusBadRequest, "the file did not arrive in time")}
	}
	id, err := store.Import(ctx, s.Store, file, size)
	known := errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrBusy)
	switch {
	case err != nil && (known || errors.As(err, new(*fs.PathError))): // such an error names a path on the server
		return nil, s.failed(err)
	case err != nil:
		return nil, problem(wire.CodeInvalid, err.Error())
	}
	return &answer[wire.Made]{wire.Made{ID: id}}, nil
}
