package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	wire "unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// Which names a run. huma reads embedded types only where they are exported.
type Which struct {
	ID string `path:"id" doc:"of the run: a file's name" pattern:"^[^./\\\\:\\x00-\\x1F\\x7F-\\x9F][^/\\\\:\\x00-\\x1F\\x7F-\\x9F]*$" patternDescription:"the ID of a run, a name that a file may have" maxLength:"200"`
}

// check refuses what is not a run's ID.
func (w Which) check() error {
	if err := store.CheckName(w.ID); err != nil {
		return problem(wire.CodeInvalid, "invalid run ID: "+err.Error())
	}
	return nil
}

// answer is a body.
type answer[T any] struct{ Body T }

func (s *Server) machine(ctx context.Context, in *struct {
	Recipe string `query:"recipe" doc:"a recipe as JSON: how long a step of it took here before"`
}) (*answer[wire.Here], error) {
	where, err := s.Where()
	if err != nil {
		return nil, s.failed(err)
	}
	jobs, err := s.Queue.Jobs(ctx)
	if err != nil {
		return nil, s.failed(err)
	}
	here := wire.Here{Name: s.Machine, Where: where}
	for _, j := range jobs {
		if j.Phase == run.Waiting {
			here.Waiting++
		}
	}
	if in.Recipe == "" {
		return &answer[wire.Here]{here}, nil
	}
	r, err := recipe.Decode([]byte(in.Recipe))
	if err != nil {
		return nil, problem(wire.CodeInvalid, "the recipe: "+err.Error())
	}
	all, err := s.Store.List(ctx)
	if err != nil {
		return nil, s.failed(err)
	}
	for _, sum := range all { // the newest first
		if sum.MsPerStep > 0 && sum.Where.Backend == where.Backend && sum.Where.Same(where) && sameStep(sum.Recipe, r) {
			here.MsPerStep = sum.MsPerStep
			break
		}
	}
	return &answer[wire.Here]{here}, nil
}

func (s *Server) machines(ctx context.Context, _ *struct{}) (*answer[wire.WorkerList], error) {
	all, err := s.Store.Workers(ctx)
	if err != nil {
		return nil, s.failed(err)
	}
	return &answer[wire.WorkerList]{wire.WorkerList{Machines: all}}, nil
}

// sameStep reports whether a training step of two recipes is the same work.
func sameStep(a, b recipe.Recipe) bool {
	return a.Net == b.Net && a.Dataset == b.Dataset && a.Size == b.Size && a.Colour == b.Colour && a.Batch == b.Batch &&
		a.Optimizer == b.Optimizer && a.Exact == b.Exact && a.Augment == b.Augment
}

// summaries are all runs, those in the queue too.
func (s *Server) summaries(ctx context.Context) ([]run.Summary, error) {
	jobs, err := s.Queue.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.List(ctx)
	if err != nil {
		return nil, err
	}
	return store.WithJobs(all, jobs), nil
}

func (s *Server) get(ctx context.Context, in *Which) (*answer[run.Summary], error) {
	sum, err := s.summary(ctx, in)
	if err != nil {
		return nil, err
	}
	return &answer[run.Summary]{sum}, nil
}

func (s *Server) summary(ctx context.Context, in *Which) (run.Summary, error) {
	if err := in.check(); err != nil {
		return run.Summary{}, err
	}
	all, err := s.summaries(ctx)
	if err != nil {
		return run.Summary{}, s.failed(err)
	}
	for _, sum := range all {
		if sum.ID == in.ID {
			return sum, nil
		}
	}
	return run.Summary{}, s.failed(fmt.Errorf("run %s: %w", in.ID, store.ErrNotFound))
}

// rawRecipe is a recipe that was not read yet.
type rawRecipe struct{ json.RawMessage }

// Schema is huma.SchemaProvider's. The recipe's own messages about invalid values are better.
func (rawRecipe) Schema(huma.Registry) *huma.Schema {
	fields := map[string]*huma.Schema{"version": {Type: huma.TypeInteger, Description: "of this form: " + strconv.Itoa(recipe.Version)}}
	for i := range recipe.Fields {
		f := &recipe.Fields[i]
		fields[f.Name] = &huma.Schema{Description: f.Help}
	}
	return &huma.Schema{Type: huma.TypeObject, Description: "A recipe: what to train", Properties: fields, AdditionalProperties: true}
}

