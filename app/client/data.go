package client

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Data are the user's own files, as far as the trainer has read them.
type Data struct {
	Said run.Data // what the trainer made of them; the zero value before any

	trainer *Trainer
	files   Files  // kept, since a new trainer has to read them again
	choice  int    // counts choices: what comes of an earlier one is of no interest
	then    func() // what waits until a new trainer has read the files again; nil for nothing
}

// Reading reports whether files are being read.
func (d *Data) Reading() bool { return d.Said.State == run.DataReading }

// Ready reports whether there are files to train on.
func (d *Data) Ready() bool { return d.Said.State == run.DataReady }

// Folder reports whether the files are pictures of the user's own.
func (d *Data) Folder() bool {
	if !d.Ready() {
		return false
	}
	_, folder := d.Said.Sets[0].Folder()
	return folder
}

// Are reports whether the files are a data set that has a name everywhere.
func (d *Data) Are(set recipe.Dataset) bool {
	return d.Ready() && slices.Contains(d.Said.Sets, set)
}

// Take has the trainer read files, in place of those chosen before. look finds them; it may block.
func (d *Data) Take(look func() (Files, error)) {
	if d.Reading() {
		d.Stop()
	}
	d.choice++
	choice := d.choice
	d.Said = run.Data{State: run.DataReading}
	go func() {
		files, err := look()
		d.trainer.dispatch(func(app.Context) {
			switch {
			case choice != d.choice: // stopped, or others were chosen
			case err != nil:
				d.Said = run.Data{From: files.Name, State: run.DataFailed, Error: err.Error(), Hint: "Choose other files."}
			default:
				d.files = files
				d.send()
			}
		})
	}()
}

// Stop ends the reading of files.
func (d *Data) Stop() {
	d.choice++
	d.Said = run.Data{}
	if w := d.trainer.worker; w != nil {
		w.Do(control.Command{Do: control.Stop})
	}
}

// send has the trainer read the files.
func (d *Data) send() {
	d.Said = run.Data{From: d.files.Name, State: run.DataReading}
	d.trainer.start()
	d.trainer.worker.Hand(d.files, d.choice)
}

// take takes in what the trainer says of the files, unless they were given up meanwhile.
func (d *Data) take(e *run.Data) bool {
	if e.Choice != d.choice {
		return false
	}
	d.Said = *e
	then := d.then
	if then == nil || e.State == run.DataReading {
		return true
	}
	d.then = nil
	switch e.State {
	case run.DataReady:
		then()
	case run.DataStopped:
		d.trainer.View.Apply(run.Record{Event: &run.End{Status: run.Stopped}})
	default:
		d.trainer.View.Apply(run.Record{Event: &run.End{Status: run.Failed, Error: e.Error, Hint: e.Hint}})
	}
	return true
}

// lost takes in the end of a program, and reports whether it was reading files.
func (d *Data) lost(end *run.End) bool {
	if !d.Reading() {
		return false
	}
	d.then = nil
	d.Said = run.Data{From: d.Said.From, State: run.DataFailed, Error: end.Error, Hint: "Choose fewer or smaller files."}
	return true
}
