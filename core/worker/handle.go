package worker

import (
	"context"
	"fmt"
	"slices"

	"unpool/core/control"
	"unpool/core/guard"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/train"
)

// Handle follows one message from the page, with the files attached to it, if any. It never blocks.
func (w *Worker) Handle(text string, attached any) {
	m, err := protocol.Parse(text)
	if err == nil {
		err = w.handle(m, attached)
	}
	if err != nil {
		w.fail(m.Call, protocol.ErrorOf(err, protocol.Invalid, "Correct the setting and try again."))
	}
}

func (w *Worker) handle(m protocol.Message, attached any) error {
	switch m.Kind {
	case protocol.AskTrain:
		body, err := protocol.Read[protocol.Train](m)
		if err != nil {
			return err
		}
		return w.begin(&job{call: m.Call, kind: m.Kind, beside: body.Beside, trial: body.Trial, do: func(ctx context.Context, j *job) (any, error) {
			return protocol.Nothing{}, w.train(ctx, j, body)
		}})
	case protocol.AskResume:
		body, err := protocol.Read[protocol.Resume](m)
		if err != nil {
			return err
		}
		return w.begin(&job{call: m.Call, kind: m.Kind, beside: body.Beside, do: func(ctx context.Context, j *job) (any, error) {
			return protocol.Nothing{}, w.resume(ctx, j, body, attached)
		}})
	case protocol.AskRead:
		body, err := protocol.Read[protocol.Files](m)
		if err != nil {
			return err
		}
		return w.begin(&job{call: m.Call, kind: m.Kind, do: func(ctx context.Context, _ *job) (any, error) {
			return w.choose(ctx, m.Call, body, attached)
		}})
	case protocol.AskMeasure:
		return w.begin(&job{call: m.Call, kind: m.Kind, do: w.measure})
	case protocol.AskFetch:
		body, err := protocol.Read[protocol.Fetch](m)
		if err != nil {
			return err
		}
		return w.begin(&job{call: m.Call, kind: m.Kind, do: func(ctx context.Context, _ *job) (any, error) {
			w.say(loading)
			_, err := w.load(ctx, m.Call, recipe.Recipe{Dataset: body.Dataset})
			return protocol.Nothing{}, err
		}})
	case protocol.AskControl:
		c, err := protocol.Read[control.Command](m)
		if err != nil {
			return err
		}
		return w.control(m.Call, c)
	case protocol.AskSave:
		return w.ask(&question{call: m.Call, answer: w.save})
	case protocol.AskPredict:
		body, err := protocol.Read[protocol.Predict](m)
		if err != nil {
			return err
		}
		return w.ask(&question{call: m.Call, answer: w.predict(body)})
	case protocol.AskDissect:
		body, err := protocol.Read[protocol.Dissect](m)
		if err != nil {
			return err
		}
		return w.ask(&question{call: m.Call, answer: w.dissect(body)})
	case protocol.AskLook:
		body, err := protocol.Read[protocol.Look](m)
		if err != nil {
			return err
		}
		return w.ask(&question{call: m.Call, wait: body.Wait, answer: w.look(m.Call, body)})
	case protocol.AskExample:
		body, err := protocol.Read[protocol.Example](m)
		if err != nil {
			return err
		}
		return w.ask(&question{call: m.Call, answer: w.example(body)})
	case protocol.AskLoss:
		body, err := protocol.Read[protocol.Logits](m)
		if err != nil {
			return err
		}
		return w.ask(&question{call: m.Call, answer: w.loss(body)})
	case protocol.AskDescent:
		body, err := protocol.Read[protocol.Descent](m)
		if err != nil {
			return err
		}
		return w.ask(&question{call: m.Call, answer: w.descent(body)})
	case protocol.AskCancel:
		body, err := protocol.Read[protocol.Cancel](m)
		if err != nil {
			return err
		}
		w.cancel(body.Call)
		w.succeed(m.Call, protocol.Nothing{}, nil)
		return nil
	}
	return &protocol.Error{Code: protocol.Unknown, Message: fmt.Sprintf("the training program does not know the request %q", m.Kind),
		Hint: "Reload the page, so that the page and the training program have the same version."}
}

