//go:build cgo && linux

package backends

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/gomlx/go-xla/pjrt"
)

// The variables by which a process learns that it is to load a plugin and end.
const (
	probePlugin = "UNPOOL_PROBE_PLUGIN"
	probeKind   = "UNPOOL_PROBE_KIND"
)

// probe loads a plugin and opens its devices in a process of its own, where a mistake in XLA_FLAGS shows.
func probe(kind, path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), probePlugin+"="+path, probeKind+"="+kind)
	var said bytes.Buffer
	cmd.Stderr = &said
	err = cmd.Run()
	if failed := (*exec.ExitError)(nil); err == nil || !errors.As(err, &failed) {
		return err
	}
	return fmt.Errorf("XLA_FLAGS=%q does not suit the PJRT plugin %s: %s", os.Getenv("XLA_FLAGS"), path, reason(said.String()))
}

// fatal is the line in which the plugin says why it ends the process, and the complaint about a flag's value that may
// come before it.
var (
	fatal = regexp.MustCompile(`(?m)^F\d+ .*?\] (?:Check failed: .*?\) )?(.*)$`)
	value = regexp.MustCompile(`(?m)^E\d+ .*?flag.*?\] (.*)$`)
)

func reason(said string) string {
	for _, form := range []*regexp.Regexp{value, fatal} {
		if m := form.FindStringSubmatch(said); m != nil {
			return m[1]
		}
	}
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return lines[len(lines)-1]
}

// Probing does the work of a process that was started by probe, and reports whether this is one: it then should end.
func Probing() bool {
	path := os.Getenv(probePlugin)
	if path == "" {
		return false
	}
	silence()
	p, err := pjrt.GetPlugin(path)
	if err != nil {
		return true // the caller meets the same error
	}
	options := pjrt.NamedValuesMap{}
	if os.Getenv(probeKind) == XLACPU {
		options["cpu_device_count"] = int64(1)
	}
	if c, err := p.NewClient(options); err == nil {
		c.Destroy()
	}
	return true
}
