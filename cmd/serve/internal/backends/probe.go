//go:build cgo && linux

package backends

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/gomlx/go-xla/pjrt"
)

// probeVariable has a process try a plugin and end; it holds a trial as JSON.
const probeVariable = "UNPOOL_PROBE"

// trial is what such a process does.
type trial struct {
	Path   string
	Kind   string
	Device int
	Client bool // open the device, too
}

// probe loads a plugin in a process of its own, since a damaged file or a mistake in XLA_FLAGS may end it.
// The flags are read when the device is opened.
func probe(t trial) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), probeVariable+"="+string(text))
	var said bytes.Buffer
	cmd.Stderr = &said
	err = cmd.Run()
	if failed := (*exec.ExitError)(nil); err == nil || !errors.As(err, &failed) {
		return err
	}
	if m := fatal.FindStringSubmatch(said.String()); m != nil && t.Client {
		why := m[1]
		if strings.Contains(why, "Flag parsing failed") { // it does not say which flag
			why = "a flag's value is not of its type"
		}
		return fmt.Errorf("XLA_FLAGS=%q does not suit the PJRT plugin %s: %s", os.Getenv("XLA_FLAGS"), t.Path, why)
	}
	return fmt.Errorf("the PJRT plugin %s ends the process that loads it: the file is damaged, or this machine lacks what it needs", t.Path)
}

// fatal is the line in which the plugin says why it ends the process.
var fatal = regexp.MustCompile(`(?m)^F\d+ .*?\] (.*)$`)

// Probing does the work of a process that was started by probe, and reports whether this is one: it then should end.
func Probing() bool {
	text := os.Getenv(probeVariable)
	if text == "" {
		return false
	}
	silence()
	var t trial
	if json.Unmarshal([]byte(text), &t) != nil {
		return true
	}
	p, err := pjrt.GetPlugin(t.Path)
	if err != nil || !t.Client {
		return true // the caller meets the same error
	}
	options := pjrt.NamedValuesMap{"cpu_device_count": int64(1)}
	if t.Kind == XLACUDA {
		options = pjrt.NamedValuesMap{"preallocate": false, "visible_devices": []int64{int64(t.Device)}}
	}
	if c, err := p.NewClient(options); err == nil {
		c.Destroy()
	}
	return true
}
