package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// trial is a trainer whose page is the test.
type trial struct {
	*Worker
	t     *testing.T
	fetch func(ctx context.Context) error // before the images arrive
	open  func(compute.Backend) compute.Backend
	files []data.File // that come with every request for files
	calls int

	mu     sync.Mutex
	said   []protocol.Message
	saved  map[int][]byte // by call
	names  map[int]string // of those files
	grown  chan struct{}  // holds a token when there is more
	latest run.Event      // of a run
	// between, when set, is called between steps, with the latest event.
	between func(run.Event)
}

func newTrial(t *testing.T) *trial { return newTrialIn(t, nil) }

// newTrialIn is a trial of a trainer that keeps runs in a store.
func newTrialIn(t *testing.T, runs store.Store) *trial {
	x := &trial{t: t, saved: map[int][]byte{}, names: map[int]string{}, grown: make(chan struct{}, 1)}
	x.Worker = New(Ports{
		Post:  x.post,
		Store: runs,
		Fetch: func(ctx context.Context, name recipe.Dataset, progress Progress) (*data.Dataset, error) {
			progress(1, 2, "bytes")
			if x.fetch != nil {
				if err := x.fetch(ctx); err != nil {
					return nil, err
				}
			}
			return bars(120, 300, name), ctx.Err()
		},
		Files: func(context.Context, any) []data.File { return x.files },
		Open: func(recipe.Recipe) (compute.Backend, run.Where, error) {
			b, err := gobackend.New("")
			if err == nil && x.open != nil {
				return x.open(b), run.Where{Backend: "go"}, nil
			}
			return b, run.Where{Backend: "go"}, err
		},
		Yield: func() {
			if x.between != nil {
				x.mu.Lock()
				e := x.latest
				x.mu.Unlock()
				x.between(e)
			}
		},
		Measure: func() (protocol.Engine, error) { return protocol.Engine{Tier: "test", Threads: 1, Flops: 1e9}, nil },
	})
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		x.Run(ctx)
		close(over)
	}()
	t.Cleanup(func() {
		stop()
		<-over
	})
	return x
}

func (x *trial) post(m protocol.Message, file *File) {
	m, err := protocol.Parse(m.String()) // as it arrives
	if err != nil {
		x.t.Errorf("%v: %v", m, err)
	}
	var content bytes.Buffer
	if file != nil {
		if err := file.Write(&content); err != nil {
			x.t.Error(err)
		}
	}
	var e run.Event
	if m.Kind == protocol.SayEvent {
		if e, err = run.Unmarshal(m.Body); err != nil {
			x.t.Error(err)
		}
	}
	x.mu.Lock()
	x.said = append(x.said, m)
	if e != nil {
		x.latest = e
	}
	if file != nil {
		x.saved[m.Call], x.names[m.Call] = content.Bytes(), file.Name
	}
	x.mu.Unlock()
	select {
	case x.grown <- struct{}{}:
	default:
	}
}

// ask sends a request and returns its call.
func (x *trial) ask(kind protocol.Kind, body any) int {
	x.mu.Lock()
	x.calls++
	call := x.calls
	x.mu.Unlock()
	x.Handle(protocol.Write(protocol.Head{Kind: kind, Call: call}, body).String(), nil)
	return call
}

// wait waits for a message.
func (x *trial) wait(what string, is func(protocol.Message) bool) protocol.Message {
	x.t.Helper()
	late := time.After(20 * time.Second)
	for seen := 0; ; {
		x.mu.Lock()
		i := slices.IndexFunc(x.said[seen:], is)
		all := x.said
		x.mu.Unlock()
		if i >= 0 {
			return all[seen+i]
		}
		seen = len(all)
		select {
		case <-x.grown:
		case <-late:
			x.t.Fatalf("no %s in\n%v", what, x.outline())
		}
	}
}

// end waits for the last message of a call.
func (x *trial) end(call int) protocol.Message {
	x.t.Helper()
	return x.wait(fmt.Sprintf("end of call %d", call), func(m protocol.Message) bool {
		return m.Call == call && (m.Kind == protocol.SayResult || m.Kind == protocol.SayFailure)
	})
}

// failure waits for a call to fail.
func (x *trial) failure(call int) protocol.Error {
	x.t.Helper()
	m := x.end(call)
	if m.Kind != protocol.SayFailure {
		x.t.Fatalf("call %d did not fail: %s", call, m)
	}
	return read[protocol.Error](x.t, m)
}

