package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

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
	trainer *jobs.Queued
	images  *jobs.Images
	done    chan struct{} // closed when the queue is at rest
}

// keeper makes what keeps runs in a store. It trains nothing yet.
func (m *Main) keeper(s *jetstore.Store, compute backends.Options) *keeper {
	k := &keeper{store: s, images: m.images(m.Data), done: make(chan struct{})}
	k.trainer = &jobs.Queued{Store: s, Backend: compute, Images: m.images(m.Data), Stderr: m.Stderr}
	k.queue = queue.New(s, k.trainer, m.Stderr)
	return k
}

// work begins to train what is in the queue, until ctx ends.
func (k *keeper) work(ctx context.Context) {
	go func() {
		defer close(k.done)
		k.queue.Run(ctx)
	}()
}

// handler answers for the runs until ctx ends.
func (k *keeper) handler(ctx context.Context, machine string) http.Handler {
	server := api.Server{
		Store: k.store, Queue: k.queue, Machine: machine, Where: k.trainer.Where, Missing: k.images.Missing, Stderr: k.trainer.Stderr,
		Ended: ctx,
	}
	return server.Handler()
}

// rest waits until the queue is at rest, once ctx has ended.
func (k *keeper) rest() {
	<-k.done
	k.trainer.Close()
}

// already says where the program answers that has a store.
func already(err error) error {
	held := (*jetstore.HeldError)(nil)
	if errors.As(err, &held) && held.Holder.Address != "" {
		address, _, _ := strings.Cut(held.Holder.Address, "#") // what remote.Pinned adds is for programs
		return command.Usage("Unpool is running already, at %s, and keeps runs in %s; -store names another folder", address, held.Dir)
	}
	return err
}

// unkept says that no runs are kept, and why.
func (m *Main) unkept(why error) http.Handler {
	fmt.Fprintf(m.Stderr, "No runs are kept or trained here, only in the browser: %v\n", why)
	return api.Without()
}
