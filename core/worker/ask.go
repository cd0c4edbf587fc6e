package worker

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/gomlx/compute"

	"unpool/core/checkpoint"
	"unpool/core/guard"
	"unpool/core/protocol"
	"unpool/core/store"
	"unpool/core/train"
	"unpool/models"
)

// net is a net that can be asked: of the run under way, or of the one before, whose session stays open until its memory
// is needed.
type net struct {
	session *train.Session
	backend compute.Backend
}

func (n *net) close() {
	n.session.Close()
	n.backend.Finalize()
}

func (w *Worker) closeNet() {
	if w.net != nil {
		w.net.close()
		w.net = nil
	}
}

// question is about the net as it stands, or about one that is kept. A run under way answers it between two steps; one that takes long
// is answered by turns, a stretch of it between two steps, unless the run is to wait.
type question struct {
	call int
	wait bool // a run under way waits until it is answered
	// answer is called on Run's goroutine. It calls turn where others may have their turn.
	answer func(ctx context.Context, turn func()) (result any, file *File, err error)

	ctx  context.Context // ends when it is cancelled
	stop context.CancelFunc
	next func() (struct{}, bool) // has it answered up to the end of a turn; nil before the first
	end  func()

	result any // when it is over
	file   *File
	err    error
}

// ask has a question answered: by the run under way, or when the work under way is over.
func (w *Worker) ask(q *question) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	place := len(w.asked)
	if len(w.work) > 0 && w.work[0].session == nil {
		place++
	}
	w.post(protocol.SayAccepted, q.call, "", protocol.Accepted{Place: place}, nil)
	q.ctx, q.stop = context.WithCancel(context.Background())
	w.asked = append(w.asked, q)
	w.askLeader()
	w.poke()
	return nil
}

// askLeader has the run under way answer what is asked between two steps; the worker is locked. Of runs that take turns that is the first, which
// alone can be paused.
func (w *Worker) askLeader() {
	if len(w.asked) > 0 && len(w.work) > 0 && w.work[0].session != nil {
		w.work[0].session.Between(w.work[0].answer)
	}
}

// answer gives each question a turn, and reports whether there were any. It gives them all the turns that they need where no run is
// under way, or that is to wait.
func (w *Worker) answer(ctx context.Context) (some bool) {
	w.mu.Lock()
	before := w.doing
	w.mu.Unlock()
	for ctx.Err() == nil {
		w.mu.Lock()
		round := slices.Clone(w.asked)
		w.mu.Unlock()
		if len(round) == 0 {
			break
		}
		some = true
		w.say(answering)
		for _, q := range round {
			switch {
			case !w.take(q):
			case q.turn():
				w.reply(q)
			default:
				w.yield() // it may have been cancelled
			}
		}
		if w.turnOfRun() || w.runIsNext() {
			break
		}
	}
	w.say(before)
	return some
}

// take begins a question, unless it was cancelled before.
func (w *Worker) take(q *question) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.asked, q) {
		return false
	}
	if q.next == nil {
		q.next, q.end = iter.Pull(q.turns)
	}
	return true
}

// turns answers the question and yields at the end of each turn but the last.
func (q *question) turns(yield func(struct{}) bool) {
	q.err = guard.Protect(func() (err error) {
		q.result, q.file, err = q.answer(q.ctx, func() { yield(struct{}{}) }) // where it is to end, so is ctx
		return err
	})
}

// turn answers up to the end of a turn, and reports whether that was the last.
func (q *question) turn() (over bool) {
	_, more := q.next()
	return !more
}

// turnOfRun reports whether a run under way is to have its turn now, and has it call answer again where questions are left.
func (w *Worker) turnOfRun() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.work) == 0 || w.work[0].session == nil || slices.ContainsFunc(w.asked, func(q *question) bool { return q.wait }) {
		return false
	}
	w.askLeader()
	return true
}

// runIsNext reports whether a run that waits in the queue is to begin.
func (w *Worker) runIsNext() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.canBegin()
}

// canBegin reports whether the next job may begin; the worker is locked. Questions come first: most are short. A run does not wait for those
// that take many turns, unless they say so: it gives them theirs between its steps. A run beside others waits for nothing.
func (w *Worker) canBegin() bool {
	switch {
	case len(w.queue) == 0:
		return false
	case len(w.work) > 0:
		return w.queue[0].beside && w.work[0].isRun()
	}
	waits := func(q *question) bool { return !w.queue[0].isRun() || q.wait || q.next == nil }
	return !slices.ContainsFunc(w.asked, waits)
}

// reply sends the outcome of a question.
func (w *Worker) reply(q *question) {
	gone := q.ctx.Err() != nil
	w.mu.Lock()
	q.stop()
	w.asked = slices.DeleteFunc(w.asked, func(other *question) bool { return other == q })
	w.mu.Unlock()
	switch {
	case q.err == nil:
		if err := guard.Protect(func() error { w.succeed(q.call, q.result, q.file); return nil }); err != nil { // JSON has no NaN
			w.fail(q.call, &protocol.Error{Code: protocol.Invalid, Hint: "Choose an earlier step.",
				Message: "the weights or activations of this net contain NaN or infinity: its training diverged"})
		}
	case gone:
		w.fail(q.call, cancelled)
	default:
		w.fail(q.call, protocol.ErrorOf(q.err, protocol.Broken, "Try again."))
	}
}

// stopQuestions has all questions end, since Run does.
func (w *Worker) stopQuestions() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, q := range w.asked {
		q.stop()
	}
}

// dropQuestions ends those that have had a turn: what they hold is to be freed.
func (w *Worker) dropQuestions() {
	w.mu.Lock()
	asked := w.asked
	w.asked = nil
	w.mu.Unlock()
	for _, q := range asked {
		q.stop()
		if q.end != nil {
			q.end()
		}
	}
}

var noNet = &protocol.Error{Code: protocol.NoNet, Message: "there is no trained net here", Hint: "Train one first."}

// save returns the run's state as a file.
func (w *Worker) save(ctx context.Context, _ func()) (any, *File, error) {
	var c *checkpoint.Checkpoint
	var err error
	switch {
	case w.net != nil:
		c, err = w.net.session.Checkpoint()
	case w.last != "":
		c, err = store.Load(ctx, w.runs, w.last, store.Last)
	default:
		err = noNet
	}
	if err != nil {
		return nil, nil, err
	}
	return protocol.Nothing{}, &File{fileName(c), c.Write}, nil
}

// fileName is a checkpoint's name, such as unpool-mnist-rnn-128-step-500.safetensors.
func fileName(c *checkpoint.Checkpoint) string {
	return fmt.Sprintf("unpool-%s-step-%d.safetensors", models.Describe(c.Recipe).Name, c.Step)
}

// predict classifies images.
func (w *Worker) predict(body protocol.Predict) func(context.Context, func()) (any, *File, error) {
	return func(context.Context, func()) (any, *File, error) {
		if w.net == nil {
			return nil, nil, noNet
		}
		s := w.net.session
		p, err := s.Predict(body.Images)
		if err != nil {
			return nil, nil, protocol.ErrorOf(err, protocol.Invalid, "Ask about images of the net's size.")
		}
		said := protocol.Prediction{Step: s.Step(), Classes: s.Data.Classes, Probabilities: p}
		if body.States {
			said.States, err = s.States(body.Images[:len(body.Images)/len(p)])
		}
		return said, nil, err
	}
}
