package jetstore

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"unpool/core/store"
	"unpool/core/store/storetest"
)

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// opened is the store in a folder, until the test ends.
func opened(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func TestEmbedded(t *testing.T) {
	storetest.Test(t, 300, func(t *testing.T) storetest.Open {
		s := opened(t, filepath.Join(t.TempDir(), "store"))
		return func() store.Store { return s }
	})
}

// listening is the address of a NATS server outside the store.
func listening(t testing.TB) string {
	t.Helper()
	s, err := natsserver.NewServer(&natsserver.Options{
		Host: "127.0.0.1", Port: natsserver.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	})
	must(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS does not start")
	}
	return s.ClientURL()
}

// Each program has a connection of its own.
func TestConnected(t *testing.T) {
	storetest.Test(t, 200, func(t *testing.T) storetest.Open {
		url := listening(t)
		return func() store.Store {
			s, err := Connect(t.Context(), Cluster{URL: url})
			must(t, err)
			t.Cleanup(func() { must(t, s.Close()) })
			return s
		}
	})
}
