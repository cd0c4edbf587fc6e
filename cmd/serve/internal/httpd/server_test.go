package httpd

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"
)

// serving runs a handler at an address until the test ends.
func serving(t *testing.T, l limits, certificate *tls.Certificate, h http.Handler) (address string) {
	t.Helper()
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.serve(ctx, listener, certificate, h) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// certified makes a certificate for this machine, and what trusts it.
func certified(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, &about, &about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// talk sends a text over a new connection and returns the answer, if one comes.
func talk(t *testing.T, address, text string) (*http.Response, error) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		return nil, err
	}
	return http.ReadResponse(bufio.NewReader(c), nil)
}

// Connections beyond the bound are told so, and those beyond that are closed; when some have ended, others take their place.
func TestConnectionsAreBounded(t *testing.T) {
	l := usual
	l.connections, l.told = 2, 1
	certificate, _ := certified(t)
	for _, c := range []*tls.Certificate{nil, &certificate} {
		address := serving(t, l, c, admit(http.NotFoundHandler(), access{}))
		dial := func() net.Conn {
			plain, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { plain.Close() })
			if c == nil {
				return plain
			}
			return tls.Client(plain, &tls.Config{InsecureSkipVerify: true})
		}
		ask := func(c net.Conn) (int, error) {
			if _, err := fmt.Fprintf(c, "GET /api/x HTTP/1.1\r\nHost: %s\r\n\r\n", address); err != nil {
				return 0, err
			}
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				return 0, err
			}
			if r.StatusCode == http.StatusServiceUnavailable {
				if secured(t, r); !r.Close {
					t.Error("a connection beyond the bound stays open")
				}
			}
			return r.StatusCode, nil
		}
		first, second := dial(), dial()
		for _, c := range []net.Conn{first, second} {
			if status, err := ask(c); status != http.StatusNotFound || err != nil {
				t.Fatalf("within the bound: status %d, %v", status, err)
			}
		}
		third := dial()
		if c, ok := third.(*tls.Conn); ok {
			if err := c.Handshake(); err != nil {
				t.Fatal(err)
			}
		} else {
			time.Sleep(50 * time.Millisecond) // until it is accepted before the fourth
		}
		if status, err := ask(dial()); err == nil {
			t.Errorf("beyond all bounds: status %d", status)
		}
		if status, err := ask(third); status != http.StatusServiceUnavailable || err != nil {
			t.Errorf("beyond the bound: status %d, %v", status, err)
		}
		first.Close()
		third.Close()
		for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			if status, _ := ask(dial()); status == http.StatusNotFound {
				break
			}
			if time.Now().After(until) {
				t.Fatal("no place becomes free")
			}
		}
	}
}

// Slow clients are cut off, but not an event stream, which sets its own deadlines.
func TestSlowClientsAreCutOff(t *testing.T) {
	const moment = 200 * time.Millisecond
	l := limits{header: moment, read: moment, write: moment, idle: moment, connections: 100, told: 1}
	certificate, pool := certified(t)
	for _, c := range []*tls.Certificate{nil, &certificate} {
		address := serving(t, l, c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/read" {
				if _, err := io.ReadAll(r.Body); err == nil {
					t.Error("a body that does not come has come")
				}
				return
			}
			control := http.NewResponseController(w)
			control.SetReadDeadline(time.Time{})
			for i := range 5 {
				control.SetWriteDeadline(time.Now().Add(time.Minute))
				fmt.Fprintln(w, i)
				control.Flush()
				time.Sleep(moment / 2)
			}
		}))
		scheme := "http"
		if c != nil {
			scheme = "https"
		}
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		client := http.Client{Transport: transport}
		r, err := client.Get(scheme + "://" + address + "/stream")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(r.Body); string(text) != "0\n1\n2\n3\n4\n" || err != nil {
			t.Errorf("the stream is %q, %v", text, err)
		}
		if want := map[bool]int{false: 1, true: 2}[c != nil]; r.ProtoMajor != want {
			t.Errorf("it comes over HTTP/%d, want %d", r.ProtoMajor, want)
		}
		if c != nil {
			continue
		}
		if r, err := talk(t, address, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"); err == nil && !r.Close {
			t.Error("the connection of a body that does not come stays open")
		}
		if r, err := talk(t, address, "GET / HTTP/1.1\r\nHost: x\r\n"); err == nil {
			t.Errorf("half a request is answered with %d", r.StatusCode)
		}
	}
}

// "OPTIONS *", which asks about the server itself, needs the token as all requests do.
func TestOptionsOfAll(t *testing.T) {
	address := serving(t, usual, nil, admit(newSite(t, nil).WithAPI(http.NotFoundHandler(), &Class{ended: t.Context()}), access{Token: "SECRET"}))
	for header, want := range map[string]int{"": 401, "Authorization: Bearer SECRET\r\n": 400} {
		r, err := talk(t, address, "OPTIONS * HTTP/1.1\r\nHost: "+address+"\r\n"+header+"\r\n")
		if err != nil || r.StatusCode != want {
			t.Errorf("with %q: %v, %v; want %d", header, r, err, want)
			continue
		}
		secured(t, r)
	}
}

func TestListen(t *testing.T) {
	l, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for address, taken := range map[string]bool{
		l.Addr().String(): true, "nonsense": false, "127.0.0.1": false, "127.0.0.1:x": false, "127.0.0.1:99999": false, "::1:80": false, ":-1": false,
	} {
		if l, err := listen(address); err == nil || errors.Is(err, ErrTaken) != taken {
			t.Errorf("%s: %v, %v", address, l, err)
		}
	}
}
