package remote

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net/http"
)

// A server may have a certificate that no authority has signed, or that is for another name than the one by which it is asked here. So an
// announced address has, as its fragment, the SHA-256 of the certificate: a client takes that one and no other.

// Pinned returns an address with the certificate, in DER, that the server there has; nil for plain HTTP.
func Pinned(address string, certificate []byte) string {
	if certificate == nil {
		return address
	}
	sum := sha256.Sum256(certificate)
	return address + "#" + hex.EncodeToString(sum[:])
}

// pinned returns the transport for a server whose certificate has a given sum.
func pinned(sum string) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // since VerifyConnection checks instead
		VerifyConnection: func(s tls.ConnectionState) error {
			if got := sha256.Sum256(s.PeerCertificates[0].Raw); hex.EncodeToString(got[:]) != sum {
				return errors.New("another server answers there: its certificate is not the expected one")
			}
			return nil
		},
	}
	return t
}
