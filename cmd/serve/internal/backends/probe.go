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

// fatal is the line in which the plugin says why it ends the process.
var fatal = regexp.MustCompile(`(?m)^F\d+ .*?\] (.*)$`)

func reason(said string) string {
	m := fatal.FindStringSubmatch(said)
	switch {
	case m == nil:
		return "it ends the process that loads it"
	case strings.Contains(m[1], "Flag parsing failed"): // it does not say which flag
		return "a flag's value is not of its type"
	}
	return m[1]
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