func (s *Server) create(ctx context.Context, in *struct {
	Body struct {
		Recipe rawRecipe `json:"recipe"`
		Name   string    `json:"name,omitempty" doc:"the user's, for the run"`
	}
}) (*answer[wire.Made], error) {
	r, err := recipe.Decode(in.Body.Recipe.RawMessage)
	if err == nil {
		err = r.Validate()
	}
	label := run.Label{Name: in.Body.Name}
	if err == nil {
		err = label.Check()
	}
	if err != nil {
		return nil, problem(wire.CodeInvalid, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if err := HasData(s.Missing, r.Dataset); err != nil {
		return nil, err
	}
	made := wire.Made{ID: run.NewID()}
	if err := s.Queue.Add(ctx, store.Job{ID: made.ID, Label: label, Recipe: r}); err != nil {
		return nil, s.failed(err)
	}
	return &answer[wire.Made]{made}, nil
}

// HasData refuses data sets that the server does not have, and its folders, which no client may have read. missing says why one is not here.
func HasData(missing func(recipe.Dataset) (why string), name recipe.Dataset) error {
	if _, folder := name.Folder(); folder {
		return problem(wire.CodeInvalid, "dataset: a server trains on data sets that have a name everywhere")
	}
	if why := missing(name); why != "" {
		return problem(wire.CodeNoData, why)
	}
	return nil
}

func (s *Server) label(ctx context.Context, in *struct {
	Which
	Body run.Label
}) (*struct{}, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if err := in.Body.Check(); err != nil {
		return nil, problem(wire.CodeInvalid, err.Error())
	}
	return s.done(s.Store.Label(ctx, in.ID, in.Body))
}

// done is the answer of an operation that returns nothing, or why it failed.
func (s *Server) done(err error) (*struct{}, error) {
	if err != nil {
		return nil, s.failed(err)
	}
	return nil, nil
}

func (s *Server) remove(ctx context.Context, in *Which) (*struct{}, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if err := s.mayGo(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.done(s.Queue.Delete(ctx, in.ID))
}

func (s *Server) command(ctx context.Context, in *struct {
	Which
	Body control.Command
}) (*struct{}, error) {
	if _, err := s.summary(ctx, &in.Which); err != nil {
		return nil, err
	}
	return s.done(s.Queue.Do(ctx, in.ID, in.Body))
}

func (s *Server) resume(ctx context.Context, in *struct {
	Which
	Body *wire.Further
}) (*answer[wire.Made], error) {
	sum, err := s.summary(ctx, &in.Which)
	switch {
	case err != nil:
		return nil, err
	case sum.Phase == run.Waiting || sum.Phase.Active():
		return nil, s.failed(store.ErrQueued)
	case sum.Phase != run.Stopped && sum.Phase != run.Interrupted && sum.Phase != run.Done:
		return nil, problem(wire.CodeOver, "the run is "+string(sum.Phase)+": only a stopped, interrupted or finished run can be resumed")
	}
	if err := HasData(s.Missing, sum.Recipe.Dataset); err != nil {
		return nil, err
	}
	if err := s.mayResume(ctx, sum); err != nil {
		return nil, err
	}
	j := store.Job{ID: in.ID, Label: sum.Label, Step: sum.Step}
	if in.Body != nil {
		j.Rate = in.Body.LearningRate
	}
	if j.Recipe, err = further(sum, in.Body); err != nil {
		return nil, err
	}
	if err := s.Queue.Add(ctx, j); err != nil {
		return nil, s.failed(err)
	}
	return &answer[wire.Made]{wire.Made{ID: in.ID}}, nil
}

// further is the recipe with which a run is resumed as a client asks.
func further(sum run.Summary, asked *wire.Further) (recipe.Recipe, error) {
	r, ok := sum.Recipe.Resume(sum.Step)
	if sum.Phase == run.Done {
		r = r.Lifted()
	}
	if !ok {
		return r, problem(wire.CodeOver, "the run cannot be trained further: it has come to the end of its learning-rate schedule, or to the most steps that a run may have")
	}
	if asked == nil {
		return r, nil
	}
	if asked.LearningRate != 0 {
		if err := recipe.CheckLearningRate(asked.LearningRate); err != nil {
			return r, problem(wire.CodeInvalid, err.Error())
		}
	}
	switch {
	case asked.Steps == 0 || asked.Steps == r.Steps:
		return r, nil
	case r.Schedule != recipe.Constant:
		return r, problem(wire.CodeInvalid, "steps: the schedule of the learning rate is for "+strconv.Itoa(r.Steps))
	case asked.Steps <= sum.Step:
		return r, problem(wire.CodeInvalid, "steps: "+strconv.Itoa(sum.Step)+" are done already")
	}
	r.Steps = asked.Steps
	if err := r.Validate(); err != nil {
		return r, problem(wire.CodeInvalid, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return r, nil
}

func (s *Server) artifacts(ctx context.Context, in *Which) (*answer[[]wire.Artifact], error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	all, err := s.Store.Artifacts(ctx, in.ID)
	if err != nil {
		return nil, s.failed(err)
	}
	out := []wire.Artifact{} // none is [] and not null
	for _, a := range all {
		out = append(out, wire.Artifact{Name: a.Name, Size: a.Size})
	}
	return &answer[[]wire.Artifact]{out}, nil
}
