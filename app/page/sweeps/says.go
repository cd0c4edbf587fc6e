package sweeps

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"unpool/app/page/sweeps/draft"
	"unpool/core/api"
	"unpool/core/number"
	"unpool/core/run"
)

// title is what a sweep is called.
func title(s *api.SweepSummary) string {
	return cmp.Or(s.Name, "Sweep of "+s.Created.Local().Format("2006-01-02 15:04"))
}

// size is how much a sweep is to do.
func size(s *api.SweepSummary) draft.Size {
	d := draft.Size{Points: s.Points, Seeds: s.Seeds}
	if n := len(s.Rungs); n > 0 {
		d.Steps = s.Rungs[n-1]
		if n > 1 && s.Eta > 1 {
			d.Rungs, d.Eta = s.Rungs, s.Eta
		}
	}
	return d
}

// part is how much of a sweep is done, from 0 to 1: a sweep that stops runs early takes about as many steps as it is expected to.
func part(s *api.SweepSummary) float64 {
	expected := size(s).Expected()
	switch {
	case s.State == api.SweepDone:
		return 1
	case expected <= 0:
		return 0
	case len(s.Rungs) < 2 && s.Whole > 0:
		expected = s.Whole
	}
	return min(1, float64(s.Steps)/float64(expected))
}

// extent is how many points and seeds a sweep has.
func extent(s *api.SweepSummary) string {
	points := counted(s.Points, "point", "points")
	if s.Merged > 0 {
		points += " (" + number.Int(s.Merged) + " more drawn with the same settings)"
	}
	return points + " × " + counted(s.Seeds, "seed", "seeds")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number.Int(n) + " " + many
}

// progress is how far a sweep is, in words.
func progress(s *api.SweepSummary) string {
	all := s.Points * s.Seeds
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, number.Int(n)+" "+what)
		}
	}
	active := 0
	for phase, n := range s.Runs {
		if phase.Active() {
			active += n
		}
	}
	add(s.Runs[run.Done], "done")
	add(active, "in training")
	add(s.Runs[run.Parked], "parked at a rung")
	add(s.Runs[run.Stopped], "stopped")
	add(s.Runs[run.Failed], "failed")
	says := "of " + counted(all, "run", "runs")
	if len(parts) == 0 {
		return "None " + says + " has begun."
	}
	return strings.Join(parts, ", ") + " " + says + "; " + number.Int(s.Steps) + " training steps taken."
}

// accuracy is an accuracy in words, with its standard deviation over n runs.
func accuracy(share, deviation float64, n int) string {
	switch {
	case n == 0:
		return "–"
	case n == 1:
		return number.Hundredths(share) + number.Thin + "%"
	}
	return number.Hundredths(share) + " ± " + number.Hundredths(deviation) + number.Thin + "%"
}

// point says all that is known of a point, in a sentence or two.
func (s *scene) point(p int) string {
	at := &s.All[p]
	var b strings.Builder
	if at.Rank > 0 {
		fmt.Fprintf(&b, "Rank %s of %s", number.Int(at.Rank), number.Int(len(s.All)))
	} else {
		b.WriteString("Not measured yet")
	}
	b.WriteString(": " + s.values(p) + ". ")
	if at.N > 0 {
		fmt.Fprintf(&b, "Validation accuracy %s (n = %d)", accuracy(at.Accuracy, at.Deviation, at.N), at.N)
		if s.Ladder() && at.Rung >= 0 && at.Rung < len(s.Rungs)-1 {
			fmt.Fprintf(&b, " at rung %d, step %s", at.Rung+1, number.Int(s.Rungs[at.Rung]))
		}
		b.WriteString(". ")
	}
	if why := s.why(p); why != "" {
		b.WriteString(why)
	} else {
		b.WriteString(upper(string(s.State(p))) + ".")
	}
	return b.String()
}

// values are a point's settings in words.
func (s *scene) values(p int) string {
	var parts []string
	for _, a := range s.Axes[:len(s.Axes)-1] {
		parts = append(parts, strings.ToLower(a.Label[:1])+a.Label[1:]+" "+a.Text(p))
	}
	return strings.Join(parts, ", ")
}

// why says why runs of a point were stopped or failed, and when.
func (s *scene) why(p int) string {
	var all []string
	for _, r := range s.All[p].Runs {
		if r.Why == "" {
			continue
		}
		says := upper(r.Why)
		if len(s.All[p].Runs) > 1 {
			says = fmt.Sprintf("Seed %d: %s", r.Seed, r.Why)
		}
		says = strings.TrimSuffix(says, ".") + ", after " + number.Int(r.Step) + " steps"
		if !r.Updated.IsZero() {
			says += ", on " + clock(r.Updated)
		}
		all = append(all, says+".")
	}
	return strings.Join(all, " ")
}

func clock(t time.Time) string { return t.Local().Format("2 Jan 15:04") }

func upper(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// rung is the highest rung that all runs of a point have reached, in words.
func (s *scene) rung(p int) string {
	switch r := s.All[p].Rung; {
	case r < 0:
		return "–"
	case r == len(s.Rungs)-1:
		return "end"
	default:
		return number.Int(r + 1)
	}
}
