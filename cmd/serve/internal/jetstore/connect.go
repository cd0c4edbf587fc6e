package jetstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// Cluster is a NATS server or cluster that others run, and how to connect to it. Files that are not named are not used.
type Cluster struct {
	URL         string // such as tls://nats.lab:4222; several with commas between them
	Credentials string // file of a user's credentials
	CA          string // file of the certificates by which the server is known
	Cert, Key   string // files of the client's own certificate
}

// common are the options of all connections. What goes wrong outside a request is repaired by the client, or fails the next one; it would
// be written on the terminal.
func common() []nats.Option {
	return []nats.Option{nats.Name("unpool"), nats.Timeout(patience), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})}
}

// Name is the URL for people, without passwords and tokens.
func (c Cluster) Name() string {
	var all []string
	for one := range strings.SplitSeq(c.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" { // such as host:port
			_, host, found := strings.Cut(one, "@")
			if !found {
				host = one
			}
			all = append(all, strings.TrimSpace(host))
			continue
		}
		u.User = nil
		all = append(all, u.String())
	}
	return strings.Join(all, ",")
}

// schemes are those of the addresses at which NATS answers.
var schemes = []string{"nats", "tls", "ws", "wss"}

// Check reports what is wrong with an address or a file, before a server is asked. It names no password.
func (c Cluster) Check() error {
	for one := range strings.SplitSeq(c.URL, ",") {
		if one = strings.TrimSpace(one); !strings.Contains(one, "://") {
			one = "nats://" + one
		}
		u, err := url.Parse(one)
		if err != nil || u.Host == "" {
			return fmt.Errorf("-nats: %q is not the address of a NATS server, which looks like nats://nats.lab:4222", c.Name())
		}
		if !slices.Contains(schemes, u.Scheme) {
			return fmt.Errorf("-nats: %s begins with %s://, but NATS is reached by nats:// or tls://, or by ws:// or wss:// if it serves WebSockets", c.Name(), u.Scheme)
		}
	}
	if c.Credentials != "" {
		text, err := os.ReadFile(c.Credentials)
		if err == nil {
			_, err = nkeys.ParseDecoratedNKey(text)
		}
		if err != nil {
			return fmt.Errorf("-nats-creds: %s holds no credentials of a NATS user: %w", c.Credentials, err)
		}
	}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err == nil && !x509.NewCertPool().AppendCertsFromPEM(text) {
			err = errors.New("it has no PEM certificate")
		}
		if err != nil {
			return fmt.Errorf("-nats-ca: %s holds no certificates: %w", c.CA, err)
		}
	}
	if c.Cert != "" {
		if _, err := tls.LoadX509KeyPair(c.Cert, c.Key); err != nil {
			return fmt.Errorf("-nats-cert, -nats-key: %w", err)
		}
	}
	return nil
}

// A server that hangs is left for another one of its cluster after a few pings without an answer: sooner than requests are given up.
const (
	pingEvery = 2 * time.Second
	mostPings = 2
)

// Connect opens the store in a cluster. It may be open in any number of processes; a run is held by one writer among them.
func Connect(ctx context.Context, c Cluster) (*Store, error) {
	options := append(common(), nats.MaxReconnects(-1), nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(mostPings))
	if c.Credentials != "" {
		options = append(options, nats.UserCredentials(c.Credentials))
	}
	if c.CA != "" {
		options = append(options, nats.RootCAs(c.CA))
	}
	if c.Cert != "" {
		options = append(options, nats.ClientCert(c.Cert, c.Key))
	}
	conn, err := nats.Connect(c.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("cannot reach NATS at %s: %w", c.Name(), err)
	}
	s, err := start(ctx, conn, nil, leaseFor)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("NATS at %s: %w", c.Name(), err)
	}
	return s, nil
}
