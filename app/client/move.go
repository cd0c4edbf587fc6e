package client

import (
	"bytes"
	"context"
	"errors"

	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
)

// Move takes runs from this browser to the site's server and back, and has them trained further there. Where the site has no server, a file takes
// them to one of the user's. A run keeps its ID: the copy that has got further is the run, and the other one is what it was before.
type Move struct {
	Problem string // why the last one could not be moved; "" for none
	Busy    bool   // one is under way
	Saved   Ref    // the last one that is in a file

	runs    *Runs
	trainer *Trainer
}

// NewMove returns a move of runs that a trainer is to train further.
func NewMove(r *Runs, t *Trainer) *Move { return &Move{runs: r, trainer: t} }

// To names the button that takes a run elsewhere.
func (m *Move) To(place protocol.Place) string {
	if place == protocol.OnServer {
		return "Continue on " + m.runs.Server.Name()
	}
	return "Continue in this tab"
}

// Can reports whether a run could be trained further in another place, as far as that depends on the place and on the run's images.
func (m *Move) Can(to protocol.Place, sum run.Summary) bool {
	if _, own := sum.Recipe.Dataset.Folder(); own || m.Busy {
		return false
	}
	server := m.runs.Server
	return server.Here != nil && !server.Away && (to == protocol.OnServer || m.runs.Failed == nil)
}

// ByFile reports whether only a file could take a run to where it is trained faster, as far as that depends on the site and on the run's images.
func (m *Move) ByFile(sum run.Summary) bool {
	_, own := sum.Recipe.Dataset.Folder()
	server := m.runs.Server
	return !own && server.Here == nil && server.Answered()
}

// Save has the browser save a run of its own as a file.
func (m *Move) Save(of Ref) {
	m.Problem, m.Saved = "", Ref{}
	m.runs.Export(of, func(_ []byte, err error) {
		if err != nil {
			m.Problem = err.Error()
			return
		}
		m.Saved = of
	})
}

// Start takes a run to the place where it is not, and has it trained further at a learning rate, 0 for the one in use. begun is called when that begins.
func (m *Move) Start(of Ref, rate float64, begun func()) {
	if m.Busy {
		return
	}
	m.Busy, m.Problem, m.Saved = true, "", Ref{}
	moved := func(err error) bool {
		m.Busy = false
		if err == nil && m.trainer.View.Phase.Active() {
			err = errors.New("another run has started in the meantime; continue this one from the Runs page")
		}
		if err != nil {
			m.Problem = err.Error()
		}
		return err == nil
	}
	if of.Place == protocol.InBrowser {
		m.toServer(of.ID, func(err error) {
			if moved(err) {
				m.trainer.There.Resume(of.ID, rate)
				begun()
			}
		})
		return
	}
	m.toBrowser(of.ID, func(k *Kept, err error) {
		if !moved(err) {
			return
		}
		if rate == 0 {
			rate = k.View.LearningRate
		}
		m.trainer.Resume(k.View, rate)
		begun()
	})
}

// Further returns the copy of a run in another place, if that has got further or is being trained. all are those that are listed.
func (r Run) Further(all []Run) (Run, bool) {
	for _, other := range all {
		if other.ID == r.ID && other.Place != r.Place && other.Phase != run.Deleted {
			return other, other.Last > r.Last || other.Phase.Active() || other.Phase == run.Waiting
		}
	}
	return Run{}, false
}

// toServer brings a run of this browser to the server, or the server's copy to where this browser's is.
func (m *Move) toServer(id string, done func(error)) {
	there := m.runs.Server.store
	do(m.runs, protocol.InBrowser, func(here store.Store) (any, error) {
		if there == nil {
			return nil, remote.ErrAway
		}
		return nil, carry(here, there, id, func(file []byte) error { return there.Import(context.Background(), file) })
	}, func(_ any, err error) { done(err) })
}

// toBrowser brings a run of the server to this browser, or this browser's copy to where the server's is, and reads it.
func (m *Move) toBrowser(id string, done func(*Kept, error)) {
	here := m.runs.lists[protocol.InBrowser].store
	do(m.runs, protocol.OnServer, func(there store.Store) (*Kept, error) {
		if here == nil {
			return nil, m.runs.notOpen(protocol.InBrowser)
		}
		if err := carry(there, here, id, into(here)); err != nil {
			return nil, err
		}
		return (*Kept)(nil).and(here, id)
	}, done)
}

// into puts a run that is one file into a store.
func into(s store.Store) func(file []byte) error {
	return func(file []byte) error {
		_, err := store.Import(context.Background(), s, bytes.NewReader(file), int64(len(file)))
		return err
	}
}

// carry has a run put into another store as one file. It is no error if that has all of it already.
func carry(from, to store.Store, id string, put func(file []byte) error) error {
	ctx := context.Background()
	var b bytes.Buffer
	if err := store.Export(ctx, from, id, &b); err != nil {
		return err
	}
	err := put(b.Bytes())
	if !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrBusy) {
		return err
	}
	log, wrong := from.Read(ctx, id, 1)
	if wrong != nil {
		return wrong
	}
	if other, wrong := to.Read(ctx, id, 1); wrong == nil && store.GoesOn(other, log) {
		return nil
	}
	return err
}
