package httpd

import (
	"net"
	"os"
)

// reachable returns the URL, with http or https, of an address that may mean every address of this machine.
func reachable(scheme string, a net.Addr) string {
	host, port, _ := net.SplitHostPort(a.String()) // a listener's own address
	if unspecified(host) {
		host = "localhost"
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}

// reachableByNumber is reachable for devices that may not know this machine's name, as phones do not.
func reachableByNumber(scheme string, a net.Addr) string {
	host, port, _ := net.SplitHostPort(a.String())
	if number := inNetwork(); unspecified(host) && number != "" {
		return scheme + "://" + net.JoinHostPort(number, port) + "/"
	}
	return reachable(scheme, a)
}

func unspecified(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsUnspecified()
}

// inNetwork is this machine's IPv4 address in its network: the one from which it would reach others, or, where there is no way out, its first. It is ""
// without a network.
func inNetwork() string {
	if c, err := net.Dial("udp4", "192.0.2.1:9"); err == nil { // an address of nobody's; nothing is sent
		defer c.Close()
		host, _, _ := net.SplitHostPort(c.LocalAddr().String())
		return host
	}
	all, _ := net.InterfaceAddrs() // none, if they cannot be listed
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return ""
}
