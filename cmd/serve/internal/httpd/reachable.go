package httpd

import (
	"net"
	"os"
)

// reachable returns the URL, with http or https, of an address that may mean every address of this machine.
func reachable(scheme string, a net.Addr) string {
	host, port, _ := net.SplitHostPort(a.String()) // a listener's own address
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}
