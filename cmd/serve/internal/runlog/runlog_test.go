package runlog

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
)

func settings() recipe.Recipe {
	return recipe.Recipe{
		Version: recipe.Version, Net: "rnn 2", Dataset: recipe.MNIST, Optimizer: recipe.SGD,
		LearningRate: 0.1, Batch: 8, Steps: 100, Seed: 1, EvalEvery: 10, Eval: recipe.EvalSample,
	}
}

func start(tier string) *run.Start {
	return &run.Start{Version: run.Version, Recipe: settings(), Where: run.Where{Backend: "go", Tier: tier}}
}

func metric(step int, accuracy float64) *run.Metric {
	return &run.Metric{Step: step, Test: run.Measure{Accuracy: accuracy, N: 10}}
}

// state is a checkpoint after an evaluation.
func state(m, best *run.Metric) *checkpoint.Checkpoint {
	return &checkpoint.Checkpoint{
		Version: checkpoint.Version, Recipe: settings(), Step: m.Step, Metric: m, Best: best,
		Tensors: []checkpoint.Tensor{{Name: "/w", DType: checkpoint.Uint8, Shape: []int{1}, Data: []byte{byte(m.Step)}}},
	}
}

// must ends the test on an error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// interrupted is a run that was killed after an evaluation at step 20 whose checkpoint was not written any more.
func interrupted(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "runs", "1")
	log, err := Create(dir)
	must(t, err)
	best := metric(0, 0.5)
	must(t, log.Append(start("first")), log.Append(best), log.Checkpoint(state(best, best)))
	second := metric(10, 0.4)
	must(t, log.Append(second), log.Append(&run.Rate{Step: 10, LearningRate: 1}), log.Checkpoint(state(second, best)))
	must(t, log.Append(&run.Rate{Step: 10, LearningRate: 2}), log.Append(metric(20, 0.6)), log.Close())
	return dir
}

func TestResume(t *testing.T) {
	dir := interrupted(t)
	// What a kill in the middle of writing leaves.
	must(t, os.WriteFile(filepath.Join(dir, Last+".tmp"), []byte("half a check"), 0o644))
	before, err := os.ReadFile(filepath.Join(dir, File))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, File), append(before, `{"type":"metr`...), 0o644))

	log, r, from, err := Resume(dir)
	must(t, err)
	if r.Recipe != settings() || from.Step != 10 || from.Events != 4 || from.Tensors[0].Data[0] != 10 {
		t.Errorf("recipe %+v, checkpoint %+v", r, from)
	}
	must(t, log.Close()) // it was not resumed: nothing is lost
	if events, err := Events(dir); err != nil || len(events) != 6 {
		t.Errorf("%d events, %v; want the 6 whole ones", len(events), err)
	}

	log, _, _, err = Resume(dir)
	must(t, err)
	third := metric(20, 0.7)
	must(t, log.Append(start("second")), log.Append(third), log.Checkpoint(state(third, third)))
	end := &run.End{Status: run.Done, Steps: 20}
	must(t, log.Append(end), log.Close())

	events, err := Events(dir)
	want := []run.Event{start("second"), metric(0, 0.5), metric(10, 0.4), &run.Rate{Step: 10, LearningRate: 1}, third, end}
	if err != nil || !reflect.DeepEqual(events, want) {
		t.Errorf("%v, the log is %+v", err, events)
	}
	for _, name := range []string{Last, Best} {
		if c, err := Load(dir, name); err != nil || c.Step != 20 || c.Events != 5 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	var files []string
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		files = append(files, e.Name())
	}
	if want := []string{lockFile, Best, File, Last}; !slices.Equal(files, want) {
		t.Errorf("the folder has %q, want %q", files, want)
	}

	// Resumed when done, it keeps all but the End.
	log, _, _, err = Resume(dir)
	must(t, err)
	must(t, log.Append(start("third")), log.Close())
	if events, err := Events(dir); err != nil || len(events) != 5 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

func TestBestIsKept(t *testing.T) {
	dir := interrupted(t)
	best, err := Load(dir, Best)
	if err != nil || best.Step != 0 {
		t.Errorf("best: %+v, %v", best, err)
	}
}

