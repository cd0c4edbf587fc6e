package sweep

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// job is a run that is sent to a rung.
type job struct{ point, seed, rung int }

// race drives a ladder with a known objective: the accuracy of each run is given.
type race struct {
	t       *testing.T
	ladder  Ladder
	points  [][]Standing
	learned func(point, seed, steps int) float64 // an accuracy; NaN for a run that fails
	inHand  []job
	order   []job // in which reports came
	steps   int   // taken in all
	stepsOf map[[2]int]int
}

func newRace(t *testing.T, l Ladder, points, seeds int, learned func(point, seed, steps int) float64) *race {
	r := &race{t: t, ladder: l, learned: learned, stepsOf: map[[2]int]int{}}
	for range points {
		r.points = append(r.points, make([]Standing, seeds))
	}
	return r
}

// begin gives free workers what is next, and reports how many have something to do.
func (r *race) begin(workers int) int {
	r.t.Helper()
	for len(r.inHand) < workers {
		p, s, rung, ok := r.ladder.Judge(r.points).Next(everyOne(len(r.points)))
		if !ok {
			break
		}
		one := &r.points[p][s]
		if one.Busy || one.Failed {
			r.t.Fatalf("point %d, seed %d is begun twice", p, s)
		}
		if _, done := one.at(rung); done {
			r.t.Fatalf("point %d, seed %d is sent to rung %d again", p, s, rung)
		}
		one.Busy, one.To = true, rung
		r.inHand = append(r.inHand, job{p, s, rung})
	}
	return len(r.inHand)
}

// end has a job report.
func (r *race) end(j job) {
	r.t.Helper()
	i := slices.Index(r.inHand, j)
	if i < 0 {
		r.t.Fatalf("%v is not in training", j)
	}
	r.inHand = slices.Delete(r.inHand, i, i+1)
	r.order = append(r.order, j)
	one := &r.points[j.point][j.seed]
	one.Busy = false
	now := time.Unix(int64(len(r.order)), 0)
	run := [2]int{j.point, j.seed}
	steps := r.ladder.Rungs[j.rung]
	r.steps += steps - r.stepsOf[run] // from its checkpoint on: no step is taken twice
	r.stepsOf[run] = steps
	accuracy := r.learned(j.point, j.seed, steps)
	if math.IsNaN(accuracy) {
		one.Failed, one.Time = true, now
		return
	}
	one.Reached = append(one.Reached, Reached{j.rung, accuracy, now})
}

// run has so many workers do all, which end their jobs in a random order.
func (r *race) run(workers int, random *rand.Rand) {
	r.t.Helper()
	for r.begin(workers) > 0 {
		r.end(r.inHand[random.IntN(len(r.inHand))])
	}
	if !r.ladder.Judge(r.points).Over() {
		r.t.Error("it is not over")
	}
}

// trained is the rung that each point reached.
func (r *race) trained() (to []int) {
	for _, runs := range r.points {
		to = append(to, runs[0].to())
	}
	return to
}

var eightyOne = Ladder{Rungs: []int{1, 3, 9, 27, 81}, Eta: 3}

// shuffledCurves are runs that learn towards a final accuracy, which falls with the point's place in a shuffled order. Early on, noise hides the order of
// neighbours.
func shuffledCurves(seed uint64, n int) (best int, learned func(point, _, steps int) float64) {
	random := rand.New(rand.NewPCG(seed, 1))
	place := random.Perm(n)
	noise := make([]float64, n)
	for i := range noise {
		noise[i] = random.NormFloat64() * 0.02
	}
	return slices.Index(place, 0), func(point, _, steps int) float64 {
		final := 0.9 - 0.5*float64(place[point])/float64(n)
		return final*(1-1/float64(steps+1)) + noise[point]/float64(steps)
	}
}

// The best of 81 settings is found for less than a quarter of what it costs to train all of them, whatever the number of workers.
func TestASHAFindsTheBest(t *testing.T) {
	const n, whole = 81, 81 * 81
	least, most := whole, 0
	for seed := range uint64(20) {
		for _, workers := range []int{1, 4, 16} {
			best, learned := shuffledCurves(seed, n)
			r := newRace(t, eightyOne, n, 1, learned)
			r.run(workers, rand.New(rand.NewPCG(seed, 2)))
			if at := r.points[best][0].to(); at != 4 {
				t.Errorf("seed %d, %d workers: the best came to rung %d", seed, workers, at)
			}
			least, most = min(least, r.steps), max(most, r.steps)
			if r.steps*4 >= whole {
				t.Errorf("seed %d, %d workers: %d steps of %d", seed, workers, r.steps, whole)
			}
			_, place, _ := r.ladder.Judge(r.points).Place(best)
			if place != 1 {
				t.Errorf("seed %d: the best is ranked %d", seed, place)
			}
		}
	}
	t.Logf("%.1f to %.1f %% of the cost of training all to the end", 100*float64(least)/whole, 100*float64(most)/whole)
}

