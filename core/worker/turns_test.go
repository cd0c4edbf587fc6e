package worker

import (
	"slices"
	"testing"

	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// place is where among all messages a call's result or failure is.
func (x *trial) place(call int) int {
	x.t.Helper()
	x.end(call)
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.IndexFunc(x.said, func(m protocol.Message) bool {
		return m.Call == call && (m.Kind == protocol.SayResult || m.Kind == protocol.SayFailure)
	})
}

// An analysis of many images takes turns with a run under way, or has it wait; one of an image comes between two steps. The run comes to
// the same weights.
func TestTurns(t *testing.T) {
	for name, c := range map[string]struct {
		what   string
		with   any
		wait   bool
		before bool // the run's end
	}{
		"by turns":      {protocol.LookMistakes, protocol.Among{Among: 300}, false, false},
		"the run waits": {protocol.LookMistakes, protocol.Among{Among: 300}, true, true},
		"one image":     {protocol.LookProject, protocol.TestUnit{Layer: "relu2"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			runs := &store.Memory{}
			x := newTrialIn(t, runs)
			onOurs(x)
			want := x.runEnd(x.ask(protocol.AskTrain, convolutions()))
			all, err := runs.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			look := with(t, c.what, all[0].ID, 6, c.with)
			look.Wait = c.wait
			asked := 0
			x.between = func(e run.Event) {
				if s, ok := e.(*run.State); ok && s.Phase == run.Training && s.Step == 3 && asked == 0 {
					asked = x.ask(protocol.AskLook, look)
				}
			}
			call := x.ask(protocol.AskTrain, convolutions())
			if end := x.runEnd(call); end.WeightsSHA256 != want.WeightsSHA256 {
				t.Errorf("the weights are %s, want %s", end.WeightsSHA256, want.WeightsSHA256)
			}
			// With three steps to go, 20 turns are not over before the run.
			if before := x.place(asked) < x.place(call); before != c.before {
				t.Errorf("answered before the run's end: %v", before)
			}
			if m := x.end(asked); m.Kind != protocol.SayResult {
				t.Error(m)
			}
		})
	}
}

// While one question takes many turns another is answered, unless that needs another net's place; and the first can be cancelled.
func TestQuestionsTakeTurns(t *testing.T) {
	x, ids := trained(t, convolutions())
	var others []int
	meanwhile := func(f func()) {
		others = nil
		x.between = func(run.Event) {
			x.between = nil
			f()
		}
	}
	maps := func(step int) {
		others = append(others, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], step, protocol.TestImage{})))
	}
	long := func(among int) int {
		return x.ask(protocol.AskLook, with(t, protocol.LookMistakes, ids[0], 6, protocol.Among{Among: among}))
	}
	meanwhile(func() { maps(6) })
	call := long(300)
	if x.place(call) < x.place(others[0]) {
		t.Error("a short question waited for a long one")
	}
	meanwhile(func() { maps(3) })
	call = long(299)
	if x.place(call) > x.place(others[0]) {
		t.Error("a net was closed that was needed")
	}
	result[protocol.Mistakes](x, call)
	result[protocol.Maps](x, others[0])
	meanwhile(func() {
		maps(3)
		x.ask(protocol.AskCancel, protocol.Cancel{Call: call})
	})
	call = long(298)
	if e := x.failure(call); e.Code != protocol.Cancelled {
		t.Errorf("%+v", e)
	}
	result[protocol.Maps](x, others[0])
}

// A trainer that ends amid an analysis ends it, too.
func TestEndsAmidAnalysis(t *testing.T) {
	x, ids := trained(t, convolutions())
	reached := make(chan struct{})
	x.between = func(run.Event) {
		x.between = nil
		close(reached)
	}
	x.ask(protocol.AskLook, with(t, protocol.LookMistakes, ids[0], 6, protocol.Among{Among: 300}))
	<-reached
}

// A command to the run ends its waiting.
func TestCommandEndsWaiting(t *testing.T) {
	x, ids := trained(t, convolutions())
	look := with(t, protocol.LookMistakes, ids[0], 6, protocol.Among{Among: 300})
	look.Wait = true
	question, told := 0, false
	x.between = func(e run.Event) {
		s, ok := e.(*run.State)
		switch {
		case !ok || s.Phase != run.Training || s.Step != 3 || told:
		case question == 0:
			question = x.ask(protocol.AskLook, look)
		default: // it has begun
			told = true
			x.ask(protocol.AskControl, do(control.Stop))
		}
	}
	call := x.ask(protocol.AskTrain, convolutions())
	if end := x.runEnd(call); end.Status != run.Stopped || end.Steps != 3 {
		t.Errorf("%+v", end)
	}
	if x.place(question) < x.place(call) {
		t.Error("the run waited although it was told to stop")
	}
	result[protocol.Mistakes](x, question)
}
