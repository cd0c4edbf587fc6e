package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"unpool/cmd/serve/internal/api"
	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/queue"
)

const storeHelp = "`folder` of the runs that are kept here and trained from a queue; else UNPOOL_STORE, or one among the user's data"

// storeFolder is the folder of the store where nothing names one: UNPOOL_STORE, or one among the user's data; "" where that has no place.
func storeFolder() string {
	if dir := os.Getenv("UNPOOL_STORE"); dir != "" {
		return dir
	}
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

// openStore opens the store in a folder. An error that another program has it is the user's to mend.
func (m *Main) openStore(ctx context.Context, dir string) (*jetstore.Store, error) {
	if dir == "" {
		return nil, errors.New("there is no folder for them; -store or UNPOOL_STORE names one")
	}
	s, err := jetstore.Open(ctx, dir, 0)
	if held := (*jetstore.HeldError)(nil); errors.As(err, &held) {
		return nil, command.UsageError{Err: err}
	}
	return s, err
}

// keeper keeps runs, and trains those in its queue.
type keeper struct {
	store   *jetstore.Store
	queue   *queue.Queue
	sweeps  *jobs.Sweeps
	trainer *jobs.Queued
	images  *jobs.Images
	at      sync.WaitGroup // what is at work
}

// keeper makes what keeps runs in a store. It trains nothing yet.
func (m *Main) keeper(s *jetstore.Store, compute backends.Options) *keeper {
	k := &keeper{store: s, images: m.images(m.Data)}
	k.trainer = &jobs.Queued{Store: s, Backend: compute, Images: m.images(m.Data), Stderr: m.Stderr}
	k.queue = queue.New(s, k.trainer, m.Stderr)
	k.sweeps = jobs.NewSweeps(s, k.queue, k.images.Missing, m.Stderr)
	k.queue.Feed = k.sweeps.Feed
	return k
}

// work begins to train what is in the queue, and what sweeps put there, until ctx ends.
func (k *keeper) work(ctx context.Context) {
	k.at.Go(func() { k.queue.Run(ctx) })
	k.at.Go(func() { k.sweeps.Run(ctx) })
}

// handler answers for the runs until ctx ends.
func (k *keeper) handler(ctx context.Context, machine string) http.Handler {
	server := api.Server{
		Store: k.store, Queue: k.queue, Sweeps: k.sweeps, Machine: machine, Where: k.trainer.Where, Missing: k.images.Missing, Stderr: k.trainer.Stderr,
		Ended: ctx,
	}
	return server.Handler()
}

// rest waits until the queue is at rest, once ctx has ended.
func (k *keeper) rest() {
	k.at.Wait()
	k.trainer.Close()
}

// already says where the program answers that has a store.
func already(err error) error {
	held := (*jetstore.HeldError)(nil)
	if errors.As(err, &held) && held.Holder.Address != "" {
		return command.Usage("Unpool is running already, at %s, and keeps runs in %s; -store names another folder", held.Holder.Address, held.Dir)
	}
	return err
}

// unkept says that no runs are kept, and why.
func (m *Main) unkept(why error) http.Handler {
	fmt.Fprintf(m.Stderr, "No runs are kept or trained here, only in the browser: %v\n", why)
	return api.Without()
}
