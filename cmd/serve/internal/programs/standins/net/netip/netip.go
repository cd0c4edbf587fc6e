// Package netip stands in for net/netip, with which net/url checks the address in a host such as [::1]: here the browser has done so.
package netip

// Addr is net/netip's.
type Addr struct{}

// ParseAddr accepts everything.
func ParseAddr(string) (Addr, error) { return Addr{}, nil }

// Is4 returns false.
func (Addr) Is4() bool { return false }
