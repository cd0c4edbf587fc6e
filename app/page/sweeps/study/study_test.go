package study

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"unpool/core/api"
	"unpool/core/run"
)

// swept is a sweep with points of a learning rate, a schedule and a rank, in order of rank.
func swept(values ...[2]string) *api.Sweep {
	s := &api.Sweep{Fields: []string{"learning_rate", "schedule"}}
	s.Rungs = []int{100, 300, 900}
	for i, v := range values {
		s.All = append(s.All, api.SweepPoint{Values: v[:], Rank: i + 1, N: 1, Accuracy: 0.9 - float64(i)/100,
			Runs: []api.SweepRun{{ID: fmt.Sprint("run-", i), Seed: 1, Phase: run.Done}}})
	}
	return s
}

// Numbers over a factor of four have a logarithmic axis, names an even one, and a missing value has no place.
func TestAxes(t *testing.T) {
	s := New(swept([2]string{"0.001", "cosine"}, [2]string{"0.01", "none"}, [2]string{"0.1", "cosine"}, [2]string{"", "none"}))
	rate, schedule, accuracy := s.Axis("learning_rate"), s.Axis("schedule"), s.Axis(Accuracy)
	if !rate.Scale.Log || rate.Label != "Learning rate" || math.Abs(rate.At(1)-0.5) > 1e-9 || !math.IsNaN(rate.At(3)) || rate.Text(3) != "–" {
		t.Errorf("the rate's axis: %+v, places %v %v", rate.Scale, rate.At(1), rate.At(3))
	}
	if rate.Words(0.5) != "0.01" {
		t.Errorf("in the middle lies %s", rate.Words(0.5))
	}
	if schedule.At(0) != 0.25 || schedule.At(1) != 0.75 || schedule.Text(0) != "cosine, down to 0" || schedule.Words(0.9) != "constant" || schedule.Step() != 0.5 {
		t.Errorf("the schedule's axis: %v %v %q %q", schedule.At(0), schedule.At(1), schedule.Text(0), schedule.Words(0.9))
	}
	if !(accuracy.At(0) > accuracy.At(1)) || accuracy.Text(0) != "90.00\u202f%" {
		t.Errorf("the accuracy's axis: %v %v %s", accuracy.At(0), accuracy.At(1), accuracy.Text(0))
	}
	if narrow := newAxis("batch", []string{"32", "64", "96"}); narrow.Scale.Log {
		t.Error("32 to 96 is logarithmic")
	}
	if got := newAxis("net.0.maps", []string{"8"}).Label; got != "Layer 1, maps" {
		t.Errorf("the label is %q", got)
	}
}

// A few that diverged do not compress the rest into a line.
func TestFarBelow(t *testing.T) {
	values := []float64{0.1, 0.95, 0.96, 0.97, 0.98, math.NaN()}
	a := newAccuracy(values, values[:5])
	if a.Scale.Min != 0.95 || a.Below != 1 || a.At(0) >= a.At(1) || !math.IsNaN(a.At(5)) {
		t.Errorf("the scale begins at %v, %d below it, at %v", a.Scale.Min, a.Below, a.At(0))
	}
	values = []float64{0.1, 0.3, 0.5, 0.7, 0.9}
	if even := newAccuracy(values, values); even.Below != 0 || even.Scale.Min != 0.1 {
		t.Errorf("an even scale begins at %v", even.Scale.Min)
	}
}

// Each colour has as many points, the best the last.
func TestColours(t *testing.T) {
	var values [][2]string
	for range 12 {
		values = append(values, [2]string{"1", "cosine"})
	}
	sweep := swept(values...)
	sweep.All[11].N = 0
	s := New(sweep)
	count := map[int]int{}
	for i := range sweep.All {
		count[s.Bin(i)]++
	}
	if s.Bin(0) != Bins-1 || s.Bin(11) != -1 || len(count) != Bins+1 || len(s.Edges) != Bins+1 || s.Edges[Bins] != 0.9 {
		t.Errorf("colours %v, edges %v", count, s.Edges)
	}
}

func TestBrushes(t *testing.T) {
	s := New(swept([2]string{"0.001", "cosine"}, [2]string{"0.01", "none"}, [2]string{"0.1", "cosine"}, [2]string{"", "none"}))
	b := Brushes{}
	b.Set("learning_rate", 0.6, 0.2) // either end first
	if chosen, n := s.Chosen(b); n != 1 || !chosen[1] {
		t.Errorf("the middle rate: %v", chosen)
	}
	b.Set("learning_rate", 0, 0.6)
	if _, n := s.Chosen(b); n != 2 {
		t.Errorf("%d of the lower rates; one without a rate is not among them", n)
	}
	b.Set("schedule", 0, 0.5)
	if chosen, n := s.Chosen(b); n != 1 || !chosen[0] {
		t.Errorf("of both: %v", chosen)
	}
	b.Set("learning_rate", -1, 2)
	b.Set("schedule", 0, 1)
	if _, n := s.Chosen(b); n != 4 || len(b) != 0 {
		t.Errorf("%d without a brush, %v", n, b)
	}
	s.All[2].Runs[0].Phase = run.Stopped
	s = New(s.Sweep)
	if got := fmt.Sprint(s.Shown(true), s.Shown(false)); got != "[0 1 3] [0 1 2 3]" {
		t.Errorf("shown %s", got)
	}
}

