package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/store"
	"unpool/core/store/folder"
)

// Access is a command's way to runs: to those in folders, and to those of the store, by way of the server that has it or in this program.
type Access struct {
	options Options
	client  *remote.Client // nil until it is asked for
	service *Service       // nil unless the store is open here
}

// Job is what is done by whoever trains.
type Job interface {
	// Follow has it done by a server, and reports its progress. The server may be a part of this program: then here is true.
	Follow(ctx context.Context, c *remote.Client, here bool, stdout, stderr io.Writer) error
}

// HandOver has a job done by the server that has the store, by a cluster, or, where no server has the store, in this program with what computes.
func HandOver(ctx context.Context, o Options, compute backends.Options, j Job, stdout io.Writer) error {
	on, err := command.Devices(o.Line, compute)
	if err != nil {
		return err
	}
	return With(o, func(a *Access) error {
		c, here, err := a.trainer(ctx, on)
		if err != nil {
			return err
		}
		return j.Follow(ctx, c, here, stdout, o.Stderr)
	})
}

// With lets do find runs, and leaves the store to others afterwards.
func With(o Options, do func(*Access) error) (err error) {
	if err := o.Place.settle(o.Line); err != nil {
		return err
	}
	a := &Access{options: o}
	defer func() {
		if a.service != nil {
			err = errors.Join(err, a.service.Close())
		}
	}()
	return do(a)
}

// Server returns the client of whoever has the store, which may be this program.
func (a *Access) Server(ctx context.Context) (*remote.Client, error) {
	return a.open(ctx, backends.Options{})
}

// trainer returns the client of whoever trains, which may be this program, on some devices.
func (a *Access) trainer(ctx context.Context, on []backends.Options) (c *remote.Client, here bool, err error) {
	place := a.options.Place
	if place.Folder == "" && !place.Shared() {
		return nil, false, command.Usage("there is no folder for the runs; name one with -store or UNPOOL_STORE")
	}
	c, err = a.open(ctx, on...)
	if err != nil || a.service == nil || place.Shared() {
		return c, false, err
	}
	a.service.Start(ctx)
	return c, true, nil
}

// open asks the server that has the store, or opens it, to train on some devices.
func (a *Access) open(ctx context.Context, on ...backends.Options) (*remote.Client, error) {
	if a.client != nil {
		return a.client, nil
	}
	s, err := open(ctx, a.options, on...)
	if held := (*jetstore.HeldError)(nil); errors.As(err, &held) && held.Holder.Address != "" {
		a.client, err = remote.At(held.Holder.Address)
		return a.client, err
	}
	if err != nil {
		return nil, err
	}
	a.service = s
	a.client = remote.Within(s.Handler(ctx), a.options.Place.Name())
	return a.client, nil
}

// Find returns where a run is that the user names: in a folder, if the name is a path or a folder that has a run, else in the store.
func (a *Access) Find(ctx context.Context, name string) (jobs.Kept, string, error) {
	_, err := os.Stat(filepath.Join(name, store.LogFile))
	if err == nil || strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
		return folder.Of(name)
	}
	c, err := a.Server(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("%s is not the folder of a run, and the store cannot be searched: %w", name, err)
	}
	return c, name, nil
}
