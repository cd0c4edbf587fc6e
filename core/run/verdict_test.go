package run_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"unpool/core/run"
)

var findings = []string{"early", "learning", "slowing", "level", "worse", "overfitting", "guessing", "diverged"}

// recorded reads a run's log: one of testdata/verdict, or of our results.
func recorded(t *testing.T, name string) *run.View {
	t.Helper()
	path := filepath.Join("testdata", "verdict", name+".jsonl")
	if _, err := os.Stat(path); err != nil {
		path = filepath.Join("..", "..", "public", "results", name+".jsonl")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	log, _, err := run.ReadLog(text)
	if err != nil {
		t.Fatal(err)
	}
	return run.Replay(log)
}

// course is the verdict after each evaluation of a run, one after the other.
func course(header *run.Start, metrics []run.Evaluation) (all []run.Verdict) {
	v := view(header)
	for _, m := range metrics {
		v.Apply(run.Record{Event: &m.Metric})
		all = append(all, v.Verdict())
	}
	return all
}

// turns is how often a verdict turns after its first.
func turns(all []run.Verdict) (n int) {
	for i := 1; i < len(all); i++ {
		if all[i].Finding != all[i-1].Finding && all[i-1].Finding != run.Early {
			n++
		}
	}
	return n
}

// The verdicts of a person who saw the curves of recorded runs up to a step.
func TestRecordedRuns(t *testing.T) {
	type said map[int]run.Finding
	for _, c := range []struct {
		name string
		most int // turns of the verdict
		said said
	}{
		// SGD at rate 10 on a net with tanh: the loss leaps to 386 and stays above 100, while up to 29 % are right.
		{"diverged", 0, said{40: run.Early, 100: run.Diverged, 320: run.Diverged, 600: run.Diverged}},
		{"rate-1e-7", 0, said{200: run.Guessing, 800: run.Guessing, 1500: run.Guessing}},
		{"rate-10", 0, said{200: run.Guessing, 600: run.Guessing}},
		// 950 of 1,000 test images are eights, the others threes. At rate 1e-5 the net classifies more and more images as an eight, in the end all.
		{"unequal-guessing", 0, said{60: run.Guessing, 200: run.Guessing, 400: run.Guessing, 600: run.Guessing}},
		{"unequal-learning", 2, said{100: run.Slowing, 220: run.Level, 300: run.Level}},
		// Momentum at rate 1: 57 % at step 25, then less and less.
		{"momentum", 0, said{50: run.Early, 300: run.Worse, 700: run.Worse, 1000: run.Worse}},
		// 500 training images, all right from step 340 on.
		{"overfit-500", 2, said{100: run.Slowing, 600: run.Overfitting, 1200: run.Overfitting, 2000: run.Overfitting}},
		{"plateau", 1, said{250: run.Slowing, 1500: run.Level, 2500: run.Level, 4000: run.Level}},
		{"learning", 1, said{50: run.Early, 200: run.Learning, 350: run.Learning, 800: run.Slowing, 1500: run.Slowing}},
		{"mnist-rnn-32-seed1", 1, said{300: run.Learning, 1500: run.Slowing, 5500: run.Slowing}},
		{"mnist-gru-64-seed1", 1, said{200: run.Learning, 1000: run.Slowing, 3000: run.Slowing}},
		{"mnist-cnn-seed1", 1, said{1000: run.Slowing, 4000: run.Level, 5500: run.Level}},
		{"cifar-lenet5-seed1", 1, said{500: run.Learning, 2500: run.Slowing}},
		{"cifar-bn-seed1", 2, said{1000: run.Learning, 5500: run.Overfitting}},
		{"cifar-vgg-seed1", 1, said{1000: run.Learning, 4000: run.Slowing}},
		{"cifar10-vgg-seed1", 1, said{1000: run.Learning, 4000: run.Slowing, 5500: run.Slowing}},
	} {
		v := recorded(t, c.name)
		metrics, all := v.Metrics, course(v.Start, v.Metrics)
		for i, m := range metrics {
			if want, ok := c.said[m.Step]; ok {
				if got := all[i].Finding; got != want {
					t.Errorf("%s at step %d: %s, a person said %s", c.name, m.Step, findings[got], findings[want])
				}
				delete(c.said, m.Step)
			}
		}
		if len(c.said) > 0 {
			t.Errorf("%s has no evaluations at the steps of %v", c.name, c.said)
		}
		if n := turns(all); n > c.most {
			t.Errorf("the verdict on %s turns %d times, want at most %d", c.name, n, c.most)
		}
	}
}

// Of all our results no verdict turns more than four times in some hundred evaluations, and none is wrong: each of these nets learned.
func TestVerdictsOnResultsAreCalm(t *testing.T) {
	files, err := filepath.Glob("../../public/results/*.jsonl")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d logs, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		v := recorded(t, name[:len(name)-len(".jsonl")])
		all := course(v.Start, v.Metrics)
		if n := turns(all); n > 4 {
			t.Errorf("the verdict on %s turns %d times", name, n)
		}
		for _, said := range all {
			if said.Finding == run.Guessing || said.Finding == run.Diverged || said.Finding == run.Worse {
				t.Errorf("%s at step %d: %s", name, said.Last.Step, findings[said.Finding])
			}
		}
	}
}