func TestResumeBeforeTheFirstCheckpoint(t *testing.T) {
	dir := t.TempDir()
	log, err := Create(dir)
	must(t, err)
	must(t, log.Append(start("first")), log.Append(metric(0, 0.5)), log.Close())
	log, r, from, err := Resume(dir)
	if err != nil || from != nil || r.Recipe != settings() {
		t.Fatalf("%+v, %+v, %v", r, from, err)
	}
	must(t, log.Append(start("second")), log.Close())
	if events, err := Events(dir); err != nil || !reflect.DeepEqual(events, []run.Event{start("second")}) {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestResumeRefuses(t *testing.T) {
	write := func(name, content string) func(dir string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644) }
	}
	for says, damage := range map[string]func(dir string) error{
		"no such file":           os.RemoveAll,
		"ends before its header": write(Last, ""),
		"has 0 events":           write(File, ""),
		"has 1 events":           func(dir string) error { return write(File, firstLine(dir)+"\ntw")(dir) },
		"line 2: event: not JSON": func(dir string) error {
			return write(File, firstLine(dir)+"\nrubbish\n"+strings.Repeat(`{"type":"rate"}`+"\n", 5))(dir)
		},
		"line 3: event: not JSON": func(dir string) error {
			return write(File, firstLine(dir)+"\n"+`{"type":"rate"}`+"\n\n"+strings.Repeat(`{"type":"rate"}`+"\n", 5))(dir)
		},
		"version 99, this program reads": func(dir string) error {
			return write(File, strings.Replace(firstLine(dir), `"version":1`, `"version":99`, 1)+"\n"+strings.Repeat(`{"type":"rate"}`+"\n", 5))(dir)
		},
		"last.safetensors is missing, though the run came to step 20": func(dir string) error { return os.Remove(filepath.Join(dir, Last)) },
		"of another run than events.jsonl: its seed is 2, not 1": func(dir string) error {
			other := state(metric(10, 0.4), metric(10, 0.4))
			other.Recipe.Seed, other.Events = 2, 4
			return replace(dir, Last, other.Write)
		},
		"of another run than events.jsonl: its net is gru 2, not rnn 2": func(dir string) error {
			other := state(metric(10, 0.4), metric(10, 0.4))
			other.Recipe.Net, other.Events = "gru 2", 4
			return replace(dir, Last, other.Write)
		},
		"killed before it began": func(dir string) error { os.Remove(filepath.Join(dir, Last)); return write(File, `{"type`)(dir) },
		"not JSON":               func(dir string) error { os.Remove(filepath.Join(dir, Last)); return write(File, "x\n")(dir) },
		"does not begin with a start": func(dir string) error {
			os.Remove(filepath.Join(dir, Last))
			return write(File, `{"type":"rate"}`+"\n")(dir)
		},
	} {
		dir := interrupted(t)
		must(t, damage(dir))
		if _, _, _, err := Resume(dir); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

// firstLine is the first line of a run's log.
func firstLine(dir string) string {
	log, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		panic(err)
	}
	line, _, _ := strings.Cut(string(log), "\n")
	return line
}

// A run that resumed for more steps, or with other evaluations, is the same run.
func TestResumeWithAnotherLength(t *testing.T) {
	dir := interrupted(t)
	longer := state(metric(10, 0.4), metric(0, 0.5))
	longer.Recipe.Steps, longer.Recipe.EvalEvery, longer.Events = 500, 5, 4
	must(t, replace(dir, Last, longer.Write))
	log, _, _, err := Resume(dir)
	must(t, err)
	must(t, log.Close())
}

// A folder belongs to one writer at a time, and whoever comes second changes nothing.
func TestOneWriter(t *testing.T) {
	dir := interrupted(t)
	before, err := os.ReadFile(filepath.Join(dir, File))
	must(t, err)
	first, _, _, err := Resume(dir)
	must(t, err)
	if _, _, _, err := Resume(dir); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), dir) {
		t.Errorf("a second writer gets the error %v", err)
	}
	must(t, first.Close())
	if after, err := os.ReadFile(filepath.Join(dir, File)); err != nil || string(after) != string(before) {
		t.Errorf("%v: the log has changed", err)
	}
	again, _, _, err := Resume(dir)
	must(t, err)
	must(t, again.Close())

	empty := t.TempDir()
	first, err = Create(empty)
	must(t, err)
	if _, err := Create(empty); !errors.Is(err, ErrBusy) {
		t.Errorf("two runs begin in one folder: %v", err)
	}
	must(t, first.Close())
	second, err := Create(empty) // of the first there is nothing but its name
	must(t, err)
	must(t, second.Append(start("second")), second.Close())
	if _, err := Create(empty); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a run in another's folder: %v", err)
	}
}

func TestEventsSaysWhichLineIsWrong(t *testing.T) {
	dir := interrupted(t)
	must(t, os.WriteFile(filepath.Join(dir, File), []byte(`{"type":"rate"}`+"\nrubbish\n"), 0o644))
	if _, err := Events(dir); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Error(err)
	}
}

// A file that cannot be written leaves the old one, and nothing else.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	write := func(text string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			io.WriteString(w, text)
			return err
		}
	}
	must(t, replace(dir, "a", write("old", nil)))
	full := errors.New("disk full")
	if err := replace(dir, "a", write("ne", full)); !errors.Is(err, full) {
		t.Error(err)
	}
	if body, err := os.ReadFile(filepath.Join(dir, "a")); string(body) != "old" {
		t.Errorf("%q, %v", body, err)
	}
	if entries, err := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestCreateRefuses(t *testing.T) {
	if _, err := Create(interrupted(t)); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second run in the same folder gives the error %v, want one about the folder", err)
	}
	name := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(name, nil, 0o644))
	if _, err := Create(name); err == nil {
		t.Error("a file is taken for a folder")
	}
}
