package hostcheck

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// Root is the address of a site's root, which ends with a slash, and the value of a flag.
type Root struct{ url url.URL }

// String returns the address; "" for none.
func (r Root) String() string { return r.url.String() }

// Set reads an address, with or without its last slash.
func (r *Root) Set(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("it is not the address of a site, like https://example.org/unpool/")
	}
	if !strings.HasSuffix(u.Path, "/") {
		u = u.JoinPath("/")
	}
	r.url = *u
	return nil
}

// trusted reports whether browsers let a site at the address use threads and a service worker.
func (r Root) trusted() bool {
	ip, err := netip.ParseAddr(r.url.Hostname())
	return r.url.Scheme == "https" || err == nil && ip.IsLoopback() || r.url.Hostname() == "localhost"
}
