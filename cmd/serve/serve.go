package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"unpool/app"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/httpd"
	"unpool/cmd/serve/internal/site"
	"unpool/core/data"
)

// serve serves the site until the user ends it.
func (m *Main) serve(ctx context.Context, args []string) error {
	flags := command.New("serve")
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to serve on; one that others can reach demands a token")
	public := flags.String("public", "", "`folder` of built files, for use outside the source tree")
	flags.StringVar(&m.Data, "data", m.Data, dataHelp)
	names, err := command.Parse(m.Stdout, flags, "serve [flags]", args)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return command.Usage("unexpected %q; try serve help", names[0])
	}
	listener, err := httpd.Listen(*addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	handler, err := m.openSite(ctx, *public)
	if err != nil {
		return err
	}
	handler.AddSets(m.images(m.Data).Served()...)
	url := "http://" + listener.Addr().String() + "/"
	token := ""
	if !httpd.Loopback(listener.Addr().String()) {
		token = httpd.NewToken()
		url = reachable(listener.Addr()) + "?token=" + token
	}
	host, _, _ := net.SplitHostPort(*addr) // Listen has accepted it
	machine, _ := os.Hostname()            // "" where it has no name
	fmt.Fprintf(m.Stdout, "Unpool is at %s\nOpen it in a browser, choose a net and press Train. Ctrl-C ends it.\n", url)
	if m.Ready != nil {
		m.Ready(url)
	}
	return httpd.Serve(ctx, listener, httpd.Guard(handler, token, host, machine))
}

// reachable returns the URL of an address that may mean every address of this machine.
func reachable(a net.Addr) string {
	host, port, _ := net.SplitHostPort(a.String()) // a listener's own address
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// openSite brings the static files up to date and returns the site. With a folder given it takes that as it is.
func (m *Main) openSite(ctx context.Context, public string) (*httpd.Site, error) {
	if public == "" {
		var err error
		if public, err = m.build(ctx); err != nil {
			return nil, err
		}
	}
	files, err := httpd.Load(public)
	if err != nil {
		return nil, command.UsageError{Err: err}
	}
	if files.Size("data/mnist/"+data.MNISTFiles[0]) == 0 {
		fmt.Fprintf(m.Stderr, "%s has no MNIST: the page will say so when asked to train on it\n", public)
	}
	app.Register()
	return httpd.NewSite(files, func(version string) http.Handler {
		return app.Handler(version, files.Size("app.wasm.gz"))
	}, app.Paths()...)
}

// build brings the source tree's folder of static files up to date and returns it.
func (m *Main) build(ctx context.Context) (string, error) {
	root, err := site.Root(".")
	if errors.Is(err, site.ErrNoSource) {
		return "", command.Usage("%w: run serve there, or give a folder of built files with -public", err)
	}
	if err != nil {
		return "", err
	}
	public := filepath.Join(root, "public")
	if err := site.Build(ctx, root, public, m.Stderr); err != nil {
		return "", command.Stopped(ctx, err)
	}
	folder, err := m.images(m.Data).Sources.MNIST(ctx)
	if err != nil {
		return "", command.UsageError{Err: err}
	}
	if err := site.PutData(folder, public, "mnist", data.MNISTFiles); err != nil {
		return "", fmt.Errorf("cannot put MNIST into place: %w", err)
	}
	return public, nil
}

// site writes the site as static files.
func (m *Main) site(ctx context.Context, args []string) error {
	flags := command.New("site")
	public := flags.String("public", "", "`folder` of built files, for use outside the source tree")
	names, err := command.Parse(m.Stdout, flags, "serve site DIR", args)
	if err != nil {
		return err
	}
	if len(names) != 1 {
		return command.Usage("serve site takes one folder to write into")
	}
	handler, err := m.openSite(ctx, *public)
	if err != nil {
		return err
	}
	if err := handler.Export(names[0]); err != nil {
		return command.UsageError{Err: fmt.Errorf("cannot write the site: %w", err)}
	}
	fmt.Fprintf(m.Stdout, "The site is in %s; any web server can serve it, under any path.\n", names[0])
	return nil
}
