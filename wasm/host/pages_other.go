//go:build unix && !linux

package host

// hugePages does nothing: only Linux is asked.
func hugePages([]byte) {}
