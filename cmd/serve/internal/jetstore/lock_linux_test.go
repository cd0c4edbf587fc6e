package jetstore

import (
	"errors"
	"os"
	"testing"
)

// The note of a killed process about who holds the store does not keep another one out on a full disk, nor does it still name that process.
func TestStaleHolderOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err, s.Announce("http://127.0.0.1:1/"))
	_, err = s.upload(t.Context(), "never", write("left by the kill"))
	must(t, err)
	crashed(t, s)
	must(t, os.Symlink("/dev/full", s.server.hold.path()+".tmp")) // what is written there finds no space on the device
	s = opened(t, dir)
	if left := leftovers(t, s); len(left) != 0 {
		t.Errorf("%q are left", left)
	}
	_, err = Open(t.Context(), dir, 0)
	if held := (*HeldError)(nil); !errors.As(err, &held) || held.Holder != (Holder{}) {
		t.Errorf("another process is told %v", err)
	}
	must(t, s.Announce("http://127.0.0.1:2/")) // there is room again
	_, err = Open(t.Context(), dir, 0)
	if held := (*HeldError)(nil); !errors.As(err, &held) || held.Holder.Address != "http://127.0.0.1:2/" {
		t.Errorf("another process is told %v", err)
	}
}
