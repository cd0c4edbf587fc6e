package mirror

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	"unpool/core/run"
	"unpool/core/store/remote"
)

// unsentKey is the name of the note that has a label of a run which the server was not told of.
func unsentKey(identity, id string) string { return "label " + identity + "/" + id }

// Label is store.Store's. While the server cannot be reached, the label is kept here, and the server is notified of it when it is back: it then comes after all
// that the server was told before.
func (s *Store) Label(ctx context.Context, id string, l run.Label) error {
	if err := l.Check(); err != nil {
		return err
	}
	err := s.Store.Label(ctx, id, l)
	away := errors.Is(err, remote.ErrAway)
	if away && s.isNoted(id) {
		s.noteLabel(ctx, id, note(l))
		return nil
	}
	if _, waits := s.labels()[id]; waits && !away {
		s.noteLabel(ctx, id, "") // it is older
	}
	return err
}

func (s *Store) noteLabel(ctx context.Context, id, text string) {
	s.mu.Lock()
	name := unsentKey(s.identity, id)
	s.mu.Unlock()
	s.save(ctx, map[string]string{name: text})
}

// labels are those that the server was not told of, by the runs' IDs.
func (s *Store) labels() map[string]run.Label {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.unsent)
}

// applyLabel takes in a note of a label; s is locked.
func (s *Store) applyLabel(id, text string) {
	var l run.Label
	if text == "" || json.Unmarshal([]byte(text), &l) != nil {
		delete(s.unsent, id)
		return
	}
	s.unsent[id] = l
}

// sendLabels tells the server of labels that it was not told of, and returns those that it knows now, or refuses for good.
func (s *Store) sendLabels(ctx context.Context) (sent map[string]run.Label, err error) {
	sent = map[string]run.Label{}
	for id, l := range s.labels() {
		if err := s.Store.Label(ctx, id, l); errors.Is(err, remote.ErrAway) {
			return sent, err
		}
		sent[id] = l
		s.mu.Lock()
		s.stale[id] = true
		s.mu.Unlock()
	}
	return sent, nil
}

// forgetLabels removes what is noted of labels that were sent, unless there are newer ones.
func (s *Store) forgetLabels(ctx context.Context, sent map[string]run.Label) {
	for id, l := range s.labels() {
		if was, ok := sent[id]; ok && was == l {
			s.noteLabel(ctx, id, "")
		}
	}
}
