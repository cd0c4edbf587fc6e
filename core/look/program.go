package look

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/guard"
	"unpool/core/recipe"
	"unpool/models/nn"
)

// values are those of a net's variables, by their paths.
type values map[string]*tensors.Tensor

// program is what the nets of a run share, whatever their weights: compiling takes many times as long as computing.
type program struct {
	backend    compute.Backend
	store      *model.Store // has the weights of one net at a time
	initial    values
	normalizer data.Normalizer
	execs      map[string]*model.Exec // by what they compute
	nets       int                    // that use it
}

// newProgram is one that one net uses, with the weights that training begins with.
func newProgram(b compute.Backend, r recipe.Recipe, normalizer data.Normalizer) (*program, error) {
	p := &program{backend: b, store: model.NewStore(), initial: values{}, normalizer: normalizer, execs: map[string]*model.Exec{}, nets: 1}
	err := guard.Protect(func() error {
		if err := nn.Init(p.store, r); err != nil {
			return err
		}
		for v := range p.store.IterVariables() {
			value, err := v.Value()
			if err != nil {
				return err
			}
			p.initial[v.Path()] = value
		}
		return nil
	})
	if err != nil {
		p.store.Finalize()
		return nil, err
	}
	return p, nil
}

// hold puts weights into the store; nil for the initial ones.
func (p *program) hold(w values) error {
	if w == nil {
		w = p.initial
	}
	for path, value := range w {
		// What was there is still a net's.
		if err := p.store.GetVariable(path).SetValuePreservingOld(value); err != nil {
			return err
		}
	}
	return nil
}

// run computes what build builds with some weights.
func (p *program) run(w values, name string, build func(*model.Scope, []*graph.Node) []*graph.Node, in []*tensors.Tensor) (out [][]float32, err error) {
	if err := p.hold(w); err != nil {
		return nil, err
	}
	exec := p.execs[name]
	if exec == nil {
		if exec, err = model.NewExec(p.backend, p.store, build); err != nil {
			return nil, err
		}
		p.execs[name] = exec
	}
	args := make([]any, len(in))
	for i, t := range in {
		defer t.FinalizeAll()
		args[i] = t
	}
	results, err := exec.Call(args...)
	if err != nil {
		return nil, err
	}
	for _, t := range results {
		flat, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return nil, err
		}
		t.FinalizeAll()
		out = append(out, flat)
	}
	return out, nil
}

// release is called by a net with some weights that needs the program no more; the last one frees it.
func (p *program) release(w values) {
	if err := p.hold(nil); err == nil { // the store holds none that are freed
		for _, value := range w {
			value.FinalizeAll()
		}
	}
	if p.nets--; p.nets > 0 {
		return
	}
	for _, e := range p.execs {
		e.Finalize()
	}
	p.store.Finalize()
}