// job is a piece of work that has the trainer to itself, or a run that takes turns with others.
type job struct {
	call   int
	kind   protocol.Kind // that was asked for
	beside bool          // a run that may begin while others are under way
	trial  bool          // a run that is not kept
	do     func(context.Context, *job) (any, error)

	cancelled bool
	over      bool               // the page has been told, or is about to be
	stop      context.CancelFunc // nil until it is begun

	next func() (struct{}, bool) // has it done up to the end of a turn; nil before the first
	turn func()                  // ends a turn

	// Of a run:
	early   []control.Command // sent before there was a session to follow them
	session *train.Session    // nil while it is being prepared, and when it is over
	answer  func()            // answers questions; set with the session
}

func (j *job) isRun() bool { return j.kind == protocol.AskTrain || j.kind == protocol.AskResume }

// isAhead reports whether others wait for it, since they need its result, or it is short.
func (j *job) isAhead() bool { return j.kind == protocol.AskMeasure || j.kind == protocol.AskFetch }

func (j *job) what() string {
	if j.isRun() {
		return "a run"
	}
	return "reading files"
}

// begin begins a job, or lets it wait for one that is ahead of it or being stopped. While another is under way it refuses.
func (w *Worker) begin(j *job) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := slices.Concat(w.work, w.queue)
	for _, b := range before {
		if !b.cancelled && !b.over && !b.isAhead() && !(j.beside && b.isRun()) {
			return &protocol.Error{Code: protocol.Busy, Message: "the training program is busy with " + b.what(),
				Hint: "Stop that first, or wait until it ends."}
		}
	}
	w.post(protocol.SayAccepted, j.call, "", protocol.Accepted{Place: len(before)}, nil)
	w.queue = append(w.queue, j)
	w.poke()
	return nil
}

// ending has jobs wait for a run under way, which is over but for what is to be freed.
func (w *Worker) ending(call int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.work {
		j.over = j.over || j.call == call
	}
}

// do does a job and sends its outcome. A panic ends the job only.
func (w *Worker) do(ctx context.Context, j *job) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w.mu.Lock()
	j.stop = stop
	if j.cancelled {
		stop()
	}
	w.mu.Unlock()
	var result any
	err := guard.Protect(func() (err error) {
		result, err = j.do(ctx, j)
		return err
	})
	w.mu.Lock()
	w.work = slices.DeleteFunc(w.work, func(other *job) bool { return other == j })
	none := len(w.work) == 0
	w.askLeader()
	w.mu.Unlock()
	if none {
		w.say(idle)
	}
	switch {
	case err == nil:
		w.succeed(j.call, result, nil)
	case ctx.Err() != nil:
		w.fail(j.call, cancelled)
	default:
		w.fail(j.call, protocol.ErrorOf(err, protocol.Broken, "Try again; if it fails again, reload the page."))
	}
}

var cancelled = &protocol.Error{Code: protocol.Cancelled, Message: "it was cancelled"}

// cancel ends a call: a job, waiting or under way, or a question. A call that is over is not a mistake: the page could not know.
func (w *Worker) cancel(call int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.work {
		if j.call == call {
			j.cancel()
		}
	}
	w.queue = slices.DeleteFunc(w.queue, func(j *job) bool {
		if j.call != call {
			return false
		}
		w.fail(call, cancelled)
		return true
	})
	w.asked = slices.DeleteFunc(w.asked, func(q *question) bool {
		if q.call != call {
			return false
		}
		q.stop()
		if q.next != nil { // its next turn is its last
			return false
		}
		w.fail(call, cancelled)
		return true
	})
}

// cancel ends the job; the worker is locked.
func (j *job) cancel() {
	j.cancelled = true
	if j.stop != nil {
		j.stop()
	}
}

// control hands a command to the run under way, or to the one that waits: of runs that take turns to the first, which the others follow.
func (w *Worker) control(call int, c control.Command) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, q := range w.asked {
		q.wait = false // the run is to follow now
	}
	jobs := slices.Concat(w.work, w.queue)
	i := slices.IndexFunc(jobs, func(j *job) bool { return j.isRun() && !j.cancelled && !j.over })
	switch {
	case i < 0:
		return &protocol.Error{Code: protocol.NoNet, Message: "there is no run under way", Hint: "Train first."}
	case jobs[i].session != nil:
		jobs[i].session.Do(c)
	default:
		jobs[i].early = append(jobs[i].early, c)
	}
	w.succeed(call, protocol.Nothing{}, nil)
	return nil
}
