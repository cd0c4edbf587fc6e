package runs

import "unpool/app/client"

// ticks are the runs that the user has ticked.
type ticks struct{ refs map[client.Ref]bool }

// of are the ticked rows of a list, in its order, those that the filter hides too.
func (t *ticks) of(l *list) (rows []*row) {
	for _, r := range l.all {
		if t.refs[r.Ref()] {
			rows = append(rows, r)
		}
	}
	return rows
}

func (t *ticks) none() { t.refs = nil }

// set ticks runs, or unticks them.
func (t *ticks) set(rows []*row, on bool) {
	if t.refs == nil {
		t.refs = map[client.Ref]bool{}
	}
	for _, r := range rows {
		if on {
			t.refs[r.Ref()] = true
		} else {
			delete(t.refs, r.Ref())
		}
	}
}
