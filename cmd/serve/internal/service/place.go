// Package service keeps runs and trains them: it puts together the store, its queue, the sweeps, what computes, and the API. A command that
// needs runs gets them here, by way of the server that has the store, or in its own program. It does not know what the runs are
// wanted for, nor how the site is served.
package service

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jetstore"
)

// Place is where runs are stored: in a cluster, if there is the URL of one, else in a folder.
type Place struct {
	Folder string // "" for none
	NATS   jetstore.Cluster
}

// Usual is the place if no flag names one: UNPOOL_NATS, UNPOOL_STORE, or a folder among the user's data.
func Usual() Place {
	return Place{Folder: cmp.Or(os.Getenv("UNPOOL_STORE"), ownFolder()), NATS: jetstore.Cluster{URL: os.Getenv("UNPOOL_NATS")}}
}

// ownFolder is the folder of the store among the user's data; "" where that has no place.
func ownFolder() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "unpool", "store")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	switch runtime.GOOS {
	case "windows":
		if dir := os.Getenv("LocalAppData"); dir != "" {
			return filepath.Join(dir, "unpool", "store")
		}
		return filepath.Join(home, "AppData", "Local", "unpool", "store")
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "unpool", "store")
	}
	return filepath.Join(home, ".local", "share", "unpool", "store")
}

// Flags defines the flags of commands that use the store. They write into p; the values there are the defaults.
func (p *Place) Flags(flags *flag.FlagSet) {
	flags.StringVar(&p.Folder, "store", p.Folder, "`folder` of the stored and queued runs; otherwise UNPOOL_STORE or a folder among the user's data")
	p.ClusterFlags(flags)
}

// ClusterFlags defines those of Flags that name a cluster.
func (p *Place) ClusterFlags(flags *flag.FlagSet) {
	c := &p.NATS
	flags.StringVar(&c.URL, "nats", c.URL, "`URL` of a NATS server or cluster with JetStream that stores the runs; separate several with commas; otherwise UNPOOL_NATS")
	flags.StringVar(&c.Credentials, "nats-creds", c.Credentials, "`file` of the credentials for NATS")
	flags.StringVar(&c.CA, "nats-ca", c.CA, "`file` of the certificates that authenticate NATS, if they are not the system's")
	flags.StringVar(&c.Cert, "nats-cert", c.Cert, "`file` of the client certificate for NATS; its key is in -nats-key")
	flags.StringVar(&c.Key, "nats-key", c.Key, "`file` of the key of -nats-cert")
}

// settle completes p once the flags were read: a -store that is given takes precedence over UNPOOL_NATS. An error is the user's to correct.
func (p *Place) settle(l *command.Line) error {
	c := &p.NATS
	switch {
	case l.Given("store") && l.Given("nats"):
		return command.Usage("-store and -nats both name a place for runs; leave one out")
	case l.Given("store"):
		*c = jetstore.Cluster{}
	case c.URL == "" && *c != (jetstore.Cluster{}):
		return command.Usage("-nats-creds, -nats-ca, -nats-cert and -nats-key need -nats")
	case (c.Cert == "") != (c.Key == ""):
		return command.Usage("-nats-cert and -nats-key must be used together")
	}
	if !p.Shared() {
		return nil
	}
	if err := c.Check(); err != nil {
		return command.UsageError{Err: err}
	}
	return nil
}

// Shared reports whether other machines have the store, too.
func (p Place) Shared() bool { return p.NATS.URL != "" }

// Name is the place for people, without passwords.
func (p Place) Name() string {
	if p.Shared() {
		return p.NATS.Name()
	}
	return p.Folder
}

// open opens the store. That another program has it, or that its place is wrong, is the user's to correct.
func (p Place) open(ctx context.Context) (*jetstore.Store, error) {
	if p.Shared() {
		return jetstore.Connect(ctx, p.NATS)
	}
	if p.Folder == "" {
		return nil, errors.New("there is no folder for them; name one with -store or UNPOOL_STORE")
	}
	if p.Folder == ownFolder() { // a new user has none of the folders that it lies in
		if err := os.MkdirAll(filepath.Dir(p.Folder), 0o700); err != nil {
			return nil, fmt.Errorf("cannot create the store's folder: %w", err)
		}
	}
	s, err := jetstore.Open(ctx, p.Folder, 0)
	if errors.As(err, new(*jetstore.HeldError)) || errors.As(err, new(*jetstore.NoPlaceError)) {
		return nil, command.UsageError{Err: err}
	}
	return s, err
}
