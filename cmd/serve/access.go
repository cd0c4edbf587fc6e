package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/httpd"
	"unpool/cmd/serve/internal/remote"
)

// access is where the site is served, and to whom.
type access struct {
	addr, tokenFile, tlsFiles string // flags

	listener    net.Listener
	certificate *tls.Certificate // nil for plain HTTP
	url         string           // of the site, with the token where there is one
	rules       httpd.Access
}

func (a *access) flags(flags *flag.FlagSet) {
	flags.StringVar(&a.addr, "addr", "127.0.0.1:8080", "`address` to serve on; one that other machines can reach requires a token")
	flags.StringVar(&a.tokenFile, "token-file", "", "`file` with the token, created if missing; otherwise each start makes a new token. With a file, this machine needs the token too")
	flags.StringVar(&a.tlsFiles, "tls", "", "serve over HTTPS with `CERT,KEY`: two PEM files, separated by a comma")
}

// check reads the files that flags name. An error is the user's to mend.
func (a *access) check() (err error) {
	if a.tokenFile != "" {
		if a.rules.Token, err = httpd.TokenFrom(a.tokenFile); err != nil {
			return fmt.Errorf("-token-file: %w", err)
		}
	}
	if a.tlsFiles == "" {
		return nil
	}
	cert, key, ok := strings.Cut(a.tlsFiles, ",")
	if !ok {
		return errors.New("-tls needs two files separated by a comma: the certificate and its key")
	}
	c, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("-tls: %w", err)
	}
	a.certificate = &c
	return nil
}

// listen opens the address. An error that is not httpd.ErrTaken is the user's to mend.
func (a *access) listen() (err error) {
	if a.listener, err = httpd.Listen(a.addr); err != nil {
		if !errors.Is(err, httpd.ErrTaken) {
			err = command.UsageError{Err: err}
		}
		return err
	}
	at := a.listener.Addr()
	scheme := "http"
	if a.certificate != nil {
		scheme = "https"
	}
	a.url = scheme + "://" + at.String() + "/"
	if !httpd.Loopback(at.String()) {
		a.url = httpd.Reachable(scheme, at)
		if a.rules.Token == "" {
			a.rules.Token = httpd.NewToken()
		}
	}
	if a.rules.Token != "" {
		a.url += "?token=" + url.QueryEscape(a.rules.Token)
	}
	host, _, _ := net.SplitHostPort(a.addr) // Listen has accepted it
	_, a.rules.Port, _ = net.SplitHostPort(at.String())
	a.rules.Names = []string{host, machine()}
	a.rules.Secure = a.certificate != nil
	return nil
}

// announced is the address as other commands of this machine's user are told it, by a file that nobody else can read.
func (a *access) announced() string {
	if a.certificate == nil {
		return a.url
	}
	return remote.Pinned(a.url, a.certificate.Certificate[0])
}

// machine is the name of this machine, "" where it has none.
func machine() string {
	name, _ := os.Hostname()
	return name
}
