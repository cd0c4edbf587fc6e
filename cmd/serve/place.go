package main

import (
	"context"
	"errors"
	"fmt"
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

// place is where commands find runs: folders, and the store, by way of the server that has it or in this program.
type place struct {
	m      *Main
	ctx    context.Context
	client *remote.Client // nil until it is asked for
	keeper *keeper        // nil unless the store is open here
	leave  func() error   // nil where nothing is to be closed
}

// trains asks where runs are trained that are handed over: the server that has the store, a cluster, or, where no server has it, this program with what
// computes on some devices. Then here is true.
func (p *place) trains(on []backends.Options) (c *remote.Client, here bool, err error) {
	if p.m.Store == "" && p.m.NATS.URL == "" {
		return nil, false, command.Usage("there is no folder for the runs; name one with -store or UNPOOL_STORE")
	}
	c, err = p.open(on...)
	if err != nil || p.keeper == nil || p.m.NATS.URL != "" {
		return c, false, err
	}
	ctx, stop := context.WithCancel(p.ctx)
	p.keeper.work(ctx)
	leave, k := p.leave, p.keeper
	p.leave = func() error {
		stop()
		k.rest()
		return leave()
	}
	return c, true, nil
}

// runs asks for the runs of the store.
func (p *place) runs() (*remote.Client, error) { return p.open(backends.Options{}) }

// open asks the server that has the store, or opens it, to train on some devices or none.
func (p *place) open(on ...backends.Options) (*remote.Client, error) {
	if p.client != nil {
		return p.client, nil
	}
	s, err := p.m.openStore(p.ctx)
	held := (*jetstore.HeldError)(nil)
	if errors.As(err, &held) && held.Holder.Address != "" {
		p.client, err = remote.At(held.Holder.Address)
		return p.client, err
	}
	if err != nil {
		return nil, err
	}
	p.leave = s.Close
	name := p.m.Store
	if p.m.NATS.URL != "" {
		name = p.m.NATS.Name()
	}
	p.keeper = p.m.keeper(s, on...)
	p.client = remote.Within(p.keeper.handler(p.ctx, ""), name)
	return p.client, nil
}

// find returns where a run is that the user names: in a folder, if the name is a path or a folder that has a run, else in the store.
func (p *place) find(name string) (jobs.Kept, string, error) {
	_, err := os.Stat(filepath.Join(name, store.LogFile))
	if err == nil || strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
		return folder.Of(name)
	}
	c, err := p.runs()
	if err != nil {
		return nil, "", fmt.Errorf("%s is not the folder of a run, and the store cannot be searched: %w", name, err)
	}
	return c, name, nil
}

// close leaves the store to others.
func (p *place) close() error {
	if p.leave == nil {
		return nil
	}
	return p.leave()
}
