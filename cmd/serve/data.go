package main

import (
	"context"
	"fmt"
	"path/filepath"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/dataset"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/programs"
)

const dataHelp = "`folder` of data sets; otherwise UNPOOL_DATA and the download cache"

// dataSets says where the data sets are, and gets those that are named.
func (m *Main) dataSets(ctx context.Context, args []string) error {
	flags := command.New("data")
	flags.StringVar(&m.Data, "data", m.Data, dataHelp)
	names, err := command.Parse(m.Stdout, flags, "serve data [NAME...]", args)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return m.images(m.Data).Get(ctx, m.Stdout, names)
	}
	return m.images(m.Data).Say(ctx, m.Stdout)
}

// images are the data sets of the places where they may be: a folder, the site's static files, and the cache.
func (m *Main) images(dir string) *jobs.Images {
	public := "public"
	if root, err := programs.Root("."); err == nil {
		public = filepath.Join(root, "public")
	}
	return &jobs.Images{Sources: dataset.Sources{Dir: dir, Public: public, Cache: m.Cache, Say: func(line string) { fmt.Fprintln(m.Stderr, line) }}}
}