// Where reports come in the same order, the same runs are promoted, however many workers there are.
func TestASHADoesNotDependOnWorkers(t *testing.T) {
	const n = 81
	for seed := range uint64(10) {
		_, learned := shuffledCurves(seed, n)
		few := newRace(t, eightyOne, n, 1, learned)
		few.run(3, rand.New(rand.NewPCG(seed, 3)))
		for _, workers := range []int{3, 4, 10, 1000} {
			more := newRace(t, eightyOne, n, 1, learned)
			for _, j := range few.order {
				more.begin(workers)
				more.end(j)
			}
			if left := more.begin(workers); left > 0 {
				t.Errorf("%d workers have %d jobs more: %v", workers, left, more.inHand)
			}
			if !slices.Equal(more.trained(), few.trained()) || more.steps != few.steps {
				t.Errorf("%d workers train to %v, 3 to %v", workers, more.trained(), few.trained())
			}
		}
	}
}

// The incremental decisions are those of brute force: after each report, all who are among the top third of a rung, and who ever were, may rise.
func TestASHAPromotes(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	for range 200 {
		l := Ladder{Rungs: []int{1, 2}, Eta: 2 + random.IntN(3)}
		points := make([][]Standing, 1+random.IntN(40))
		for p := range points {
			points[p] = make([]Standing, 1)
		}
		rises := map[int]bool{}
		var there []entrant
		for i, p := range random.Perm(len(points)) {
			e := entrant{p, float64(random.IntN(8))} // with ties
			points[p][0].Reached = []Reached{{0, e.accuracy, time.Unix(int64(i), 0)}}
			there = append(there, e)
			slices.SortFunc(there, entrant.before)
			for _, top := range there[:len(there)/l.Eta] {
				rises[top.point] = true
			}
		}
		if got := l.Judge(points).rises[0]; !maps.Equal(got, rises) {
			t.Fatalf("eta %d: %v rise, want %v of %v", l.Eta, got, rises, there)
		}
	}
}

// By hand: six points on two rungs, one in two rises. The scenario is said as point:accuracy in order of report.
func TestASHAByHand(t *testing.T) {
	l := Ladder{Rungs: []int{10, 20}, Eta: 2}
	for name, c := range map[string]struct {
		reports string
		next    string // point, seed, rung
	}{
		"nothing yet":                 {"", "0 0 0"},
		"one is not half of one":      {"0:0.5", "1 0 0"},
		"the better of two":           {"0:0.5 1:0.6", "1 0 1"},
		"of equals the earlier point": {"1:0.5 0:0.5", "0 0 1"},
		"the best of two who rise":    {"0:0.5 1:0.4 2:0.6", "2 0 1"},
		"who was in the top rises":    {"0:0.5 1:0.4 2:0.6 2:up", "0 0 1"},
		"failures are never promoted": {"0:fails 1:fails 2:fails 3:fails", "4 0 0"},
		"failures count among those":  {"0:fails 1:0.1", "1 0 1"},
		"no number is a failure":      {"0:NaN 1:NaN 2:NaN", "3 0 0"},
	} {
		points := make([][]Standing, 6)
		for p := range points {
			points[p] = make([]Standing, 1)
		}
		for i, one := range strings.Fields(c.reports) {
			var p int
			var what string
			fmt.Sscanf(one, "%d:%s", &p, &what)
			s := &points[p][0]
			switch what {
			case "fails":
				s.Failed, s.Time = true, time.Unix(int64(i), 0)
			case "up":
				s.Busy, s.To = true, 1
			default:
				var accuracy float64
				fmt.Sscan(what, &accuracy)
				s.Reached = []Reached{{0, accuracy, time.Unix(int64(i), 0)}}
			}
		}
		p, s, rung, ok := l.Judge(points).Next(everyOne(6))
		if got := fmt.Sprint(p, s, rung); got != c.next || !ok {
			t.Errorf("%s: next is %s, want %s", name, got, c.next)
		}
	}
}

// A point is at a rung when all its seeds are, and counts by their mean; a seed that is added later is brought to where the others are.
func TestASHACountsSeeds(t *testing.T) {
	mean := []float64{0.5, 0.6, 0.7, 0.4}
	r := newRace(t, Ladder{Rungs: []int{10, 20}, Eta: 4}, 4, 2, func(point, seed, steps int) float64 {
		return mean[point] + []float64{-0.3, 0.3}[seed]*float64(1+point%2)
	})
	r.run(1, rand.New(rand.NewPCG(1, 1)))
	want := []job{{0, 0, 0}, {0, 1, 0}, {1, 0, 0}, {1, 1, 0}, {2, 0, 0}, {2, 1, 0}, {3, 0, 0}, {3, 1, 0}, {2, 0, 1}, {2, 1, 1}}
	if !slices.Equal(r.order, want) {
		t.Errorf("the order is %v, want %v", r.order, want)
	}
	for p := range r.points {
		r.points[p] = append(r.points[p], Standing{})
	}
	r.learned = func(point, seed, steps int) float64 { return mean[point] }
	r.order = nil
	r.run(1, rand.New(rand.NewPCG(1, 1)))
	if want := []job{{0, 2, 0}, {1, 2, 0}, {2, 2, 1}, {3, 2, 0}}; !slices.Equal(r.order, want) {
		t.Errorf("the third seeds go %v, want %v", r.order, want)
	}
}

