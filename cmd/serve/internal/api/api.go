// Package api serves a store's runs over HTTP, and accepts commands for them: the paths and bodies of core/api, described
// as OpenAPI 3.1 at /api/openapi.json. It knows a store and a queue, not what trains.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	wire "unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
)

// Store keeps the runs.
type Store interface {
	store.Store
	// Records is Read, one record after the other.
	Records(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error]
	// Workers returns the devices that train, in order of their names.
	Workers(ctx context.Context) ([]wire.Worker, error)
	// File is Get for those who read parts of an artifact. It also returns its SHA-256 in hexadecimal.
	File(ctx context.Context, id, name string) (f io.ReadSeekCloser, sum string, err error)
	Now() store.Position
	Happenings(ctx context.Context, from store.Position) iter.Seq2[store.Happening, error]
}

// Queue has runs trained.
type Queue interface {
	Add(ctx context.Context, j store.Job) error
	Do(ctx context.Context, id string, c control.Command) error
	Delete(ctx context.Context, id string) error
	Jobs(ctx context.Context) ([]store.Job, error)
}

// Server is what the answers are made of.
type Server struct {
	Store   Store
	Queue   Queue
	Sweeps  Sweeps
	Machine string                            // its name; "" where it has none
	Where   func() (run.Where, error)         // what computes
	Missing func(recipe.Dataset) (why string) // why a data set is not here; "" for one that is
	Stderr  io.Writer                         // is told what is wrong with the server itself
	Ended   context.Context                   // ends the streams
	streams atomic.Int64                      // that are open
	uploads atomic.Int64                      // that are under way
}

// maxBody bounds what a request says, in bytes.
const maxBody = 64 << 10

// Handler answers requests to paths that begin with /api/.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Unpool", "1")
	config.Info.Description = "Runs that a server keeps and trains. Errors are problem details (RFC 9457)."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // which add links to schemas
	config.RejectUnknownQueryParameters = true
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	api := humago.New(mux, config)
	s.register(api)
	spec, err := json.Marshal(api.OpenAPI())
	if err != nil {
		panic(err) // what the program says of itself always marshals
	}
	mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Write(spec)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if _, pattern := mux.Handler(r); pattern == "" {
			refuse(w, r, mux)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// register describes all operations, and what answers them.
func (s *Server) register(api huma.API) {
	at := func(method, path, id, summary string, status int) huma.Operation {
		errors := []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
		if method != "GET" {
			errors = append(errors, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
				http.StatusTooManyRequests, http.StatusInsufficientStorage)
		}
		return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, DefaultStatus: status, MaxBodyBytes: maxBody, Errors: errors}
	}
	huma.Register(api, at("GET", "/api/machine", "machine", "What the server computes with", 200), s.machine)
	huma.Register(api, at("GET", "/api/machines", "machines", "The devices that train the runs of the queue", 200), s.machines)
	huma.Register(api, at("GET", "/api/runs", "list", "Runs, the newest first, page by page", 200), s.list)
	huma.Register(api, at("POST", "/api/runs", "create", "Add a new run to the queue", 201), s.create)
	huma.Register(api, at("GET", "/api/runs/{id}", "get", "A summary of a run", 200), s.get)
	huma.Register(api, at("PATCH", "/api/runs/{id}", "label", "Replace the name and note of a run", 204), s.label)
	huma.Register(api, at("DELETE", "/api/runs/{id}", "delete", "Delete a run", 204), s.remove)
	huma.Register(api, at("POST", "/api/runs/{id}/commands", "command", "Send a command to a run in training or in the queue", 204), s.command)
	huma.Register(api, at("POST", "/api/runs/{id}/resume", "resume", "Add an interrupted, stopped or finished run to the queue again", 202), s.resume)
	huma.Register(api, answers(at("GET", "/api/runs/{id}/log", "log", "The records of a run from a given number on, one per line", 200), logType), s.log)
	huma.Register(api, at("GET", "/api/runs/{id}/artifacts", "artifacts", "The artifacts of a run", 200), s.artifacts)
	huma.Register(api, answers(at("GET", "/api/runs/{id}/artifacts/{name}", "artifact", "The bytes of an artifact, or a range of them", 200), fileType, 206), s.artifact)
	take := at("POST", "/api/import", "import", "Import a run from one file, its zipped folder, or bring the run that is here to the later state of the file's", 201)
	take.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{store.FileType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	huma.Register(api, take, s.take)
	s.registerSweeps(api, at)
	huma.Register(api, answers(at("GET", "/api/events", "events", "Everything that happens to runs and sweeps, as an event stream", 200), "text/event-stream"), s.events)
	var codes []any
	for _, code := range wire.Codes() {
		codes = append(codes, code)
	}
	api.OpenAPI().Components.Schemas.SchemaFromRef("#/components/schemas/Refused").Properties["code"].Enum = codes
}

// answers describes an operation's answer that is not JSON, with the statuses that it may have besides its own.
func answers(o huma.Operation, kind string, more ...int) huma.Operation {
	o.Responses = map[string]*huma.Response{}
	for _, status := range append(more, o.DefaultStatus) {
		o.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}
	}
	return o
}

// refuse answers in place of mux, which would say in plain text that there is no such path or method.
func refuse(w http.ResponseWriter, r *http.Request, mux http.Handler) {
	said := refusal{header: w.Header()}
	mux.ServeHTTP(&said, r)
	writeProblem(w, asProblem(codeOf(said.status), said.status, strings.TrimSpace(said.text.String())))
}

// refusal keeps a handler's answer except for its headers, which are those of another answer.
type refusal struct {
	header http.Header
	status int
	text   bytes.Buffer
}

func (r *refusal) Header() http.Header         { return r.header }
func (r *refusal) WriteHeader(status int)      { r.status = status }
func (r *refusal) Write(b []byte) (int, error) { return r.text.Write(b) }

// failed answers an error of the store or the queue. The server's own errors may name its files: they are printed there, and not sent to clients.
func (s *Server) failed(err error) error {
	if invalid := (Invalid{}); errors.As(err, &invalid) {
		return problem(wire.CodeInvalid, strings.ReplaceAll(invalid.Error(), "\n", "; "))
	}
	if known := huma.StatusError(nil); errors.As(err, &known) {
		return known
	}
	if errors.Is(err, context.Canceled) {
		return problem(wire.CodeCancelled, "the request was cancelled") // the client is gone, or the server is stopping
	}
	says := err.Error()
	switch {
	case errors.Is(err, store.ErrFull):
		fmt.Fprintf(s.Stderr, "A request failed: %v\n", err)
		says = "the server has no storage left for this; delete runs or give it more storage"
	case errors.Is(err, store.ErrUnreachable):
		fmt.Fprintf(s.Stderr, "A request failed: %v\n", err)
		says = "the server cannot reach its store; try again later"
	}
	for code, kind := range remote.Kinds {
		if errors.Is(err, kind) {
			return problem(code, says)
		}
	}
	fmt.Fprintf(s.Stderr, "A request failed: %v\n", err)
	return problem(wire.CodeFailed, "this failed on the server; the server's terminal shows more")
}
