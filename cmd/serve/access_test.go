package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpool/cmd/serve/internal/service"
	"unpool/core/api"
	"unpool/core/run"
)

// Over HTTPS and with a token, a browser has a cookie that is sent over HTTPS only, and the other commands find the server by themselves.
func TestTLSAndTokenFile(t *testing.T) {
	dir := t.TempDir()
	certificate(t, dir, "lab-7", nil) // which no authority has signed
	cert, key := filepath.Join(dir, "lab-7.pem"), filepath.Join(dir, "lab-7.key")
	store, file := t.TempDir(), filepath.Join(t.TempDir(), "token")
	s := keeping(t, store, "-tls", cert+","+key, "-token-file", file)
	token, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "?token=" + url.QueryEscape(strings.TrimSpace(string(token))); !strings.HasPrefix(s.url, "https://") || !strings.HasSuffix(s.url, "/"+want) {
		t.Fatalf("the address is %s, want HTTPS and %s", s.url, want)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	base, _, _ := strings.Cut(s.url, "?")
	for at, want := range map[string]int{s.url: http.StatusSeeOther, base: http.StatusUnauthorized, base + api.Runs: http.StatusUnauthorized, base + api.Events: http.StatusUnauthorized} {
		r, err := client.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want || r.ProtoMajor != 2 {
			t.Errorf("%s: status %d over HTTP/%d, want %d over HTTP/2", at, r.StatusCode, r.ProtoMajor, want)
		}
		if c := r.Cookies(); want == http.StatusSeeOther && (len(c) != 1 || !c[0].Secure || !strings.Contains(base, ":"+strings.TrimPrefix(c[0].Name, "unpool-token-"))) {
			t.Errorf("cookies %v", c)
		}
	}
	var stdout, stderr bytes.Buffer
	m := Main{Stdout: &stdout, Stderr: &stderr, Store: service.Place{Folder: store}}
	if code := m.Run(t.Context(), []string{"runs"}); code != exitDone || !strings.Contains(stdout.String(), "TEST ACCURACY") {
		t.Errorf("serve runs: exit code %d, %q, %q", code, &stdout, &stderr)
	}
	if says := s.stderr.String(); strings.Contains(says, strings.TrimSpace(string(token))) {
		t.Errorf("it writes its token: %s", says)
	}
}

// Whatever fails, an answer names no folder of the server.
func TestAnswersHaveNoPaths(t *testing.T) {
	data, store, temporary := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "none")
	if err := os.WriteFile(filepath.Join(data, "cifar-10-binary.tar.gz"), []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := keeping(t, store, "-data", data)
	r := small(2)
	r.Dataset = "cifar10"
	id := s.create(r)
	var failed run.Summary
	for failed.Phase != run.Failed {
		s.must(&failed, "GET", api.Run(id), nil)
		time.Sleep(10 * time.Millisecond)
	}
	if !strings.Contains(failed.Error, "cifar-10-binary.tar.gz") || !strings.Contains(s.stderr.String(), data) {
		t.Errorf("the run says %q, and the terminal %s", failed.Error, s.stderr)
	}
	t.Setenv("TMPDIR", temporary)
	for _, ask := range []struct {
		method, path string
		body         any
		status       int
		headers      []string
	}{
		{"GET", api.Runs, nil, 200, nil},
		{"GET", api.Run(id), nil, 200, nil},
		{"GET", api.Log(id, 1), nil, 200, nil},
		{"GET", "api/data.json", nil, 200, nil},
		{"GET", "api/data/cifar10/train-images-idx3-ubyte", nil, 500, nil},
		{"GET", api.ArtifactPath(id, "../../etc/passwd"), nil, 404, nil},
		{"GET", api.Run("../../etc/passwd"), nil, 422, nil},
		{"POST", api.Import, "PK", 500, []string{"Content-Type", "application/zip"}}, // there is nowhere to put it
	} {
		status, text := s.ask(ask.method, ask.path, ask.body, ask.headers...)
		if status != ask.status {
			t.Errorf("%s %s: %d, %s; want %d", ask.method, ask.path, status, text, ask.status)
		}
		var says any
		if status != 200 {
			if err := json.Unmarshal(text, &says); err != nil {
				t.Errorf("%s %s is no problem: %s", ask.method, ask.path, text)
			}
		}
		for _, secret := range []string{data, store, temporary, os.TempDir() + "/", filepath.Dir(data)} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s %s names %s: %s", ask.method, ask.path, secret, text)
			}
		}
	}
}
