package main

import (
	"encoding/json"
	"net"
	"net/url"
	"os"
	"strconv"
	"testing"

	natsserver "github.com/nats-io/nats-server/v2/server"
)

// asNATS makes the test's own program be a NATS server, so that a test can kill it; it holds a node as JSON.
const asNATS = "UNPOOL_TEST_AS_NATS"

// node is one server of a NATS cluster.
type node struct {
	Name, Dir   string
	Port, Route int   // for clients, and for the other servers
	Routes      []int // of all
}

// nodeIsAll runs a node until it is killed, if this process is to be one, and reports whether it was.
func nodeIsAll() bool {
	text := os.Getenv(asNATS)
	if text == "" {
		return false
	}
	var n node
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		panic(err)
	}
	o := &natsserver.Options{ServerName: n.Name, Host: "127.0.0.1", Port: n.Port, JetStream: true, StoreDir: n.Dir, NoLog: true, NoSigs: true}
	if len(n.Routes) > 1 {
		o.Cluster = natsserver.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: n.Route}
		for _, port := range n.Routes {
			o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))})
		}
	}
	s, err := natsserver.NewServer(o)
	if err != nil {
		panic(err)
	}
	s.Start()
	s.WaitForShutdown()
	return true
}

// freePorts are ports that nobody listens on.
func freePorts(t *testing.T, n int) (all []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		all = append(all, l.Addr().(*net.TCPAddr).Port)
	}
	return all
}
