package jetstore

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/store"
	"unpool/core/store/storetest"
)

// ports are free ones.
func ports(t *testing.T, n int) (all []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer l.Close()
		all = append(all, l.Addr().(*net.TCPAddr).Port)
	}
	return all
}

// cluster is three NATS servers, and their addresses as one.
func cluster(t *testing.T) (servers []*natsserver.Server, urls string) {
	t.Helper()
	var routes []*url.URL
	at := ports(t, 3)
	for _, port := range at {
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	var all []string
	for i, port := range at {
		s, err := natsserver.NewServer(&natsserver.Options{
			ServerName: fmt.Sprint("server-", i), Host: "127.0.0.1", Port: natsserver.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(),
			NoSigs: true, NoLog: true,
			Cluster: natsserver.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: port}, Routes: routes,
		})
		must(t, err)
		go s.Start()
		t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		servers = append(servers, s)
	}
	for _, s := range servers {
		if !s.ReadyForConnections(30 * time.Second) {
			t.Fatal("NATS does not start")
		}
		all = append(all, s.ClientURL())
	}
	for _, s := range servers {
		for !s.JetStreamIsCurrent() {
			time.Sleep(10 * time.Millisecond)
		}
	}
	return servers, strings.Join(all, ",")
}

func joined(t *testing.T, urls string) *Store {
	t.Helper()
	s, err := Connect(t.Context(), Cluster{URL: urls})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

// A cluster of three is a store like any other.
func TestCluster(t *testing.T) {
	_, urls := cluster(t)
	storetest.Test(t, 100, func(t *testing.T) storetest.Open {
		s := joined(t, urls)
		all, err := s.List(t.Context()) // of the test before
		must(t, err)
		for _, sum := range all {
			must(t, s.Delete(t.Context(), sum.ID))
		}
		return func() store.Store { return joined(t, urls) }
	})
}

// While a server of three is gone, runs are written and followed further, and nothing is lost or there twice.
func TestClusterLosesAServer(t *testing.T) {
	servers, urls := cluster(t)
	s := joined(t, urls)
	for _, stream := range []jetstream.Stream{s.events, s.documents, s.chunks, s.leases} {
		if i, err := info(t.Context(), stream); err != nil || i.Config.Replicas != 3 {
			t.Errorf("%+v, %v: not on three servers", i, err)
		}
	}
	w, err := s.Create(t.Context(), "a")
	must(t, err)
	const n = 60
	seen, follower := make(chan error, 1), joined(t, urls)
	go func() {
		next := uint64(1)
		for r, err := range follower.Watch(t.Context(), "a", 1) {
			if err != nil || r.Seq != next {
				seen <- fmt.Errorf("event %d came as %d: %w", next, r.Seq, err)
				return
			}
			if next++; next > n {
				seen <- nil
				return
			}
		}
	}()
	leader := 0
	for i, one := range servers {
		if one.JetStreamIsStreamLeader("$G", eventsStream) {
			leader = i
		}
	}
	for seq := uint64(1); seq <= n; seq++ {
		if seq == n/3 {
			servers[leader].Shutdown()
		}
		must(t, w.Append(event(seq)))
		if seq%10 == 0 {
			must(t, w.Put("last", write(strings.Repeat("x", int(seq)))))
		}
	}
	must(t, w.Close())
	if differs := compareOne(t, s, "a", contents{n, map[string]string{"last": strings.Repeat("x", n)}}); differs != "" {
		t.Error(differs)
	}
	select {
	case err := <-seen:
		must(t, err)
	case <-time.After(time.Minute):
		t.Error("not all events came")
	}
}