// A ladder of one rung trains all to the end; failures change nothing for the others, and a point that failed is trained no further.
func TestLadderOfOneRung(t *testing.T) {
	r := newRace(t, Ladder{Rungs: []int{100}}, 5, 2, func(point, seed, steps int) float64 {
		if point == 1 && seed == 0 {
			return math.NaN()
		}
		return 0.5
	})
	r.run(2, rand.New(rand.NewPCG(1, 1)))
	if n := len(r.order); n < 9 || r.steps != 100*n {
		t.Errorf("%d runs, %d steps", n, r.steps)
	}
}

func TestASHAInAFile(t *testing.T) {
	file := func(asha, more string) string {
		return `{"base": "mnist-rnn-32", "change": {"holdout": 100, "steps": 1000}, "asha": ` + asha + `, "grid": {"batch": [1, 2]` + more + `}}`
	}
	for asha, want := range map[string][]int{
		`{"min_steps": 100}`:              {100, 300, 900, 1000},
		`{"min_steps": 500, "eta": 2}`:    {500, 1000},
		`{"rungs": 3, "eta": 10}`:         {10, 100, 1000},
		`{"rungs": 4}`:                    {37, 111, 333, 1000},
		`{"min_steps": 10, "eta": 10}`:    {10, 100, 1000},
		`{"eta": 4, "min_steps": 999}`:    {999, 1000},
		`{"rungs": 2, "eta": 7}`:          {142, 1000},
		`{"min_steps":1,"eta":10}`:        {1, 10, 100, 1000},
		`{"eta": 2, "rungs": 10}`:         {1, 2, 4, 8, 16, 32, 64, 128, 256, 1000},
		`{"min_steps": 334}`:              {334, 1000},
		`{  "min_steps" : 333,"eta" :3 }`: {333, 999, 1000},
	} {
		p := parse(t, file(asha, ""))
		if !slices.Equal(p.Ladder.Rungs, want) {
			t.Errorf("%s has the rungs %v, want %v", asha, p.Ladder.Rungs, want)
		}
	}
	for text, says := range map[string]string{
		file(`{}`, ""):                                  "asha: needs either min_steps",
		file(`{"min_steps": 3, "rungs": 3}`, ""):        "asha: needs either",
		file(`3`, ""):                                   "asha: needs an object",
		file(`{"min_steps": 1000}`, ""):                 "not below the run's 1000 steps",
		file(`{"min_steps": 0}`, ""):                    "min_steps: 0 is not",
		file(`{"min_steps": 10, "eta": 1}`, ""):         "eta: 1 is not a whole number from 2 to 10",
		file(`{"min_steps": 10, "eta": 2.5}`, ""):       "eta: 2.5 is not",
		file(`{"rungs": 1}`, ""):                        "rungs: 1 is not",
		file(`{"rungs": 9}`, ""):                        "need more than the run's 1000 steps",
		file(`{"steps": 9}`, ""):                        "steps: is not known",
		file(`{"min_steps": 10}`, `, "steps": [50,60]`): "differ in steps",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v does not say %q", text, err, says)
		}
	}
}

// More points and seeds leave the runs that are planned as they are.
func TestExtend(t *testing.T) {
	const file = `{"base": "mnist-rnn-32", "random": {"points": 5, "seed": 3, "fields": {"learning_rate": {"log": [1e-4, 1e-1]}}},
		"change": {"holdout": 9}, "grid": {"batch": [8, 16]}}`
	before := parse(t, file)
	longer, err := Extend([]byte(file), 7, 2)
	if err != nil {
		t.Fatal(err)
	}
	after := parse(t, string(longer))
	ids := map[string]bool{}
	for _, r := range after.Runs {
		ids[r.ID] = true
	}
	if len(after.Points) != 14 || len(after.Runs) != 28 || after.Seeds != 2 {
		t.Errorf("%s has %d points and %d runs", longer, len(after.Points), len(after.Runs))
	}
	for _, r := range before.Runs {
		if !ids[r.ID] {
			t.Errorf("the run of %+v is planned no more", r.Recipe)
		}
	}
	for _, c := range []struct {
		file          string
		points, seeds int
		says          string
	}{
		{file, 4, 0, "points: there are 5"}, {string(longer), 0, 1, "seeds: there are 2"}, {file, 0, 20_000, "seeds: 20000 is not"},
		{file, 10_000, 0, "more than 10000 runs"}, {`{"base": "mnist-rnn-32", "change": {"holdout": 9}, "grid": {"batch": [8]}}`, 4, 0, "nothing of this sweep is drawn"},
	} {
		if _, err := Extend([]byte(c.file), c.points, c.seeds); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%d, %d: %v does not say %q", c.points, c.seeds, err, c.says)
		}
	}
}
