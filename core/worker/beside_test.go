package worker

import (
	"testing"

	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// beside is a run of another net on the same batches.
func beside(t protocol.Train, net string) protocol.Train {
	t.Recipe.Net, t.Beside = net, true
	return t
}

// evaluations are the calls and steps of all evaluations, in the order in which they came.
func (x *trial) evaluations() (all [][2]int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, m := range x.said {
		if m.Kind != protocol.SayEvent {
			continue
		}
		e, err := run.Unmarshal(m.Body)
		if err != nil {
			x.t.Fatal(err)
		}
		if metric, ok := e.(*run.Metric); ok {
			all = append(all, [2]int{m.Call, metric.Step})
		}
	}
	return all
}

// Runs side by side take the same steps at the same time, and each ends with the weights that it has alone. Each is kept, and can
// be resumed, beside the other again.
func TestBeside(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	nets := []string{small().Recipe.Net, "dense 5, relu", "gru 3"}
	var alone []string
	for _, net := range nets {
		one := beside(small(), net)
		one.Beside = false
		alone = append(alone, x.runEnd(x.ask(protocol.AskTrain, one)).WeightsSHA256)
	}
	x.said = nil
	calls := []int{x.ask(protocol.AskTrain, small())}
	for _, net := range nets[1:] {
		calls = append(calls, x.ask(protocol.AskTrain, beside(small(), net)))
	}
	for i, call := range calls {
		if end := x.runEnd(call); end.Status != run.Done || end.WeightsSHA256 != alone[i] {
			t.Errorf("beside others, %q ends with %+v, not the weights %s", nets[i], end, alone[i])
		}
	}
	furthest := 0
	for _, at := range x.evaluations() {
		if furthest = max(furthest, at[1]); furthest > at[1] {
			t.Errorf("run %d is evaluated at step %d, after another was at step %d", at[0], at[1], furthest)
		}
	}
	all, err := runs.List(t.Context())
	if err != nil || len(all) != 6 {
		t.Fatalf("%d runs are kept: %v", len(all), err)
	}
	start := x.wait("start", func(m protocol.Message) bool { return m.Call == calls[1] && m.Kind == protocol.SayEvent })
	first := x.ask(protocol.AskResume, protocol.Resume{})
	second := x.ask(protocol.AskResume, protocol.Resume{Run: read[run.Start](t, start).ID, Beside: true})
	for _, call := range []int{first, second} {
		if end := x.runEnd(call); end.Status != run.Done || end.Steps != 12 {
			t.Errorf("resumed, a run ends with %+v", end)
		}
	}
}

// The first of the runs leads: where it is paused, the others wait; when it ends, the next leads.
func TestBesideIsLed(t *testing.T) {
	x := newTrial(t)
	first := x.ask(protocol.AskTrain, long())
	x.ask(protocol.AskControl, do(control.Pause))
	second := x.ask(protocol.AskTrain, beside(long(), "dense 5, relu"))
	third := x.ask(protocol.AskTrain, beside(long(), "dense 4, relu"))
	x.phase(first, run.Paused)
	x.ask(protocol.AskControl, do(control.Continue))
	for _, call := range []int{first, second, third} {
		x.phase(call, run.Training)
	}
	x.ask(protocol.AskCancel, protocol.Cancel{Call: third}) // alone
	if end := x.runEnd(third); end.Status != run.Stopped {
		t.Errorf("the third ends with %+v", end)
	}
	save := x.ask(protocol.AskSave, protocol.Nothing{})
	result[protocol.Nothing](x, save)
	if e := x.failure(x.ask(protocol.AskTrain, small())); e.Code != protocol.Busy {
		t.Errorf("a run that is to have the trainer for itself: %+v", e)
	}
	x.ask(protocol.AskCancel, protocol.Cancel{Call: first})
	one := x.runEnd(first)
	x.ask(protocol.AskControl, do(control.Pause))
	x.phase(second, run.Paused)
	x.ask(protocol.AskControl, do(control.Stop))
	two := x.runEnd(second)
	if one.Status != run.Stopped || two.Status != run.Stopped || two.Steps < one.Steps-1 {
		t.Errorf("they end with %+v and %+v", one, two)
	}
	result[protocol.Nothing](x, x.ask(protocol.AskMeasure, protocol.Nothing{}))
}

// A run beside others that cannot begin, or fails, leaves the others as they are; one that is asked for alone begins alone.
func TestBesideFails(t *testing.T) {
	x := newTrial(t)
	wrong := beside(long(), "dense 5, relu")
	wrong.Recipe.Dataset = "folder:nowhere"
	wrong.Files = true
	first := x.ask(protocol.AskTrain, long())
	if e := x.failure(x.ask(protocol.AskTrain, wrong)); e.Code == protocol.Busy {
		t.Errorf("%+v", e)
	}
	wild := beside(long(), "dense 5, relu")
	wild.Recipe.LearningRate, wild.Recipe.Optimizer = 10, "sgd"
	wild.Recipe.Net = "dense 500, dense 500, dense 500"
	if end := x.runEnd(x.ask(protocol.AskTrain, wild)); end.Status != run.Failed {
		t.Errorf("it ends with %+v", end)
	}
	x.ask(protocol.AskCancel, protocol.Cancel{Call: first})
	if end := x.runEnd(first); end.Status != run.Stopped {
		t.Errorf("the first ends with %+v", end)
	}
	if end := x.runEnd(x.ask(protocol.AskTrain, beside(small(), "dense 5, relu"))); end.Status != run.Done {
		t.Errorf("alone, it ends with %+v", end)
	}
}
