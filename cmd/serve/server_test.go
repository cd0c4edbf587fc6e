package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"unpool/cmd/serve/internal/service"
	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/models"
)

// server is a program under test that keeps runs.
type server struct {
	t      testing.TB
	url    string
	stderr *said
	stop   func() // as Ctrl-C does; it returns when the program has ended
}

// said is what a program under test has written so far.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// until waits until a text has been said as often as wanted: what a program says of a run may come after what the store says of it.
func (s *said) until(t testing.TB, text string, times int) {
	t.Helper()
	for until := time.Now().Add(3 * time.Minute); strings.Count(s.String(), text) < times; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("it says %q, want %q %d times", s, text, times)
		}
	}
}

// keeping starts the program with a store, until stop is called.
func keeping(t testing.TB, store string, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &server{t: t, stderr: &said{}}
	url, code := make(chan string, 1), make(chan int, 1)
	m := Main{Stdout: io.Discard, Stderr: s.stderr, Store: service.Place{Folder: store}, Ready: func(u string) { url <- u }}
	go func() { code <- m.Run(ctx, append([]string{"-addr", "127.0.0.1:0", "-backend", "wasm"}, args...)) }()
	ended := false
	s.stop = func() {
		t.Helper()
		if ended {
			return
		}
		ended = true
		cancel()
		if c := <-code; c != exitDone {
			t.Errorf("serve exited with %d: %s", c, s.stderr)
		}
	}
	select {
	case s.url = <-url:
	case c := <-code:
		t.Fatalf("serve exited with %d: %s", c, s.stderr)
	}
	t.Cleanup(s.stop)
	return s
}

// ask sends a request and returns the status and the body.
func (s *server) ask(method, path string, body any, headers ...string) (int, []byte) {
	s.t.Helper()
	var text io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		text = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		text = bytes.NewReader(j)
	}
	r, err := http.NewRequest(method, s.url+path, text)
	if err != nil {
		s.t.Fatal(err)
	}
	if text != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, out
}

// must asks and reads the answer, which must not be a problem, into out.
func (s *server) must(out any, method, path string, body any) {
	s.t.Helper()
	status, text := s.ask(method, path, body)
	if status >= 300 {
		s.t.Fatalf("%s %s: %d, %s", method, path, status, text)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(text, out); err != nil {
		s.t.Fatalf("%s %s: %s: %v", method, path, text, err)
	}
}

// small is a recipe that takes few seconds.
func small(steps int) recipe.Recipe {
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		panic(err)
	}
	r := entry.Recipe
	r.Steps, r.EvalEvery, r.Batch, r.Exact = steps, 2, 16, true
	return r
}

func (s *server) create(r recipe.Recipe) (id string) {
	s.t.Helper()
	var made api.Made
	s.must(&made, "POST", api.Runs, api.New{Recipe: r, Name: "a small one"})
	return made.ID
}

// until waits for a run to come to a phase.
func (s *server) until(id string, phases ...run.Phase) run.Summary {
	s.t.Helper()
	return s.await(id, fmt.Sprint(phases), func(sum run.Summary) bool { return slices.Contains(phases, sum.Phase) })
}

// await waits until a run is as it should be, which is called so in a failure.
func (s *server) await(id, want string, is func(run.Summary) bool) (sum run.Summary) {
	s.t.Helper()
	for until := time.Now().Add(3 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		s.must(&sum, "GET", api.Run(id), nil)
		if is(sum) {
			return sum
		}
		if sum.Phase.Over() || time.Now().After(until) {
			s.t.Fatalf("the run is %q after step %d (%s), want %s\n%s", sum.Phase, sum.Step, sum.Error, want, s.stderr)
		}
	}
}

// event is one of an event stream.
type event struct {
	id string
	api.Happening
}

