package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"unpool/cmd/serve/internal/api"
	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/queue"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/recipe"
)

// Options say what a service is made of.
type Options struct {
	Place  Place
	Line   *command.Line // whose flags are the place's, see Place.Flags
	Images *jobs.Images
	Stderr io.Writer // is told the progress of runs, and of errors that are not of a run
}

// Service keeps runs, and trains those in its queue once it is started.
type Service struct {
	store    *jetstore.Store // nil where no runs are kept
	unkept   error           // why
	queue    *queue.Queue
	sweeps   *jobs.Sweeps
	trainers []*jobs.Queued // one or more
	missing  func(recipe.Dataset) string
	stderr   io.Writer
	stop     context.CancelFunc // ends the training
	working  sync.WaitGroup
}

// Open opens the store, to train on each of some devices, one or more. A command.UsageError says that another program has it, and where
// that answers, or that its place is wrong. Where a folder cannot be used otherwise, the service keeps no runs.
func Open(ctx context.Context, o Options, on ...backends.Options) (*Service, error) {
	if err := o.Place.settle(o.Line); err != nil {
		return nil, err
	}
	s, err := open(ctx, o, on...)
	held, wrong := (*jetstore.HeldError)(nil), command.UsageError{}
	switch {
	case errors.As(err, &held) && held.Holder.Address != "":
		address, _, _ := strings.Cut(held.Holder.Address, "#") // what remote.Pinned adds is for programs
		return nil, command.Usage("Unpool is already running at %s and stores its runs in %s; choose another folder with -store", address, held.Dir)
	case err == nil, o.Place.Shared(), errors.As(err, &wrong):
		return s, err
	}
	return &Service{unkept: err, stderr: o.Stderr}, nil
}

// open is Open where runs must be kept.
func open(ctx context.Context, o Options, on ...backends.Options) (*Service, error) {
	store, err := o.Place.open(ctx)
	if err != nil {
		return nil, err
	}
	s := &Service{store: store, missing: o.Images.Missing, stderr: o.Stderr, stop: func() {}}
	if o.Place.Shared() {
		s.missing = func(recipe.Dataset) string { return "" } // a worker may have it
	}
	var trainers []queue.Trainer
	for i, device := range on {
		t := &jobs.Queued{Store: store, Host: Machine(), Backend: device, Images: o.Images, Stderr: o.Stderr, Shared: o.Place.Shared(), GPU: i > 0}
		s.trainers, trainers = append(s.trainers, t), append(trainers, t)
	}
	s.queue = queue.New(store, Machine(), o.Stderr, trainers...)
	s.sweeps = jobs.NewSweeps(store, s.queue, s.missing, o.Stderr)
	s.queue.Feed = s.sweeps.Feed
	return s, nil
}

// Start begins to train what is in the queue, and what sweeps put there, until ctx ends or the service is closed. Where no runs are stored, stderr
// is told why.
func (s *Service) Start(ctx context.Context) {
	if s.store == nil {
		fmt.Fprintf(s.stderr, "This server stores and trains no runs; they are trained only in the browser: %v\n", s.unkept)
		return
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.working.Go(func() { s.queue.Run(ctx) })
	s.working.Go(func() { s.sweeps.Run(ctx) })
	for _, t := range s.trainers {
		s.working.Go(func() { t.Enlist(ctx) })
	}
}

// Handler answers for the runs, see core/api, until ctx ends.
func (s *Service) Handler(ctx context.Context) http.Handler {
	if s.store == nil {
		return api.Without()
	}
	server := api.Server{
		Store: s.store, Queue: s.queue, Sweeps: s.sweeps, Machine: hostname(), Where: s.trainers[0].Where, Missing: s.missing, Stderr: s.stderr, Ended: ctx,
	}
	return server.Handler()
}

// Announce tells other commands of this user on this machine at which URL Handler answers, with which certificate, in DER; nil for plain HTTP.
func (s *Service) Announce(url string, certificate []byte) {
	if s.store == nil {
		return
	}
	if err := s.store.Announce(remote.Pinned(url, certificate)); err != nil {
		fmt.Fprintf(s.stderr, "Other commands will not find this server: %v\n", err)
	}
}

// Close ends the training, once the runs under way can be continued later, and closes the store.
func (s *Service) Close() error {
	if s.store == nil {
		return nil
	}
	s.stop()
	s.working.Wait()
	for _, t := range s.trainers {
		t.Close()
	}
	return s.store.Close()
}

// Machine is the name of this machine, for people.
func Machine() string { return cmp.Or(hostname(), "a machine without a name") }

// hostname is the name of this machine in its network, "" where it has none.
func hostname() string {
	name, _ := os.Hostname()
	return name
}
