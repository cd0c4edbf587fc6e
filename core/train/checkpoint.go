package train

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Checkpoint returns a copy of the run's current state: everything a step changes. There is none before Run has compiled
// the training step, which makes the optimiser's state.
func (s *Session) Checkpoint() (*checkpoint.Checkpoint, error) {
	if s.stepper == nil {
		return nil, errors.New("train: the run has not started, so it has no state to store")
	}
	return s.snapshot(s.measured())
}

// snapshot copies the state to the host; metric is its evaluation, if there was one. A step that fails has donated its
// variables, so a copy is the only way back.
func (s *Session) snapshot(metric *run.Metric) (*checkpoint.Checkpoint, error) {
	c := &checkpoint.Checkpoint{
		Version: checkpoint.Version, Recipe: s.Recipe, Step: s.steps, Seconds: s.clock.seconds(),
		Metric: metric, Best: s.best, Where: s.Where, Content: s.content,
	}
	for v := range s.store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		t := checkpoint.Tensor{Name: v.Path(), DType: storedAs[v.DType()], Shape: v.Shape().Dimensions}
		// Little-endian, as the machines are that the backends run on.
		if err := value.ConstBytes(func(data []byte) { t.Data = slices.Clone(data) }); err != nil {
			return nil, err
		}
		c.Tensors = append(c.Tensors, t)
	}
	return c, nil
}

// storedAs names the types of variables as checkpoints do.
var storedAs = map[dtypes.DType]checkpoint.DType{
	dtypes.Float32: checkpoint.Float32, dtypes.Float64: checkpoint.Float64,
	dtypes.Int32: checkpoint.Int32, dtypes.Int64: checkpoint.Int64,
	dtypes.Uint32: checkpoint.Uint32, dtypes.Uint64: checkpoint.Uint64,
}

// measured returns the evaluation of the net as it stands, nil if there was none.
func (s *Session) measured() *run.Metric {
	if s.good == nil || s.good.Step != s.steps {
		return nil
	}
	return s.good.Metric
}

// keep hands out the current state.
func (s *Session) keep() error {
	if s.Keep == nil {
		return nil
	}
	c, err := s.Checkpoint()
	if err != nil {
		return err
	}
	s.Keep(c)
	return nil
}

// resume makes c the state that Run begins with.
func (s *Session) resume(c *checkpoint.Checkpoint) error {
	if err := SameContent(c.Content, s.content); err != nil {
		return err
	}
	if err := compatible(c, s.Recipe); err != nil {
		return err
	}
	if err := fitting(s.store, c); err != nil {
		return err
	}
	if err := whole(s.store, s.Recipe, c); err != nil {
		return err
	}
	if err := s.moveFrom(c); err != nil {
		return err
	}
	s.good, s.best, s.steps, s.finite = c, c.Best, c.Step, c.Step
	s.clock.resume(c.Seconds)
	return nil
}

// moveFrom decides whether the run may be resumed here after c. An exact run has the same bits on every machine, but on its own
// backend only. Any other may move, when the user asks for it, and its log then says so.
func (s *Session) moveFrom(c *checkpoint.Checkpoint) error {
	switch {
	case c.Where == run.Where{}: // an older file, which does not say
		return nil
	case s.Recipe.Exact && !c.Where.SameBits(s.Where):
		return fmt.Errorf("it is exact and was computed with the %s backend; the %s backend would give different bits", c.Where.Backend, s.Where.Backend)
	case s.Recipe.Exact || c.Where.Same(s.Where):
		return nil
	case !s.Move:
		return &MoveError{From: c.Where, To: s.Where}
	}
	s.moved = &run.Move{Step: c.Step, From: c.Where, To: s.Where}
	return nil
}

// MoveError refuses to resume a run on another backend, precision or machine, which changes its numbers, as long as
// it was not asked for.
type MoveError struct{ From, To run.Where }

func (e *MoveError) Error() string {
	return fmt.Sprintf("the run was computed with (%s) and would be resumed with (%s), which may round differently", e.From, e.To)
}