// follow reads an event stream from a position on, "" for now, until take reports false. begun is called with the stream's first position.
func (s *server) follow(since string, begun func(position string), take func(event) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+api.Events, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if since != "" {
		r.Header.Set("Last-Event-ID", since)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != 200 || kind != "text/event-stream" {
		s.t.Fatalf("the stream is %d, %s", answer.StatusCode, kind)
	}
	lines := bufio.NewReader(answer.Body)
	var e event
	hasData := false
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			s.t.Fatalf("the stream ended: %v", err)
		}
		line = strings.TrimSuffix(line, "\n")
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			e.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			hasData = true
			if err := json.Unmarshal([]byte(data), &e.Happening); err != nil {
				s.t.Fatal(err)
			}
		}
		if line != "" {
			continue
		}
		switch {
		case hasData:
			if !take(e) {
				return
			}
		case e.id != "" && begun != nil:
			begun(e.id)
		}
		e, hasData = event{}, false
	}
}

// A run that is created over HTTP is trained, its events come in order, and from any position on the rest comes again, byte for byte.
func TestRunOverHTTP(t *testing.T) {
	s := keeping(t, t.TempDir())
	var id string
	var all []event // of the log
	passing := 0
	s.follow("", func(string) { id = s.create(small(6)) }, func(e event) bool {
		switch {
		case e.Run != id:
		case e.Passing != nil:
			passing++
		case e.Record != nil:
			all = append(all, e)
			r, err := run.UnmarshalRecord(e.Record)
			if err != nil || r.Seq != uint64(len(all)) {
				t.Fatalf("event %d is %s, %v", len(all), e.Record, err)
			}
			if start, ok := r.Event.(*run.Start); ok && start.ID != id {
				t.Errorf("the run %s calls itself %s", id, start.ID)
			}
			_, end := r.Event.(*run.End)
			return !end
		}
		return true
	})
	sum := s.until(id, run.Done)
	if sum.Name != "a small one" || sum.Step != 6 || sum.SHA256 == "" || sum.Where.Backend != "wasm" || passing == 0 {
		t.Errorf("the run has come to %+v, with %d passing events", sum, passing)
	}
	var log bytes.Buffer
	for _, e := range all {
		log.Write(append(e.Record, '\n'))
	}
	if _, text := s.ask("GET", api.Log(id, 1), nil); !bytes.Equal(text, log.Bytes()) {
		t.Errorf("the log is\n%.1000s\nand the events were\n%.1000s", text, &log)
	}
	if _, text := s.ask("GET", api.Log(id, 3), nil); !bytes.HasSuffix(log.Bytes(), text) || bytes.Count(text, []byte("\n")) != len(all)-2 {
		t.Errorf("from 3 on it is %s", text)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		at := random.IntN(len(all) - 1)
		next := at + 1
		s.follow(all[at].id, nil, func(e event) bool {
			if e.Record == nil {
				return true
			}
			if !bytes.Equal(e.Record, all[next].Record) || e.id == "" {
				t.Fatalf("after event %d comes\n%s as %s, want\n%s", next, e.Record, e.id, all[next].Record)
			}
			next++
			return next < len(all)
		})
	}
	var artifacts []api.Artifact
	s.must(&artifacts, "GET", api.Artifacts(id), nil)
	if len(artifacts) < 3 || artifacts[0].Name != "best.safetensors" {
		t.Errorf("artifacts %v", artifacts)
	}
	for _, a := range artifacts {
		if status, body := s.ask("GET", api.ArtifactPath(id, a.Name), nil); status != 200 || int64(len(body)) != a.Size {
			t.Errorf("%s: %d, %d bytes of %d", a.Name, status, len(body), a.Size)
		}
	}
	var here api.Here
	s.must(&here, "GET", api.Machine, nil)
	if here.Where.Backend != "wasm" || here.Waiting != 0 {
		t.Errorf("the machine is %+v", here)
	}
	s.must(nil, "PATCH", api.Run(id), run.Label{Name: "x", Note: "y"})
	s.must(&sum, "GET", api.Run(id), nil)
	if sum.Name != "x" || sum.Note != "y" {
		t.Errorf("it is called %+v", sum.Label)
	}
	s.follow("", func(string) { s.must(nil, "DELETE", api.Run(id), nil) }, func(e event) bool { return !(e.Run == id && e.Deleted) })
	if status, _ := s.ask("GET", api.Run(id), nil); status != http.StatusNotFound {
		t.Errorf("a deleted run: %d", status)
	}
}