// evaluation is one on n images, every 50 steps.
func evaluation(i int, train, test, accuracy float64, n int) run.Evaluation {
	return run.Evaluation{Metric: run.Metric{
		Step:  50 * i,
		Train: run.Measure{Loss: train, Accuracy: accuracy, N: 1000},
		Test:  run.Measure{Loss: test, Accuracy: accuracy, N: n},
	}}
}

// flat are evaluations of a net that learns quickly and then stays as it is, measured on other n images each time.
func flat(r *rand.Rand, n int) (metrics []run.Evaluation) {
	for i := range 120 {
		p := 0.92 - 0.82*math.Exp(-float64(i)/3)
		right := 0
		for range n {
			if r.Float64() < p {
				right++
			}
		}
		accuracy := float64(right) / float64(n)
		loss := 3 * (1 - accuracy)
		metrics = append(metrics, evaluation(i, loss, loss, accuracy, n))
	}
	return metrics
}

// Noise within the sampling error does not make a net that no longer improves one that learns, nor one that overfits, in more than
// one run in twenty.
func TestNoiseIsNoProgress(t *testing.T) {
	const runs = 200
	for _, n := range []int{100, 1000} {
		r := rand.New(rand.NewPCG(uint64(n), 1))
		rose, fell, level := 0, 0, 0
		for range runs {
			seen := map[run.Finding]bool{}
			for _, v := range course(start(), flat(r, n))[30:] {
				if seen[run.Level] || v.Finding == run.Level {
					seen[v.Finding] = true
				}
			}
			if seen[run.Learning] || seen[run.Slowing] {
				rose++
			}
			if seen[run.Overfitting] || seen[run.Worse] {
				fell++
			}
			if seen[run.Level] {
				level++
			}
		}
		t.Logf("%d images: of %d runs %d are level, then %d rise and %d fall", n, runs, level, rose, fell)
		if level < runs*95/100 {
			t.Errorf("%d images: only %d of %d runs are said to be level", n, level, runs)
		}
		if rose > runs/20 || fell > runs/20 {
			t.Errorf("%d images: %d of %d level runs are said to rise again, %d to be worse or to overfit", n, rose, runs, fell)
		}
	}
}

// More images make a verdict more certain: the same rise is one on 10,000 images and none that can be seen on 100.
func TestMoreImagesAreMoreCertain(t *testing.T) {
	rise := func(n, evaluations int) run.Verdict {
		var metrics []run.Evaluation
		for i := range evaluations {
			accuracy := 0.1
			if i > 0 {
				accuracy = 0.90 + 0.0002*float64(i)
			}
			metrics = append(metrics, evaluation(i, 0.3, 0.3, accuracy, n))
		}
		return run.Judge(metrics, run.Guess{Classes: 10})
	}
	few, many := rise(100, 61), rise(10000, 61)
	if few.Finding != run.Level || many.Finding != run.Slowing {
		t.Errorf("the verdicts are %s and %s", findings[few.Finding], findings[many.Finding])
	}
	if math.Abs(few.Pace-4e-6) > 1e-9 || math.Abs(many.Pace-4e-6) > 1e-9 {
		t.Errorf("the paces are %v and %v, want 0.02 points in 50 steps", few.Pace, many.Pace)
	}
	// Over as many evaluations; the longer a verdict of level stands, the more it is judged from.
	if ratio := rise(100, 9).Error / rise(10000, 9).Error; math.Abs(ratio-10) > 0.6 {
		t.Errorf("a hundredth of the images gives %v times the error, want about 10", ratio)
	}
}

// A verdict turns with the third evaluation in a row that speaks against it; not with one or two, but at once where the loss is no number.
func TestHysteresis(t *testing.T) {
	steady := func(n int) (metrics []run.Evaluation) {
		metrics = append(metrics, evaluation(0, 2.3, 2.3, 0.1, 1000))
		for i := 1; i <= n; i++ {
			metrics = append(metrics, evaluation(i, 0.2, 0.2, 0.9, 1000))
		}
		return metrics
	}
	metrics := steady(40)
	is := func(what string, want run.Finding) run.Verdict {
		t.Helper()
		v := run.Judge(metrics, run.Guess{Classes: 10})
		if v.Finding != want {
			t.Errorf("%s: %s, want %s", what, findings[v.Finding], findings[want])
		}
		return v
	}
	is("steady", run.Level)
	for i := 41; i <= 42; i++ {
		metrics = append(metrics, evaluation(i, 50, 50, 0.5, 1000))
		is(fmt.Sprint("a leap of the loss ", i-40), run.Level)
	}
	metrics = append(metrics, evaluation(43, 50, 50, 0.5, 1000))
	if v := is("the third", run.Diverged); v.Since != 43*50 {
		t.Errorf("it has diverged since step %d", v.Since)
	}
	metrics = append(steady(40), evaluation(41, math.NaN(), 0.2, 0.1, 1000))
	if v := is("not a number", run.Diverged); v.Finite() {
		t.Error("a loss of NaN is called finite")
	}
	if metrics = steady(2); run.Judge(metrics, run.Guess{Classes: 10}).Finding != run.Early || run.Judge(nil, run.Guess{Classes: 10}).Finding != run.Early {
		t.Error("two evaluations are judged")
	}
}

