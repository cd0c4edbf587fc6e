package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"unpool/cmd/serve/internal/api"
	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/queue"
	"unpool/core/recipe"
)

const storeHelp = "`folder` of the stored and queued runs; otherwise UNPOOL_STORE or a folder among the user's data"

// storeFolder is the folder of the store where no flag names one: UNPOOL_STORE, or one among the user's data; "" where that has no place.
func storeFolder() string { return cmp.Or(os.Getenv("UNPOOL_STORE"), ownFolder()) }

// ownFolder is the folder of the store among the user's data; "" where that has no place.
func ownFolder() string {
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

// openStore opens the store in the user's cluster, if there is one, or folder. That another program has it, or that its place is wrong, is the user's to mend.
func (m *Main) openStore(ctx context.Context) (*jetstore.Store, error) {
	if m.NATS.URL != "" {
		return jetstore.Connect(ctx, m.NATS)
	}
	if m.Store == "" {
		return nil, errors.New("there is no folder for them; name one with -store or UNPOOL_STORE")
	}
	if m.Store == ownFolder() { // a new user has none of the folders that it lies in
		if err := os.MkdirAll(filepath.Dir(m.Store), 0o700); err != nil {
			return nil, fmt.Errorf("cannot create the store's folder: %w", err)
		}
	}
	s, err := jetstore.Open(ctx, m.Store, 0)
	if errors.As(err, new(*jetstore.HeldError)) || errors.As(err, new(*jetstore.NoPlaceError)) {
		return nil, command.UsageError{Err: err}
	}
	return s, err
}

// machineName is what this machine is called to others.
func machineName() string {
	return cmp.Or(machine(), "a machine without a name")
}

// keeper keeps runs, and trains those in its queue.
type keeper struct {
	store    *jetstore.Store
	queue    *queue.Queue
	sweeps   *jobs.Sweeps
	trainers []*jobs.Queued // one or more
	missing  func(recipe.Dataset) string
	at       sync.WaitGroup // what is at work
}

// keeper makes what keeps runs in a store, and trains them on each of some devices. It trains nothing yet.
func (m *Main) keeper(s *jetstore.Store, on ...backends.Options) *keeper {
	k := &keeper{store: s}
	images, shared := m.images(m.Data), m.NATS.URL != ""
	k.missing = images.Missing
	if shared {
		k.missing = func(recipe.Dataset) string { return "" } // a worker may have it
	}
	var trainers []queue.Trainer
	for i, o := range on {
		t := &jobs.Queued{Store: s, Host: machineName(), Backend: o, Images: images, Stderr: m.Stderr, Shared: shared, GPU: i > 0}
		k.trainers, trainers = append(k.trainers, t), append(trainers, t)
	}
	k.queue = queue.New(s, machineName(), m.Stderr, trainers...)
	k.sweeps = jobs.NewSweeps(s, k.queue, k.missing, m.Stderr)
	k.queue.Feed = k.sweeps.Feed
	return k
}

// work begins to train what is in the queue, and what sweeps put there, until ctx ends.
func (k *keeper) work(ctx context.Context) {
	k.at.Go(func() { k.queue.Run(ctx) })
	k.at.Go(func() { k.sweeps.Run(ctx) })
	for _, t := range k.trainers {
		k.at.Go(func() { t.Enlist(ctx) })
	}
}

// handler answers for the runs until ctx ends.
func (k *keeper) handler(ctx context.Context, machine string) http.Handler {
	server := api.Server{
		Store: k.store, Queue: k.queue, Sweeps: k.sweeps, Machine: machine, Where: k.trainers[0].Where, Missing: k.missing, Stderr: k.trainers[0].Stderr,
		Ended: ctx,
	}
	return server.Handler()
}

// rest waits until the queue is at rest, once ctx has ended.
func (k *keeper) rest() {
	k.at.Wait()
	for _, t := range k.trainers {
		t.Close()
	}
}

// already says where the program answers that has a store.
func already(err error) error {
	held := (*jetstore.HeldError)(nil)
	if errors.As(err, &held) && held.Holder.Address != "" {
		address, _, _ := strings.Cut(held.Holder.Address, "#") // what remote.Pinned adds is for programs
		return command.Usage("Unpool is already running at %s and stores its runs in %s; choose another folder with -store", address, held.Dir)
	}
	return err
}

// unkept says that no runs are kept, and why.
func (m *Main) unkept(why error) http.Handler {
	fmt.Fprintf(m.Stderr, "This server stores and trains no runs; they are trained only in the browser: %v\n", why)
	return api.Without()
}
