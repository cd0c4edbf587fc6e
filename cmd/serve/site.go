package main

import (
	"context"
	"fmt"
	"net/url"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/hostcheck"
	"unpool/cmd/serve/internal/jobs"
)

const siteSynopsis = `serve site DIR, or serve site -check URL
It writes the site as static files, or checks whether a host serves those that it wrote as browsers need them.`

// site writes the site as static files, or checks a host of them.
func (m *Main) site(ctx context.Context, args []string) error {
	flags := command.New("site")
	public := flags.String("public", "", "`folder` of built files, for use outside the source tree")
	address := flags.String("address", "", "`URL` that the site will have, for the previews that other sites show of a link to it")
	check := flags.String("check", "", "`URL` of a host to check, in place of writing")
	names, err := command.Parse(m.Stdout, flags, siteSynopsis, args)
	if err != nil {
		return err
	}
	switch {
	case *check != "" && (len(names) > 0 || *address != ""):
		return command.Usage("-check checks a host and writes nothing: leave out the folder and -address")
	case *check == "" && len(names) != 1:
		return command.Usage("serve site takes one folder to write into")
	}
	var root *url.URL
	for flag, of := range map[string]string{"address": *address, "check": *check} {
		if of == "" {
			continue
		}
		if root, err = hostcheck.Root(of); err != nil {
			return command.Usage("-%s: %v", flag, err)
		}
	}
	site, err := m.openSite(ctx, *public)
	if err != nil {
		return err
	}
	if *check != "" {
		return jobs.CheckHost(ctx, site, root, m.Stdout, m.Stderr)
	}
	at := ""
	if root != nil {
		at = root.String()
	}
	if err := site.Export(names[0], at); err != nil {
		return command.UsageError{Err: fmt.Errorf("cannot write the site: %w", err)}
	}
	fmt.Fprintf(m.Stdout, "The site is in %s; any web server can serve it under any path. Then check it: serve site -check URL\n", names[0])
	return nil
}