// The last evaluation, on all test images, is no rise or fall of a run that was measured on a sample.
func TestOtherImagesAreNotCompared(t *testing.T) {
	metrics := []run.Evaluation{evaluation(0, 2.3, 2.3, 0.1, 250)}
	for i := 1; i <= 40; i++ {
		metrics = append(metrics, evaluation(i, 0.2, 0.2, 0.9, 1000))
	}
	before := run.Judge(metrics, run.Guess{Classes: 10})
	for i := 41; i <= 42; i++ {
		metrics = append(metrics, evaluation(i, 0.2, 0.5, 0.8, 10000))
	}
	after := run.Judge(metrics, run.Guess{Classes: 10})
	if after.Finding != before.Finding || after.Pace != before.Pace || after.Last.Test.N != 10000 {
		t.Errorf("%s with pace %v, before %s with %v", findings[after.Finding], after.Pace, findings[before.Finding], before.Pace)
	}
}

// Where the classes are not known nothing is compared with guessing.
func TestUnknownClasses(t *testing.T) {
	metrics := []run.Evaluation{evaluation(0, 2.3, 2.3, 0.1, 1000)}
	for i := 1; i <= 10; i++ {
		metrics = append(metrics, evaluation(i, 9, 9, 0.1, 1000))
	}
	if v := run.Judge(metrics, run.Guess{}); v.Finding == run.Guessing || v.Finding == run.Diverged {
		t.Errorf("it is %s", findings[v.Finding])
	}
}

// What guessing achieves: with the share of the most frequent class where the log says how many test images each class has.
func TestNoBetterThanGuessing(t *testing.T) {
	ten := run.Content{Classes: make([]string, 10), Test: 1000}
	with := func(c run.Content, counts ...int) run.Content {
		c.TestCounts = counts
		return c
	}
	two := run.Content{Classes: []string{"cat", "dog"}, Test: 1000}
	for _, c := range []struct {
		name     string
		content  run.Content
		accuracy float64
		guessing bool
		chance   float64
	}{
		{"an old log, just above chance", ten, 0.125, true, 0.1},
		{"an old log, well above chance", ten, 0.2, false, 0.1},
		{"an old log of unequal classes", two, 0.9, false, 0.5},
		{"always the most frequent class", with(two, 900, 100), 0.9, true, 0.9},
		{"below that", with(two, 900, 100), 0.7, true, 0.9},
		{"above it by less than noise", with(two, 900, 100), 0.92, true, 0.9},
		{"above it", with(two, 900, 100), 0.94, false, 0.9},
		{"all right, where little is left to learn", with(two, 5, 995), 1, false, 0.995},
		{"equal classes", with(two, 500, 500), 0.6, false, 0.5},
		{"counts that are not of the test images", with(two, 9, 1), 0.9, false, 0.5},
	} {
		header := start()
		header.Content = &c.content
		v := view(header)
		for i := 1; i <= 10; i++ {
			m := evaluation(i, 0.3, 0.3, c.accuracy, 1000)
			v.Apply(run.Record{Event: &m.Metric})
		}
		verdict := v.Verdict()
		if got := verdict.Finding == run.Guessing; got != c.guessing {
			t.Errorf("%s: %s", c.name, findings[verdict.Finding])
		}
		if chance, _ := verdict.Chance(); chance != c.chance {
			t.Errorf("%s: guessing gives %v, want %v", c.name, chance, c.chance)
		}
	}
}

// A view keeps the verdict up to date: it is Judge's, also after a resumption and where an evaluation was made again.
func TestViewJudges(t *testing.T) {
	recorded := recorded(t, "plateau")
	events := []run.Event{start()}
	for _, m := range recorded.Metrics {
		events = append(events, &m.Metric)
	}
	all := log(events...)
	check := func(what string, v *run.View) {
		t.Helper()
		if got, want := v.Verdict(), run.Judge(v.Metrics, run.Guess{Classes: 10}); got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	v := run.Replay(all)
	check("a run", v)
	v.Apply(run.Record{Seq: 100, Event: events[len(events)-1]})
	check("its last evaluation again", v)
	again := start()
	again.After = all[40].Seq
	v.Apply(run.Record{Seq: 101, Event: again})
	if check("a resumption", v); len(v.Metrics) != 40 {
		t.Errorf("%d evaluations hold", len(v.Metrics))
	}
	check("a mean", run.Mean([]*run.View{v, run.Replay(all)}))
}
