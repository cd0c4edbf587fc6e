package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"unpool/app"
	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/httpd"
	"unpool/cmd/serve/internal/jobs"
	"unpool/core/data"
)

// serve serves the site until the user ends it.
func (m *Main) serve(ctx context.Context, args []string) (err error) {
	flags := command.New("serve")
	var at access
	at.flags(flags)
	public := flags.String("public", "", "`folder` of built files, for use outside the source tree")
	flags.StringVar(&m.Data, "data", m.Data, dataHelp)
	m.storeFlags(flags)
	var compute backends.Options
	command.BackendFlags(flags, &compute)
	names, err := command.Parse(m.Stdout, flags, "serve [flags]", args)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return command.Usage("unexpected %q; try serve help", names[0])
	}
	on, err := devices(flags, compute)
	if err := errors.Join(err, at.check()); err != nil {
		return command.UsageError{Err: err}
	}
	if err := settleNATS(flags, &m.NATS); err != nil {
		return err
	}
	kept, unkept := m.openStore(ctx)
	wrong := command.UsageError{}
	switch {
	case errors.As(unkept, &wrong):
		return already(unkept)
	case unkept != nil && m.NATS.URL != "":
		return unkept
	}
	if kept != nil {
		defer func() { err = errors.Join(err, kept.Close()) }()
	}
	if err := at.listen(); err != nil {
		return err
	}
	defer at.listener.Close()
	site, err := m.openSite(ctx, *public)
	if err != nil {
		return err
	}
	site.AddSets(m.images(m.Data).Served(m.Stderr)...)
	ctx, stop := context.WithCancel(ctx)
	var runs http.Handler
	if kept == nil {
		runs = m.unkept(unkept)
	} else {
		k := m.keeper(kept, on...)
		k.work(ctx)
		defer k.rest()
		runs = k.handler(ctx, machine())
		if err := kept.Announce(at.announced()); err != nil {
			fmt.Fprintf(m.Stderr, "Other commands will not find this server: %v\n", err)
		}
	}
	defer stop()
	fmt.Fprintf(m.Stdout, "Unpool is at %s\nOpen it in a browser, choose a net and press Train. Ctrl-C ends it.\n", at.url)
	if m.Ready != nil {
		m.Ready(at.url)
	}
	return httpd.Serve(ctx, at.listener, at.certificate, httpd.Guard(site.WithAPI(runs), at.rules))
}

// openSite brings the static files up to date and returns the site. With a folder given it takes that as it is.
func (m *Main) openSite(ctx context.Context, public string) (*httpd.Site, error) {
	if public == "" {
		var err error
		if public, err = jobs.BuildSite(ctx, m.images(m.Data), m.Stderr); err != nil {
			return nil, err
		}
	}
	files, err := httpd.Load(public)
	if err != nil {
		return nil, command.UsageError{Err: err}
	}
	if files.Size("data/mnist/"+data.MNISTFiles[0]) == 0 {
		fmt.Fprintf(m.Stderr, "%s does not contain MNIST: the page will say so when asked to train on it\n", public)
	}
	app.Register()
	return httpd.NewSite(files, func(version string) http.Handler {
		return app.Handler(version, files.Size("app.wasm.gz"))
	}, app.Paths()...)
}