// pausedAt3 begins a run of small, and pauses it at step 3.
func (x *trial) pausedAt3() (call int, paused run.State) {
	x.t.Helper()
	x.between = func(e run.Event) {
		if s, ok := e.(*run.State); ok && s.Phase == run.Training && s.Step == 3 {
			x.between = nil
			x.ask(protocol.AskControl, do(control.Pause))
		}
	}
	call = x.ask(protocol.AskTrain, small())
	return call, x.phase(call, run.Paused)
}

// phase waits until a run says that it is in a phase.
func (x *trial) phase(call int, p run.Phase) run.State {
	x.t.Helper()
	m := x.wait(string(p), func(m protocol.Message) bool {
		return m.Call == call && m.Kind == protocol.SayEvent && strings.Contains(string(m.Body), `"state":"`+string(p)+`"`)
	})
	return read[run.State](x.t, m)
}

// runEnd is how a run ended.
func (x *trial) runEnd(call int) *run.End {
	x.t.Helper()
	if m := x.end(call); m.Kind != protocol.SayResult {
		x.t.Fatalf("the run's call failed: %s", m)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, m := range slices.Backward(x.said) {
		if m.Call == call && m.Kind == protocol.SayEvent {
			if e, err := run.Unmarshal(m.Body); err == nil {
				if e, ok := e.(*run.End); ok {
					return e
				}
			}
		}
	}
	x.t.Fatal("a run without an End")
	return nil
}

// outline is all messages but the heartbeat.
func (x *trial) outline() (lines []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, m := range x.said {
		if m.Kind != protocol.SayAlive {
			lines = append(lines, fmt.Sprintf("%s %d", m.Kind, m.Call))
		}
	}
	return lines
}

// result waits for a call's result.
func result[Body any](x *trial, call int) Body {
	x.t.Helper()
	m := x.end(call)
	if m.Kind != protocol.SayResult {
		x.t.Fatalf("call %d failed: %s", call, m)
	}
	return read[Body](x.t, m)
}

func read[Body any](t *testing.T, m protocol.Message) Body {
	t.Helper()
	body, err := protocol.Read[Body](m)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func do(v control.Verb) control.Command { return control.Command{Do: v} }

func small() protocol.Train {
	return protocol.Train{Recipe: recipe.Recipe{
		Version: recipe.Version, Net: "rnn 6", Dataset: recipe.MNIST,
		Optimizer: recipe.Adam, LearningRate: 0.01, Batch: 8, Steps: 6, Seed: 1, EvalEvery: 3, Eval: recipe.EvalSample,
	}}
}

// long is a run that lasts until it is stopped.
func long() protocol.Train {
	t := small()
	t.Recipe.Steps, t.Recipe.EvalEvery = recipe.MaxSteps, 100
	return t
}

// bars is a dataset in which an image of class c has a bright column at 2c+4.
func bars(train, test int, name recipe.Dataset) *data.Dataset {
	split := func(n int) data.Split {
		s := data.Split{Images: make([]byte, n*28*28), Labels: make([]byte, n)}
		for i := range n {
			class := i * 7 % 10
			s.Labels[i] = byte(class)
			for row := range 28 {
				s.Images[(i*28+row)*28+2*class+4] = 255
				s.Images[(i*28+row)*28+i%28] += 9
			}
		}
		return s
	}
	return &data.Dataset{
		Name: name, Height: 28, Width: 28, Channels: 1, Classes: strings.Split("0123456789", ""),
		Train: split(train), Test: split(test),
	}
}

// file is a file in memory.
func file(path string, content []byte) data.File {
	return data.File{Path: path, Size: int64(len(content)), ReaderAt: bytes.NewReader(content)}
}

// faulty is a backend whose programs panic.
type faulty struct{ compute.Backend }

func (f faulty) Builder(name string) compute.Builder { return faultyBuilder{f.Backend.Builder(name)} }

type faultyBuilder struct{ compute.Builder }

func (b faultyBuilder) Compile() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	return faultyExecutable{e}, err
}

type faultyExecutable struct{ compute.Executable }

func (faultyExecutable) Execute([]compute.Buffer, []bool, compute.DeviceNum) ([]compute.Buffer, error) {
	panic(errors.New("no results today"))
}

// pictures are four each of two classes, to train on and to test on.
func pictures(t *testing.T) (files []data.File) {
	for _, split := range []string{"train", "test"} {
		for class, name := range []string{"black", "white"} {
			for i := range 2 {
				img := image.NewGray(image.Rect(0, 0, 28, 28))
				for j := range img.Pix {
					img.Pix[j] = byte(255*class - (2*class-1)*(i+j%5))
				}
				var b bytes.Buffer
				if err := png.Encode(&b, img); err != nil {
					t.Fatal(err)
				}
				files = append(files, file(fmt.Sprintf("two/%s/%s/%d.png", split, name, i), b.Bytes()))
			}
		}
	}
	return files
}