// compatible reports whether a run of recipe r may be resumed from c: it must be the recipe of c, but for its length and
// when and how much it evaluates. Each problem is a *recipe.FieldError.
func compatible(c *checkpoint.Checkpoint, r recipe.Recipe) error {
	var problems []error
	if c.Step > r.Steps {
		problems = append(problems, &recipe.FieldError{
			Field: "steps", Problem: fmt.Sprintf("%d have been done, so it cannot be %d", c.Step, r.Steps)})
	}
	for _, d := range recipe.Differences(c.Recipe, r) {
		fixed := d.Decides() ||
			d.Name == "steps" && r.Schedule != recipe.Constant || // a schedule has a length
			d.Name == "dataset" && c.Content == nil // whether it is the same is not known
		if fixed {
			problems = append(problems, &recipe.FieldError{
				Field: d.Name, Problem: fmt.Sprintf("it was %s and cannot be changed to %s", cmp.Or(d.A, "unset"), cmp.Or(d.B, "unset"))})
		}
	}
	return errors.Join(problems...)
}

// fitting reports whether c has a value of the right type and shape for each variable in the store.
func fitting(store *model.Store, c *checkpoint.Checkpoint) error {
	for v := range store.IterVariables() {
		if err := has(c, v.Path(), v.Shape()); err != nil {
			return err
		}
	}
	return nil
}

// has reports whether c has a tensor of a name, type and shape.
func has(c *checkpoint.Checkpoint, name string, shape shapes.Shape) error {
	t, ok := find(c, name)
	switch {
	case !ok:
		return fmt.Errorf("it has no tensor %s", name)
	case t.DType != storedAs[shape.DType] || !slices.Equal(t.Shape, shape.Dimensions):
		return fmt.Errorf("its tensor %s is %s%v, the net's is %s%v", t.Name, t.DType, t.Shape, storedAs[shape.DType], shape.Dimensions)
	}
	return nil
}

// whole reports whether c has the state of the optimiser beside the variables of the net in the store, and nothing else.
func whole(net *model.Store, r recipe.Recipe, c *checkpoint.Checkpoint) error {
	state := optimizerState(r, net)
	for name, shape := range state {
		if err := has(c, name, shape); err != nil {
			return err
		}
	}
	for _, t := range c.Tensors {
		if _, ok := state[t.Name]; !ok && net.GetVariable(t.Name) == nil {
			return fmt.Errorf("neither the net nor its optimiser has its tensor %s", t.Name)
		}
	}
	return nil
}

// restore puts copies of c's tensors into the store, whose variables they must be, all of them and no others.
func restore(store *model.Store, c *checkpoint.Checkpoint) error {
	for _, t := range c.Tensors {
		if v := store.GetVariable(t.Name); v == nil || v.Path() != t.Name {
			return fmt.Errorf("the checkpoint does not fit: neither the net nor its optimiser has a %s", t.Name)
		}
	}
	return Load(store, c)
}

// Load gives each variable in the store its value in c. Tensors without a variable are skipped: where there is no
// optimiser, its state is not needed.
func Load(store *model.Store, c *checkpoint.Checkpoint) error {
	values, err := Values(store, c)
	if err != nil {
		return err
	}
	for v := range store.IterVariables() {
		if err := v.SetValue(values[v.Path()]); err != nil {
			return err
		}
	}
	return nil
}

// Values are those that c has for the variables in the store, by their paths.
func Values(store *model.Store, c *checkpoint.Checkpoint) (map[string]*tensors.Tensor, error) {
	if err := fitting(store, c); err != nil {
		return nil, fmt.Errorf("the checkpoint does not fit: %w", err)
	}
	values := map[string]*tensors.Tensor{}
	for v := range store.IterVariables() {
		t, _ := find(c, v.Path())
		value := tensors.FromShape(v.Shape())
		if err := value.MutableBytes(func(data []byte) { copy(data, t.Data) }); err != nil {
			return nil, err
		}
		values[v.Path()] = value
	}
	return values, nil
}

func find(c *checkpoint.Checkpoint, name string) (checkpoint.Tensor, bool) {
	i := slices.IndexFunc(c.Tensors, func(t checkpoint.Tensor) bool { return t.Name == name })
	if i < 0 {
		return checkpoint.Tensor{}, false
	}
	return c.Tensors[i], true
}
