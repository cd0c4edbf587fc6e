package api

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	wire "unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
)

// Sweeps has the runs of sweeps trained.
type Sweeps interface {
	Create(ctx context.Context, file []byte, name string) (id string, err error)
	List(ctx context.Context) ([]wire.SweepSummary, error)
	Get(ctx context.Context, id string) (wire.Sweep, error)
	Change(ctx context.Context, id string, c wire.SweepChange) error
	Do(ctx context.Context, id string, verb wire.SweepVerb) error
	Delete(ctx context.Context, id string) error
}

// Invalid is what is wrong with what a client asks for: it is the client's to correct.
type Invalid struct{ Err error }

func (i Invalid) Error() string { return i.Err.Error() }

// Unwrap gives errors.Is the cause.
func (i Invalid) Unwrap() error { return i.Err }

// Over is why something cannot be done to what has ended; the client is told so.
func Over(why string) error { return problem(wire.CodeOver, why) }

// WhichSweep names a sweep.
type WhichSweep struct {
	ID string `path:"id" doc:"of the sweep"`
}

// check refuses what is not a sweep's ID.
func (w WhichSweep) check() error {
	if err := store.CheckName(w.ID); err != nil {
		return problem(wire.CodeInvalid, "invalid sweep ID: "+err.Error())
	}
	return nil
}

// maxSweepBody bounds a request that makes a sweep: its file, and a name.
const maxSweepBody = wire.MaxSweepFile + 4<<10

func (s *Server) registerSweeps(api huma.API, at func(method, path, id, summary string, status int) huma.Operation) {
	huma.Register(api, at("GET", "/api/sweeps", "sweeps", "All sweeps, the newest first", 200), s.sweeps)
	create := at("POST", "/api/sweeps", "create-sweep", "Start a sweep", 201)
	create.MaxBodyBytes = maxSweepBody
	huma.Register(api, create, s.createSweep)
	huma.Register(api, at("GET", "/api/sweeps/{id}", "sweep", "A sweep with all its points and runs", 200), s.sweep)
	huma.Register(api, at("PATCH", "/api/sweeps/{id}", "change-sweep", "Rename a sweep, add points or seeds, or limit how many of its runs are trained at once", 204), s.changeSweep)
	huma.Register(api, at("DELETE", "/api/sweeps/{id}", "delete-sweep", "Delete a sweep and all its runs", 204), s.removeSweep)
	huma.Register(api, at("POST", "/api/sweeps/{id}/commands", "command-sweep", "Pause, continue or stop a sweep", 204), s.commandSweep)
}

func (s *Server) sweeps(ctx context.Context, _ *struct{}) (*answer[wire.SweepList], error) {
	all, err := s.Sweeps.List(ctx)
	if err != nil {
		return nil, s.failed(err)
	}
	return &answer[wire.SweepList]{wire.SweepList{Sweeps: all}}, nil
}

// rawFile is a sweep file that was not read yet.
type rawFile struct{ json.RawMessage }

// Schema is huma.SchemaProvider's. The messages of the file's own reader are better.
func (rawFile) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: "A sweep file: base, change, grid, random, each, seeds and asha", AdditionalProperties: true}
}

func (s *Server) createSweep(ctx context.Context, in *struct {
	Body struct {
		File rawFile `json:"file"`
		Name string  `json:"name,omitempty" doc:"the user's, for the sweep"`
	}
}) (*answer[wire.Made], error) {
	id, err := s.Sweeps.Create(ctx, in.Body.File.RawMessage, in.Body.Name)
	if err != nil {
		return nil, s.failed(err)
	}
	return &answer[wire.Made]{wire.Made{ID: id}}, nil
}

func (s *Server) sweep(ctx context.Context, in *WhichSweep) (*answer[wire.Sweep], error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	one, err := s.Sweeps.Get(ctx, in.ID)
	if err != nil {
		return nil, s.failed(err)
	}
	return &answer[wire.Sweep]{one}, nil
}

func (s *Server) changeSweep(ctx context.Context, in *struct {
	WhichSweep
	Body wire.SweepChange
}) (*struct{}, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return s.done(s.Sweeps.Change(ctx, in.ID, in.Body))
}

func (s *Server) commandSweep(ctx context.Context, in *struct {
	WhichSweep
	Body wire.SweepCommand
}) (*struct{}, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return s.done(s.Sweeps.Do(ctx, in.ID, in.Body.Do))
}

func (s *Server) removeSweep(ctx context.Context, in *WhichSweep) (*struct{}, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return s.done(s.Sweeps.Delete(ctx, in.ID))
}

// mayGo refuses to delete a run that its sweep still compares others with.
func (s *Server) mayGo(ctx context.Context, id string) error {
	all, err := s.Store.List(ctx)
	if err != nil {
		return s.failed(err)
	}
	for _, sum := range all {
		if sum.ID == id && sum.Sweep != "" {
			return s.free(ctx, sum, "deleted")
		}
	}
	return nil
}

// mayResume refuses to resume a run that its sweep resumes when it promotes it.
func (s *Server) mayResume(ctx context.Context, sum run.Summary) error {
	if sum.Sweep == "" {
		return nil
	}
	return s.free(ctx, sum, "resumed")
}

// free refuses what may not be done to a run of a sweep that is not over.
func (s *Server) free(ctx context.Context, sum run.Summary, done string) error {
	all, err := s.Sweeps.List(ctx)
	if err != nil {
		return s.failed(err)
	}
	for _, one := range all {
		if one.ID == sum.Sweep && one.Ended.IsZero() {
			return problem(wire.CodeInSweep, "the run belongs to the sweep "+sum.Sweep+", which has not ended; until it does, the run cannot be "+done)
		}
	}
	return nil
}
