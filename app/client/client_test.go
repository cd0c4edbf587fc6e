package client_test

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/core/run"
)

// newTrainer is a trainer whose pages' goroutine is the test's, and what it tells those who listen.
func newTrainer() (*client.Trainer, *[]run.Event) {
	var told []run.Event
	t := client.NewTrainer(func(func(app.Context)) {})
	t.Listen(func(e run.Event) { told = append(told, e) })
	return t, &told
}

// nothing blocks, as looking through a large folder does.
func nothing() (client.Files, error) { select {} }

func TestWhatComesOfAnEarlierChoiceIsIgnored(t *testing.T) {
	trainer, told := newTrainer()
	trainer.Data.Take(nothing)
	trainer.Data.Take(nothing)
	ready := func(choice int) *run.Data { return &run.Data{Choice: choice, State: run.DataReady} }
	if trainer.Hear(ready(1)); !trainer.Data.Reading() || len(*told) > 0 {
		t.Error("files that were given up are taken for those being read")
	}
	if trainer.Hear(ready(3)); !trainer.Data.Ready() {
		t.Error("the files are not taken")
	}
}

// Files are read without a run: what the trainer says meanwhile, and its end, are about them.
func TestReadingIsNoRun(t *testing.T) {
	trainer, told := newTrainer()
	trainer.Data.Take(nothing)
	trainer.Hear(&run.State{Phase: run.Loading, Unit: "bytes"},
		&run.End{Status: run.Failed, Error: "out of memory\ndetails", Hint: "Train again."})
	if trainer.View.Phase != run.Empty || len(*told) > 0 {
		t.Errorf("there is a run in phase %q, and the page is told %v", trainer.View.Phase, *told)
	}
	if said := trainer.Data.Said; said.State != run.DataFailed || said.Error != "out of memory\ndetails" {
		t.Errorf("the files are said to be %+v", said)
	}
}

// A failure without a run, as of a command that makes no sense, is shown.
func TestAFailureWithoutARun(t *testing.T) {
	trainer, told := newTrainer()
	if trainer.Hear(&run.End{Status: run.Failed, Error: "no such command"}); trainer.View.Phase != run.Failed || len(*told) != 1 {
		t.Errorf("the phase is %q", trainer.View.Phase)
	}
}
