package client

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
	"unpool/core/recipe"
)

// Data are the user's own files, as far as the trainer has read them.
type Data struct {
	Said Said
	// Changed, when set, is called when there are other files to train on.
	Changed func()

	trainer *Trainer
	files   Files                 // kept, since a new program has to read them again
	split   float64               // the share of each class to set aside to test on
	choice  int                   // counts choices: the outcome of an earlier one is of no interest
	call    int                   // the reading under way; 0 for none
	then    func()                // what waits until a new program has read the files again; nil for nothing
	lost    func(*protocol.Error) // is told if that is dropped; may be nil
}

// Said is what the trainer found in the user's files; the zero value before any.
type Said struct {
	State             State
	protocol.Data     // From at once, the rest when they are ready
	protocol.Progress // while they are read
	Failure           protocol.Error
}

// State is how far the user's files have been read.
type State string

// The states.
const (
	None    State = ""
	Reading State = "reading"
	Ready   State = "ready"
	Failed  State = "failed"
)

// Reading reports whether files are being read.
func (d *Data) Reading() bool { return d.Said.State == Reading }

// Ready reports whether there are files to train on.
func (d *Data) Ready() bool { return d.Said.State == Ready }

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
	d.Stop()
	choice := d.choice
	d.split, d.Said = 0, Said{State: Reading}
	go func() {
		files, err := look()
		d.trainer.dispatch(func(app.Context) {
			switch {
			case choice != d.choice: // stopped, or others were chosen
			case err != nil:
				d.fail(files.Name, protocol.Error{Message: err.Error(), Hint: "Choose other files."})
			default:
				d.files = files
				d.send()
			}
		})
	}()
}

// SetAside has the trainer read the same files again, and set the usual share of each class aside to test on.
func (d *Data) SetAside() {
	d.split = recipe.UsualSplit
	d.send()
}

// Stop ends the reading of files.
func (d *Data) Stop() {
	if d.call != 0 {
		d.trainer.calls.cancel(d.call)
	}
	d.drop(&protocol.Error{Code: protocol.Cancelled, Message: "Reading the files was cancelled.", Hint: "Try again."})
	d.choice++
	d.call, d.Said = 0, Said{}
}

// drop gives up what waits for the files.
func (d *Data) drop(why *protocol.Error) {
	lost := d.lost
	d.then, d.lost = nil, nil
	if lost != nil {
		lost(why)
	}
}

// with does something with the program: at once, or when a new one has read the files again. lost is called if that is dropped,
// unless it is nil.
func (d *Data) with(do func(), lost func(*protocol.Error)) {
	if d.trainer.calls == nil && d.Ready() {
		d.drop(&protocol.Error{Code: protocol.Cancelled, Message: "Another request replaced this one.", Hint: "Try again."})
		d.then, d.lost = do, lost
		d.send()
		return
	}
	d.trainer.start()
	do()
}

// send has the trainer read the files.
func (d *Data) send() {
	d.Said = Said{State: Reading, Data: protocol.Data{From: d.files.Name}}
	d.trainer.Ahead.needs("")
	d.trainer.start()
	choice := d.choice
	d.call = d.trainer.calls.ask(protocol.AskRead, protocol.Files{Name: d.files.Name, Split: d.split}, &d.files, call{
		progress: func(p protocol.Progress) {
			if choice == d.choice {
				d.Said.Progress = p
			}
		},
		done: func(a answer, err *protocol.Error) {
			if choice == d.choice {
				d.call = 0
				d.take(a, err)
			}
		},
	})
}

// take takes in the outcome of the reading.
func (d *Data) take(a answer, err *protocol.Error) {
	then, lost := d.then, d.lost
	d.then, d.lost = nil, nil
	var said protocol.Data
	if err == nil {
		var wrong error
		if said, wrong = protocol.Read[protocol.Data](a.Message); wrong != nil {
			err = protocol.ErrorOf(wrong, protocol.Broken, "Reload the page.")
		}
	}
	if err != nil && lost != nil {
		lost(err)
	}
	switch {
	case err == nil:
		d.Hear(Said{State: Ready, Data: said})
		if then != nil {
			then()
		}
		return
	case err.Code == protocol.Cancelled:
		d.Said = Said{}
	case err.Code == protocol.Gone:
		d.fail(d.files.Name, protocol.Error{Message: err.Message, Hint: "Choose fewer or smaller files."})
	default:
		d.fail(d.files.Name, *err)
	}
	d.trainer.notRun(err)
}

// Hear takes in what is known about the files.
func (d *Data) Hear(said Said) {
	d.Said = said
	if d.Ready() && d.Changed != nil {
		d.Changed()
	}
}

func (d *Data) fail(from string, e protocol.Error) {
	d.Hear(Said{State: Failed, Data: protocol.Data{From: from}, Failure: e})
}