// Computed by hand. Six points with ranks 1 to 6, mean 3.5, total 17.5. The schedule has the ranks 1 2 3 and 4 5 6: between 2·3·1.5² = 13.5, within
// (17.5 − 13.5)/(6−2) = 1, so ε² = (13.5 − 1)/17.5 = 0.714; H = 5·13.5/17.5 = 3.857 against 3.841. The rate has 1 3 5 and 2 4 6: between 2·3·0.5² = 1.5,
// within 4, so ε² < 0.
func TestImportance(t *testing.T) {
	s := New(swept([2]string{"0.1", "cosine"}, [2]string{"0.2", "cosine"}, [2]string{"0.1", "cosine"},
		[2]string{"0.2", "none"}, [2]string{"0.1", "none"}, [2]string{"0.2", "none"}))
	all := s.Importances()
	if len(all) != 2 || all[0].Axis.Name != "schedule" || math.Abs(all[0].Share-12.5/17.5) > 1e-12 || all[0].N != 6 || all[0].Groups != 2 {
		t.Fatalf("%+v", all)
	}
	if all[1].Share != 0 || !all[1].Chance {
		t.Errorf("the rate explains %+v", all[1])
	}
	if all[0].Chance != (3.857 <= chiSquare95(1)) {
		t.Errorf("the schedule: %+v", all[0])
	}
	for k, want := range map[int]float64{1: 3.841, 2: 5.991, 4: 9.488, 9: 16.919, 30: 43.773} { // of the tables
		if got := chiSquare95(k); math.Abs(got-want) > 0.03*want {
			t.Errorf("χ² of %d is %v, want %v", k, got, want)
		}
	}
}

// A field of many numbers is put into quantiles, equals together; points without it are a group.
func TestGroups(t *testing.T) {
	var values []string
	var points []int
	for i := range 20 {
		values, points = append(values, fmt.Sprint(i/2+1)), append(points, i)
	}
	values[0] = ""
	groups := newAxis("batch", values).groups(points)
	sizes := ""
	for _, g := range groups {
		sizes += fmt.Sprint(len(g), " ")
	}
	if sizes != "3 4 4 4 4 1 " {
		t.Errorf("groups of %s", sizes)
	}
	if n := len(newAxis("batch", []string{"1", "2", "2"}).groups([]int{0, 1, 2})); n != 2 {
		t.Errorf("%d groups of two values", n)
	}
}

// By hand: differences 0.02 and 0.04 have the mean 0.03 and the deviation 0.0141.
func TestCompare(t *testing.T) {
	at := func(seed uint64, step int, best float64, rungs ...run.Rung) api.SweepRun {
		return api.SweepRun{Seed: seed, Step: step, Best: &api.SweepAccuracy{Accuracy: best}, Rungs: rungs}
	}
	sweep := swept([2]string{"1", ""}, [2]string{"2", ""})
	sweep.All[0].Runs = []api.SweepRun{at(1, 900, 0.9), at(2, 900, 0.95, run.Rung{Step: 100, Accuracy: 0.5}, run.Rung{Step: 300, Accuracy: 0.84}), at(4, 900, 1)}
	sweep.All[1].Runs = []api.SweepRun{at(1, 900, 0.88), at(2, 300, 0.7, run.Rung{Step: 100, Accuracy: 0.6}, run.Rung{Step: 300, Accuracy: 0.8}), at(3, 900, 0)}
	p := New(sweep).Compare(0, 1)
	if fmt.Sprint(p.Seeds, p.At, p.A, p.B) != "[1 2] [0 300] [0.9 0.84] [0.88 0.8]" || math.Abs(p.Mean-0.03) > 1e-12 || math.Abs(p.Deviation-math.Sqrt(0.0002)) > 1e-12 {
		t.Errorf("%+v", p)
	}
	sweep.All[1].Runs = nil
	if p = New(sweep).Compare(0, 1); len(p.Seeds) != 0 || p.Mean != 0 {
		t.Errorf("nothing in common: %+v", p)
	}
}

func TestRowsAndCSV(t *testing.T) {
	sweep := swept([2]string{"0.001", "cosine"}, [2]string{"0.1", "=1+1"}, [2]string{"", "none"})
	sweep.All[2].Rank, sweep.All[2].N = 0, 0
	sweep.All[0].N, sweep.All[0].Deviation = 2, 0.01
	sweep.All[1].Runs[0].Phase = run.Failed
	s := New(sweep)
	for _, c := range []struct {
		sort Sorting
		want string
	}{
		{Sorting{ByRank, false}, "[0 1 2]"}, {Sorting{ByRank, true}, "[1 0 2]"}, {Sorting{Accuracy, true}, "[0 1 2]"},
		{Sorting{"learning_rate", true}, "[1 0 2]"}, {Sorting{"learning_rate", false}, "[0 1 2]"}, {Sorting{ByState, false}, "[0 2 1]"},
		{Sorting{ByN, true}, "[0 1 2]"},
	} {
		if got := fmt.Sprint(s.Rows(s.Order, c.sort)); got != c.want {
			t.Errorf("by %v: %s, want %s", c.sort, got, c.want)
		}
	}
	want := "rank,learning_rate,schedule,validation_accuracy,standard_deviation,n,rung,steps,state,runs\n" +
		"1,0.001,cosine,0.9,0.01,2,1,0,done,run-0\n" +
		"2,0.1,'=1+1,0.89,,1,1,0,failed,run-1\n"
	if got := s.CSV([]int{0, 1}); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestStates(t *testing.T) {
	for _, c := range []struct {
		phases string
		want   State
	}{
		{"done done", Done}, {"done failed", Failed}, {"stopped stopped", Stopped}, {"done training", Training}, {"parked waiting", Waiting},
		{"parked parked", Parked}, {" ", None}, {"done ", Begun}, {"compiling ", Training},
	} {
		p := api.SweepPoint{}
		for _, phase := range strings.Split(c.phases, " ") {
			p.Runs = append(p.Runs, api.SweepRun{Phase: run.Phase(phase)})
		}
		if got := stateOf(&p); got != c.want {
			t.Errorf("%q is %s, want %s", c.phases, got, c.want)
		}
	}
}
