package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// Endpoint is where a site is served, and to whom. Its fields are what the flags say; Check and then Listen complete it.
type Endpoint struct {
	Addr      string // to listen on; one that other machines can reach requires a token
	TokenFile string // with the token, made if it is not there; "" for a new token at each start, and none for this machine
	TLS       string // files of a certificate and its key, with a comma between them; "" for plain HTTP

	listener    net.Listener
	certificate *tls.Certificate // nil for plain HTTP
	url, class  string           // addresses, with the tokens; class is "" where other machines cannot reach the server
	access      access
}

// Check reads the files. An error is the user's to correct.
func (e *Endpoint) Check() (err error) {
	if e.TokenFile != "" {
		if e.access.Token, err = tokenFrom(e.TokenFile); err != nil {
			return fmt.Errorf("-token-file: %w", err)
		}
	}
	if e.TLS == "" {
		return nil
	}
	cert, key, ok := strings.Cut(e.TLS, ",")
	if !ok {
		return errors.New("-tls needs two files separated by a comma: the certificate and its key")
	}
	c, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("-tls: %w", err)
	}
	e.certificate = &c
	return nil
}

// Listen opens the address, until Close. An error that is not ErrTaken is the user's to correct.
func (e *Endpoint) Listen() (err error) {
	if e.listener, err = listen(e.Addr); err != nil {
		return err
	}
	at := e.listener.Addr()
	scheme := "http"
	if e.certificate != nil {
		scheme = "https"
	}
	e.url = scheme + "://" + at.String() + "/"
	if !loopback(at.String()) {
		e.url = reachable(scheme, at)
		if e.access.Token == "" {
			e.access.Token = newToken()
		}
		e.access.Class = classToken(e.access.Token)
		e.class = reachableByNumber(scheme, at)
		if e.certificate != nil { // which has a name
			e.class = e.url
		}
		e.class += "?token=" + e.access.Class
	}
	if e.access.Token != "" {
		e.url += "?token=" + url.QueryEscape(e.access.Token)
	}
	host, _, _ := net.SplitHostPort(e.Addr) // Listen has accepted it
	machine, _ := os.Hostname()             // "" where it has none
	_, e.access.Port, _ = net.SplitHostPort(at.String())
	e.access.Names = []string{host, machine}
	e.access.Secure = e.certificate != nil
	return nil
}

// URL is the site's address, with the token where there is one.
func (e *Endpoint) URL() string { return e.url }

// ClassURL is the site's address for a class, with its token; "" where other machines cannot reach the server.
func (e *Endpoint) ClassURL() string { return e.class }

// Class is the class that uses the site, until ctx is done.
func (e *Endpoint) Class(ctx context.Context) *Class { return &Class{link: e.class, ended: ctx} }

// Certificate is the server's certificate, in DER; nil for plain HTTP.
func (e *Endpoint) Certificate() []byte {
	if e.certificate == nil {
		return nil
	}
	return e.certificate.Certificate[0]
}

// Serve answers those who may ask, see admit, until ctx is done.
func (e *Endpoint) Serve(ctx context.Context, h http.Handler) error {
	return usual.serve(ctx, e.listener, e.certificate, admit(h, e.access))
}

// Close leaves the address to others.
func (e *Endpoint) Close() { e.listener.Close() }