// Runs are told what to do while they are in training, and while they wait.
func TestCommandsOverHTTP(t *testing.T) {
	s := keeping(t, t.TempDir())
	first := s.create(small(1_000_000))
	second := s.create(small(2))
	tell := func(id string, v control.Verb) { s.must(nil, "POST", api.Commands(id), control.Command{Do: v}) }
	if sum := s.until(second, run.Waiting); sum.Recipe.Steps != 2 {
		t.Errorf("it waits as %+v", sum)
	}
	var paused string
	s.follow("", func(string) { tell(first, control.Pause) }, func(e event) bool {
		if e.Passing != nil && strings.Contains(string(e.Passing), `"paused"`) {
			paused = e.Run
		}
		return paused == ""
	})
	if paused != first {
		t.Errorf("%s is paused", paused)
	}
	tell(first, control.Continue)
	if status, text := s.ask("POST", api.Commands(second), control.Command{Do: control.Pause}); status != http.StatusConflict {
		t.Errorf("to pause what waits: %d, %s", status, text)
	}
	if status, text := s.ask("DELETE", api.Run(first), nil); status != http.StatusConflict {
		t.Errorf("to delete what is in training: %d, %s", status, text)
	}
	tell(second, control.Stop)
	if status, _ := s.ask("GET", api.Run(second), nil); status != http.StatusNotFound {
		t.Errorf("what was stopped before it began is there: %d", status)
	}
	tell(first, control.Stop)
	s.until(first, run.Stopped)
	s.must(nil, "POST", api.Resume(first), nil)
	s.until(first, run.Training)
	if status, _ := s.ask("POST", api.Resume(first), nil); status != http.StatusConflict {
		t.Errorf("to resume what is in training: %d", status)
	}
	tell(first, control.Stop)
	s.until(first, run.Stopped)
}

// A run that the end of the server interrupts continues when it starts again, and ends with the same weights.
func TestServerParksARun(t *testing.T) {
	dir := t.TempDir()
	const steps = 60
	s := keeping(t, t.TempDir())
	whole := s.until(s.create(small(steps)), run.Done)
	s.stop()

	s = keeping(t, dir)
	var id string
	s.follow("", func(string) { id = s.create(small(steps)) }, func(e event) bool { return !strings.Contains(string(e.Record), `"step":10,`) })
	s.stop()
	s = keeping(t, dir)
	sum := s.until(id, run.Done)
	if sum.SHA256 != whole.SHA256 || sum.Step != steps {
		t.Errorf("it ends with the weights %s after step %d, want %s", sum.SHA256, sum.Step, whole.SHA256)
	}
	if _, log := s.ask("GET", api.Log(id, 1), nil); strings.Count(string(log), `"type":"start"`) != 2 {
		t.Errorf("it was not interrupted: %s", log)
	}
}

