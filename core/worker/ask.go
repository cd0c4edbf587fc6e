package worker

import (
	"context"
	"fmt"

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

func (w *Worker) closeNet() {
	if w.net != nil {
		w.net.session.Close()
		w.net.backend.Finalize()
		w.net = nil
	}
}

// question is about the net as it stands. A run under way answers it between two steps.
type question struct {
	call   int
	answer func(ctx context.Context) (result any, file *File, err error) // called on Run's goroutine
	stop   context.CancelFunc                                            // while it is being answered
}

// ask has a question answered: by the run under way, or when the work under way is over.
func (w *Worker) ask(q *question) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	place := len(w.asked)
	if w.work != nil && w.active == nil {
		place++
	}
	w.post(protocol.SayAccepted, q.call, "", protocol.Accepted{Place: place}, nil)
	w.asked = append(w.asked, q)
	if w.active != nil {
		w.active.Between(w.work.answer)
	}
	w.poke()
	return nil
}

// answer answers all questions, and reports whether there were any.
func (w *Worker) answer(ctx context.Context) (some bool) {
	w.mu.Lock()
	before := w.doing
	w.mu.Unlock()
	for {
		q, ctx := w.nextQuestion(ctx)
		if q == nil {
			break
		}
		some = true
		w.say(answering)
		var result any
		var file *File
		err := guard.Protect(func() (err error) {
			result, file, err = q.answer(ctx)
			return err
		})
		gone := ctx.Err() != nil
		w.mu.Lock()
		q.stop()
		w.asking = nil
		w.mu.Unlock()
		switch {
		case err == nil:
			if err := guard.Protect(func() error { w.succeed(q.call, result, file); return nil }); err != nil { // a number that JSON cannot hold
				w.fail(q.call, protocol.ErrorOf(err, protocol.Broken, "Look at another net: some of this one's numbers are none."))
			}
		case gone:
			w.fail(q.call, cancelled)
		default:
			w.fail(q.call, protocol.ErrorOf(err, protocol.Broken, "Try again."))
		}
	}
	w.say(before)
	return some
}

func (w *Worker) nextQuestion(ctx context.Context) (*question, context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.asked) == 0 {
		return nil, nil
	}
	q := w.asked[0]
	w.asked = w.asked[1:]
	w.asking = q
	ctx, q.stop = context.WithCancel(ctx)
	return q, ctx
}

var noNet = &protocol.Error{Code: protocol.NoNet, Message: "there is no trained net here", Hint: "Train one first."}

// save returns the run's state as a file.
func (w *Worker) save(ctx context.Context) (any, *File, error) {
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

// predict says what the net takes images for.
func (w *Worker) predict(body protocol.Predict) func(context.Context) (any, *File, error) {
	return func(context.Context) (any, *File, error) {
		if w.net == nil {
			return nil, nil, noNet
		}
		s := w.net.session
		p, err := s.Predict(body.Images)
		if err != nil {
			return nil, nil, protocol.ErrorOf(err, protocol.Invalid, "Ask about images of the net's size.")
		}
		return protocol.Prediction{Step: s.Step(), Classes: s.Data.Classes, Probabilities: p}, nil, nil
	}
}
