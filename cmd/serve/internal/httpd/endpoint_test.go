package httpd

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Only this machine may come without a token, unless a file has one.
func TestEndpoint(t *testing.T) {
	dir := t.TempDir()
	certificate, _ := certified(t)
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, keyFile, token := filepath.Join(dir, "cert"), filepath.Join(dir, "key"), filepath.Join(dir, "token")
	for file, block := range map[string]pem.Block{cert: {Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}, keyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(&block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		e      Endpoint
		scheme string
		token  bool
	}{
		"this machine":          {Endpoint{Addr: "127.0.0.1:0"}, "http", false},
		"every machine":         {Endpoint{Addr: "0.0.0.0:0"}, "http", true},
		"a token of a file":     {Endpoint{Addr: "127.0.0.1:0", TokenFile: token}, "http", true},
		"the same and a secret": {Endpoint{Addr: "127.0.0.1:0", TokenFile: token, TLS: cert + "," + keyFile}, "https", true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := errors.Join(c.e.Check(), c.e.Listen()); err != nil {
				t.Fatal(err)
			}
			defer c.e.Close()
			u, err := url.Parse(c.e.URL())
			if err != nil || u.Scheme != c.scheme || u.Query().Has("token") != c.token || (c.e.Certificate() != nil) != (c.scheme == "https") {
				t.Errorf("it is at %s, %v", c.e.URL(), err)
			}
			second := Endpoint{Addr: c.e.listener.Addr().String()}
			if err := second.Listen(); !errors.Is(err, ErrTaken) {
				t.Errorf("a second one there: %v", err)
			}
		})
	}
	for says, e := range map[string]Endpoint{"a comma": {TLS: cert}, "-tls": {TLS: cert + "," + cert}, "-token-file": {TokenFile: dir}} {
		if err := e.Check(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", e, err, says)
		}
	}
}

// It answers until the context ends, and those only who have the token.
func TestEndpointServes(t *testing.T) {
	e := Endpoint{Addr: "127.0.0.1:0", TokenFile: filepath.Join(t.TempDir(), "token")}
	if err := errors.Join(e.Check(), e.Listen()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- e.Serve(ctx, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	}()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	base, _, _ := strings.Cut(e.URL(), "?")
	for at, want := range map[string]int{e.URL(): http.StatusSeeOther, base: http.StatusUnauthorized} {
		r, err := client.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%s: status %d, want %d", at, r.StatusCode, want)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
