package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"unpool/app"
	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/hostcheck"
	"unpool/cmd/serve/internal/httpd"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/service"
)

// serve serves the site until the user ends it.
func (m *Main) serve(ctx context.Context, l *command.Line) (err error) {
	var at httpd.Endpoint
	var compute backends.Options
	l.Flags.StringVar(&at.Addr, "addr", "127.0.0.1:8080", "`address` to serve on; one that other machines can reach requires a token")
	l.Flags.StringVar(&at.TokenFile, "token-file", "", "`file` with the token, created if missing; otherwise each start makes a new token. With a file, this machine needs the token too")
	l.Flags.StringVar(&at.TLS, "tls", "", "serve over HTTPS with `CERT,KEY`: two PEM files, separated by a comma")
	public := publicFlag(l)
	m.dataFlag(l)
	m.Store.Flags(l.Flags)
	command.BackendFlags(l.Flags, &compute)
	if err := l.NoNames(); err != nil {
		return err
	}
	on, err := command.Devices(l, compute)
	if err := errors.Join(err, at.Check()); err != nil {
		return command.UsageError{Err: err}
	}
	runs, err := service.Open(ctx, m.service(l), on...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, runs.Close()) }()
	if err := at.Listen(); errors.Is(err, httpd.ErrTaken) {
		return err
	} else if err != nil {
		return command.UsageError{Err: err}
	}
	defer at.Close()
	site, err := m.openSite(ctx, *public)
	if err != nil {
		return err
	}
	site.AddSets(m.images().Served(m.Stderr)...)
	runs.Start(ctx)
	runs.Announce(at.URL(), at.Certificate())
	fmt.Fprintf(m.Stdout, "Unpool is at %s\nOpen it in a browser, choose a net and press Train. Ctrl-C ends it.\n", at.URL())
	if class := at.ClassURL(); class != "" {
		fmt.Fprintf(m.Stdout, "A class can open %s, which does not lead to the runs here; the Class page shows it as a QR code.\n", class)
	}
	m.Ready(at.URL())
	return at.Serve(ctx, site.WithAPI(runs.Handler(ctx), at.Class(ctx)))
}

// publicFlag defines the flag of commands that need the site's files.
func publicFlag(l *command.Line) *string {
	return l.Flags.String("public", "", "`folder` of built files, for use outside the source tree")
}

// openSite returns the site with the files of a folder; "" for those of the source tree.
func (m *Main) openSite(ctx context.Context, public string) (*httpd.Site, error) {
	files, err := jobs.SiteFiles(ctx, m.images(), public, m.Stderr)
	if err != nil {
		return nil, err
	}
	app.Register()
	return httpd.NewSite(files, func(version, data string) http.Handler {
		pages := http.NewServeMux()
		pages.Handle("/", app.Handler(version, data, files.Size("app.wasm.gz")))
		pages.HandleFunc("/manifest.webmanifest", func(w http.ResponseWriter, _ *http.Request) {
			manifest, err := app.Manifest(version)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "application/manifest+json")
			w.Write(manifest)
		})
		return pages
	}, app.Paths()...)
}

// site writes the site as static files, or checks a host of them.
func (m *Main) site(ctx context.Context, l *command.Line) error {
	var address, host hostcheck.Root
	public := publicFlag(l)
	l.Flags.Var(&address, "address", "`URL` that the site will have, for the previews that other sites show of a link to it")
	l.Flags.Var(&host, "check", "`URL` of a host to check, in place of writing")
	names, err := l.Names()
	if err != nil {
		return err
	}
	switch {
	case l.Given("check") && (len(names) > 0 || l.Given("address")):
		return command.Usage("-check checks a host and writes nothing: leave out the folder and -address")
	case !l.Given("check") && len(names) != 1:
		return command.Usage("serve site takes one folder to write into")
	}
	site, err := m.openSite(ctx, *public)
	if err != nil {
		return err
	}
	if l.Given("check") {
		return jobs.CheckHost(ctx, site, host, m.Stdout, m.Stderr)
	}
	if err := site.Export(names[0], address.String()); err != nil {
		return command.UsageError{Err: fmt.Errorf("cannot write the site: %w", err)}
	}
	fmt.Fprintf(m.Stdout, "The site is in %s; any web server can serve it under any path. Then check it: serve site -check URL\n", names[0])
	return nil
}

// kit writes the site for a class without internet.
func (m *Main) kit(ctx context.Context, l *command.Line) error {
	public := publicFlag(l)
	m.dataFlag(l)
	withCIFAR := l.Flags.Bool("cifar10", false, "with CIFAR-10 too, if this machine has it; it takes 240 MB")
	names, err := l.Names()
	if err != nil {
		return err
	}
	if len(names) != 1 {
		return command.Usage("serve kit takes one new folder, or a file whose name ends in .zip")
	}
	site, err := m.openSite(ctx, *public)
	if err != nil {
		return err
	}
	return jobs.WriteKit(ctx, site, m.images(), *withCIFAR, names[0], m.Stdout, m.Stderr)
}

// worker trains the runs of a cluster until the user ends it.
func (m *Main) worker(ctx context.Context, l *command.Line) (err error) {
	var compute backends.Options
	m.Store.ClusterFlags(l.Flags)
	m.dataFlag(l)
	command.BackendFlags(l.Flags, &compute)
	if err := l.NoNames(); err != nil {
		return err
	}
	if !m.Store.Shared() {
		return command.Usage("serve worker trains the runs of a cluster: name the cluster with -nats or UNPOOL_NATS")
	}
	on, err := command.Devices(l, compute)
	if err != nil {
		return err
	}
	runs, err := service.Open(ctx, m.service(l), on...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, runs.Close()) }()
	runs.Start(ctx)
	fmt.Fprintf(m.Stdout, "%s trains the runs that wait at %s. Ctrl-C ends it.\n", service.Machine(), m.Store.Name())
	m.Ready("")
	<-ctx.Done()
	return nil
}
