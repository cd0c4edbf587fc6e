package service

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/store"
)

// at says to make a service of a folder.
func at(dir string, stderr io.Writer) Options {
	return Options{Place: Place{Folder: dir}, Line: command.NewLine("try", "", nil, io.Discard), Images: jobs.NewImages("", "", stderr), Stderr: stderr}
}

// A store that a service has open is asked by way of it, as soon as it says where it answers; a second service is refused, and told where.
func TestOneServiceHasTheStore(t *testing.T) {
	var stderr bytes.Buffer
	o := at(t.TempDir(), &stderr)
	s, err := Open(t.Context(), o, backends.Options{Backend: backends.Wasm})
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	answers := s.Handler(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		answers.ServeHTTP(w, r)
	}))
	defer server.Close()
	list := func() error {
		return With(o, func(a *Access) error {
			c, err := a.Server(t.Context())
			if err == nil {
				_, err = c.List(t.Context())
			}
			return err
		})
	}
	wrong := command.UsageError{}
	if err := list(); !errors.As(err, &wrong) {
		t.Errorf("before it says where it answers: %v", err)
	}
	s.Announce(server.URL+"/", nil)
	if err := list(); err != nil || asked != 1 {
		t.Errorf("it is asked %d times, %v", asked, err)
	}
	if _, err := Open(t.Context(), o); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "already running at "+server.URL) {
		t.Errorf("a second service: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := list(); err != nil || asked != 1 {
		t.Errorf("once it is closed, the store is read here: it is asked %d times, %v", asked, err)
	}
	if stderr.Len() > 0 {
		t.Errorf("it says %s", &stderr)
	}
}

// Where there is no folder for runs, a site is served without them, and other commands fail.
func TestServiceWithoutAStore(t *testing.T) {
	var stderr bytes.Buffer
	o := at("", &stderr)
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start(t.Context())
	s.Announce("http://localhost/", nil)
	w := httptest.NewRecorder()
	s.Handler(t.Context()).ServeHTTP(w, httptest.NewRequest("GET", "/api/runs", nil))
	if err := s.Close(); err != nil || w.Code != http.StatusServiceUnavailable {
		t.Errorf("it answers with status %d, and closes with %v", w.Code, err)
	}
	if says := stderr.String(); !strings.Contains(says, "stores and trains no runs") || !strings.Contains(says, "-store or UNPOOL_STORE") {
		t.Errorf("it says %q", says)
	}
	err = With(o, func(a *Access) error {
		_, err := a.Server(t.Context())
		return err
	})
	if err == nil {
		t.Error("its runs can be asked for")
	}
}

// follower is a job that notes where it is done.
type follower struct {
	name string
	here bool
}

func (f *follower) Follow(_ context.Context, c *remote.Client, here bool, _, _ io.Writer) error {
	f.name, f.here = c.Name, here
	return nil
}

// A job that is handed over is done here if nobody else has the store; the store is closed afterwards.
func TestHandOver(t *testing.T) {
	o, compute := at(t.TempDir(), t.Output()), backends.Options{Backend: backends.Wasm}
	for range 2 {
		var f follower
		if err := HandOver(t.Context(), o, compute, &f, io.Discard); err != nil || !f.here || f.name != o.Place.Folder {
			t.Errorf("it is done by %s, here %v, %v", f.name, f.here, err)
		}
	}
	wrong := command.UsageError{}
	for _, err := range []error{
		HandOver(t.Context(), at("", t.Output()), compute, &follower{}, io.Discard),
		HandOver(t.Context(), o, backends.Options{Backend: "gpu"}, &follower{}, io.Discard),
	} {
		if !errors.As(err, &wrong) {
			t.Errorf("the error is %v", err)
		}
	}
}

// A name with a slash, and that of a folder with a run, is a folder; any other one is that of a run in the store.
func TestFind(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"run", "none"} {
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join("run", store.LogFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	err := With(at(t.TempDir(), t.Output()), func(a *Access) error {
		for name, stored := range map[string]bool{"run": false, "./none": false, ".": false, "none": true, "k3": true} {
			from, id, err := a.Find(t.Context(), name)
			if _, ok := from.(*remote.Client); ok != stored || err != nil || stored && id != name {
				t.Errorf("%q is %s of the store: %v, %v", name, id, ok, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	err = With(at("", t.Output()), func(a *Access) error {
		_, _, err := a.Find(t.Context(), "k3")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "k3 is not the folder of a run") {
		t.Errorf("without a store: %v", err)
	}
}