// A server that is killed in the middle of a run continues with it when it is started again, and the run ends with the same weights.
func TestServerIsKilled(t *testing.T) {
	const steps = 60
	s := keeping(t, t.TempDir())
	whole := s.until(s.create(small(steps)), run.Done)
	s.stop()

	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-addr", "127.0.0.1:0", "-store", dir, "-backend", "wasm")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), "Unpool is at ")
	if err != nil || !ok {
		t.Fatalf("it says %q, %s", line, &stderr)
	}
	killed := &server{t: t, url: url, stderr: &said{}}
	var id string
	killed.follow("", func(string) { id = killed.create(small(steps)) }, func(e event) bool {
		return !strings.Contains(string(e.Record), `"step":10,`)
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // says that it was killed

	s = keeping(t, dir)
	sum := s.until(id, run.Done)
	if sum.SHA256 != whole.SHA256 || sum.Step != steps {
		t.Errorf("it ends with the weights %s after step %d, want %s", sum.SHA256, sum.Step, whole.SHA256)
	}
	if _, log := s.ask("GET", api.Log(id, 1), nil); strings.Count(string(log), `"type":"start"`) != 2 {
		t.Errorf("it was not interrupted: %.1000s", log)
	}
}

// Three hundred readers that read nothing keep neither a run nor a reader waiting.
func TestSlowReaders(t *testing.T) {
	s := keeping(t, t.TempDir())
	address := strings.Trim(strings.TrimPrefix(s.url, "http://"), "/")
	for range 300 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.(*net.TCPConn).SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET /%s?since=0-0-0 HTTP/1.1\r\nHost: %s\r\n\r\n", api.Events, address)
	}
	last := uint64(0)
	var id string
	s.follow("", func(string) { id = s.create(small(40)) }, func(e event) bool {
		if e.Record == nil {
			return true
		}
		r, err := run.UnmarshalRecord(e.Record)
		if last++; err != nil || r.Seq != last {
			t.Fatalf("event %d is %s, %v", last, e.Record, err)
		}
		_, end := r.Event.(*run.End)
		return !end
	})
	s.until(id, run.Done)
}

func TestSecondServerOfAStore(t *testing.T) {
	dir := t.TempDir()
	s := keeping(t, dir)
	var stderr bytes.Buffer
	m := Main{Stdout: io.Discard, Stderr: &stderr, Store: service.Place{Folder: dir}}
	if code := m.Run(t.Context(), []string{"-addr", "127.0.0.1:0"}); code != exitUsage || !strings.Contains(stderr.String(), s.url) {
		t.Errorf("exit code %d, %q; want %d and %s", code, &stderr, exitUsage, s.url)
	}
}

// If runs cannot be stored, that is reported, and the site is served.
func TestServeWithoutAStore(t *testing.T) {
	s := keeping(t, "/dev/null/store")
	if status, _ := s.ask("GET", "", nil); status != http.StatusOK {
		t.Errorf("the site: %d", status)
	}
	status, text := s.ask("GET", api.Runs, nil)
	if status != http.StatusServiceUnavailable || !strings.Contains(string(text), "stores no runs") {
		t.Errorf("the runs: %d, %s", status, text)
	}
	if says := s.stderr.String(); !strings.Contains(says, "stores and trains no runs") || !strings.Contains(says, "/dev/null") {
		t.Errorf("it says %q", s.stderr)
	}
}

// A run that comes from elsewhere makes the server read none of its own folders.
func TestImportedRunReadsNoFolder(t *testing.T) {
	from := &store.Memory{}
	r := small(2)
	r.Dataset = recipe.Folder("/etc")
	recorder, err := store.Begin(t.Context(), from, "")
	if err == nil {
		err = errors.Join(recorder.Record(&run.Start{Version: run.Version, Recipe: r}), recorder.Close())
	}
	var file bytes.Buffer
	if err := errors.Join(err, store.Export(t.Context(), from, recorder.ID(), &file)); err != nil {
		t.Fatal(err)
	}
	s := keeping(t, t.TempDir())
	if status, text := s.ask("POST", api.Import, file.String(), "Content-Type", store.FileType); status != http.StatusCreated {
		t.Fatalf("the file is refused: %d, %s", status, text)
	}
	if status, text := s.ask("POST", api.Resume(recorder.ID()), nil); status != http.StatusUnprocessableEntity || !strings.Contains(string(text), "data sets that have a name") {
		t.Errorf("it is resumed: %d, %s", status, text)
	}
}

// An invalid request is answered with a problem, and nothing happens.
func TestBadRequests(t *testing.T) {
	s := keeping(t, t.TempDir())
	good, err := json.Marshal(small(2))
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) string {
		return fmt.Sprintf(`{"recipe":%s}`, strings.Replace(string(good), old, new, 1))
	}
	for _, test := range []struct {
		name, method, path string
		body               any
		headers            []string
		status             int
		says               string
	}{
		{"no such path", "GET", "api/nothing", nil, nil, 404, ""},
		{"no such method", "PUT", api.Runs, nil, nil, 405, ""},
		{"no such run", "GET", api.Run("none"), nil, nil, 404, "none"},
		{"no such run's log", "GET", api.Log("none", 1), nil, nil, 404, "none"},
		{"no such run's artifacts", "GET", api.ArtifactPath("none", "x"), nil, nil, 404, "none"},
		{"no such run to tell", "POST", api.Commands("none"), control.Command{Do: control.Stop}, nil, 404, "none"},
		{"no such run to resume", "POST", api.Resume("none"), nil, nil, 404, "none"},
		{"no such run to delete", "DELETE", api.Run("none"), nil, nil, 404, "none"},
		{"no such run to name", "PATCH", api.Run("none"), run.Label{Name: "x"}, nil, 404, "none"},
		{"an ID that is a path", "GET", api.Run("../x"), nil, nil, 422, "a name"},
		{"an artifact that is a path", "GET", api.Run("x") + "/artifacts/..%2Fx", nil, nil, 404, ""},
		{"a number that is none", "GET", api.Run("x") + "/log?from=-1", nil, nil, 422, "from"},
		{"a query that is unknown", "GET", api.Runs + "?filter=x", nil, nil, 422, "filter"},
		{"a position that is none", "GET", api.Events + "?since=yesterday", nil, nil, 422, "yesterday"},
		{"no JSON", "POST", api.Runs, "{", nil, 400, ""},
		{"no recipe", "POST", api.Runs, "{}", nil, 422, "recipe"},
		{"a null recipe", "POST", api.Runs, `{"recipe":null}`, nil, 422, "recipe"},
		{"a field too many", "POST", api.Runs, fmt.Sprintf(`{"recipe":%s,"x":1}`, good), nil, 422, "x"},
		{"an unknown field of the recipe", "POST", api.Runs, with(`"batch"`, `"bach"`), nil, 422, "bach"},
		{"a wrong value of the recipe", "POST", api.Runs, with(`"batch":16`, `"batch":-1`), nil, 422, "batch"},
		{"a folder of the server", "POST", api.Runs, with(`"mnist"`, `"folder:/etc"`), nil, 422, "dataset"},
		{"a data set that is not here", "POST", api.Runs, with(`"mnist"`, `"emnist-letters"`), nil, 409, "EMNIST"},
		{"a name that is too long", "POST", api.Runs, fmt.Sprintf(`{"recipe":%s,"name":%q}`, good, strings.Repeat("x", 101)), nil, 422, "101"},
		{"an unknown command", "POST", api.Commands("none"), `{"do":"explode"}`, nil, 422, "explode"},
		{"too large", "POST", api.Runs, `{"name":"` + strings.Repeat("x", 100_000) + `"}`, nil, 413, ""},
		{"no file of a run", "POST", api.Import, "PK", []string{"Content-Type", "application/zip"}, 422, "does not contain a run"},
		{"another kind of file", "POST", api.Import, "PK", nil, 415, "application/zip"},
		{"another kind of body", "POST", api.Runs, string(good), []string{"Content-Type", "text/plain"}, 415, ""},
		{"another site", "POST", api.Runs, string(good), []string{"Origin", "http://evil.example"}, 403, ""},
		{"another host", "GET", api.Runs, nil, []string{"Host", "evil.example"}, 421, ""},
		{"another host's stream", "GET", api.Events, nil, []string{"Host", "evil.example"}, 421, ""},
	} {
		status, text := s.ask(test.method, test.path, test.body, test.headers...)
		if status != test.status {
			t.Errorf("%s: %d, %s; want %d", test.name, status, text, test.status)
			continue
		}
		var p api.Problem
		if err := json.Unmarshal(text, &p); err != nil || p.Status != status || p.Title == "" || !strings.Contains(p.Detail, test.says) {
			t.Errorf("%s: %s, want a problem that says %q", test.name, text, test.says)
		}
		if !slices.Contains(api.Codes(), p.Code) || p.Code != api.CodeInvalid && p.Code.Status() != status {
			t.Errorf("%s: status %d with code %q", test.name, status, p.Code)
		}
	}
	var list api.List
	if s.must(&list, "GET", api.Runs, nil); list.Runs == nil || len(list.Runs) > 0 {
		t.Errorf("there are runs: %+v", list)
	}
	var spec struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]any

		Components struct {
			Schemas struct {
				Refused struct {
					Properties struct{ Code struct{ Enum []api.Code } }
				}
			}
		}
	}
	if s.must(&spec, "GET", "api/openapi.json", nil); spec.OpenAPI != "3.1.0" || spec.Paths["/api/runs/{id}/log"] == nil {
		t.Errorf("it is described as %+v", spec)
	}
	if codes := spec.Components.Schemas.Refused.Properties.Code.Enum; !slices.Equal(codes, api.Codes()) {
		t.Errorf("the codes are described as %q", codes)
	}
}
