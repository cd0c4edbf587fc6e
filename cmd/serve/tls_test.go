package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
)

// certificate makes a certificate that parent has signed, itself where that is nil, and writes it and its key as NAME.pem and NAME.key into a folder.
func certificate(t *testing.T, dir, name string, parent *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signer, signs := about, any(key)
	if parent == nil {
		about.IsCA, about.KeyUsage = true, x509.KeyUsageCertSign
	} else {
		signer, signs = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, about, signer, key.Public(), signs)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert, private := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	pair, err := tls.X509KeyPair(cert, private)
	err = errors.Join(err, os.WriteFile(filepath.Join(dir, name+".pem"), cert, 0o600), os.WriteFile(filepath.Join(dir, name+".key"), private, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// NATS may use TLS, and demand a certificate.
func TestClusterWithTLS(t *testing.T) {
	dir := t.TempDir()
	ca := certificate(t, dir, "ca", nil)
	pool := x509.NewCertPool()
	pool.AddCert(ca.Leaf)
	at := natsOf(t, natsserver.Options{TLS: true, TLSVerify: true, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{certificate(t, dir, "server", &ca)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}})
	certificate(t, dir, "client", &ca)
	file := func(name string) string { return filepath.Join(dir, name) }
	all := []string{"-nats-ca", file("ca.pem"), "-nats-cert", file("client.pem"), "-nats-key", file("client.key")}
	for _, test := range []struct {
		flags []string
		says  string // "" where it works
	}{
		{all, ""},
		{all[:2], "cannot reach NATS"},
		{all[2:], "certificate signed by unknown authority"},
		{append([]string{"-nats-creds", file("none.creds")}, all...), "none.creds"},
	} {
		_, stderr, code := asked(t, t.Context(), "", append([]string{"runs", "-nats", at}, test.flags...)...)
		if (code == exitDone) != (test.says == "") || !strings.Contains(stderr, test.says) {
			t.Errorf("%q: exit code %d, %s; want %q", test.flags, code, stderr, test.says)
		}
	}
}
