package runs

// ticks are the runs that the user has ticked.
type ticks struct{ ids map[string]bool }

// of are the ticked rows of a list, in its order, those that the filter hides too.
func (t *ticks) of(l *list) (rows []*row) {
	for _, r := range l.all {
		if t.ids[r.ID] {
			rows = append(rows, r)
		}
	}
	return rows
}

func (t *ticks) none() { t.ids = nil }

// set ticks runs, or unticks them.
func (t *ticks) set(rows []*row, on bool) {
	if t.ids == nil {
		t.ids = map[string]bool{}
	}
	for _, r := range rows {
		if on {
			t.ids[r.ID] = true
		} else {
			delete(t.ids, r.ID)
		}
	}
}
