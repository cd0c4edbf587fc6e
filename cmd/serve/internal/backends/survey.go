package backends

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// Survey is what a machine has for computing on a GPU, or on whatever the named plugin is for.
type Survey struct {
	GPUs      []GPU
	Kind      string   // of device, XLACUDA or XLACPU
	Named     bool     // the user named a plugin
	Plugin    Plugin   // zero where there is none
	PJRT      string   // the version of the interface that the plugin speaks; "" when it was not loaded
	CUDA      string   // that the plugin was built for; "" for none
	Libraries []string // of CUDA's, found beside the plugin
	Missing   []string // that should be there
	Devices   []string // that the plugin sees, in its words
	Backend   *Backend // open, for the caller to try and to finalise; nil where it cannot be used
	Problem   error    // why it cannot
}

// Look surveys the machine. o.Backend is XLA, XLACUDA or XLACPU.
func Look(o Options) Survey {
	s := Survey{Kind: o.Backend, Named: o.Plugin != "" || o.Env.getenv("UNPOOL_PJRT") != ""}
	if list, err := o.Env.GPUs(); err == nil {
		s.GPUs = list
	}
	s.Backend, s.Problem = openXLA(o, o.Backend, &s)
	return s
}

// driverFor13 is the first version of NVIDIA's driver for which there is CUDA 13.
const driverFor13 = 580

// Advice is what to do about a problem, as lines that say why and, indented, commands to type.
func (s Survey) Advice() (lines []string) {
	if s.Problem == nil {
		return nil
	}
	if runtime.GOOS != "linux" {
		return []string{"Use Linux, or Windows's own (WSL 2), on a machine with an NVIDIA GPU."}
	}
	if !HasXLA {
		lines = append(lines, "XLA is built in where there is a C compiler (this is Debian's command):", "  sudo apt install gcc libc6-dev")
	}
	absent := s.Plugin == Plugin{} && !s.Named
	if s.Kind == XLACPU {
		if absent {
			lines = append(lines, "A plugin for CPUs is in a Python package; unzip it and name its .so with -pjrt:",
				"  pip download --no-deps lammps-jax-pjrt-cpu==0.11.2")
		}
		return lines
	}
	loaded := s.PJRT != ""
	if len(s.GPUs) == 0 && (absent || loaded) {
		lines = append(lines, "The driver's program finds no GPU. It must print a table:", "  nvidia-smi")
	}
	if absent || loaded && len(s.Missing) > 0 {
		cuda := "cuda13"
		if len(s.GPUs) > 0 && s.GPUs[0].driver() < driverFor13 {
			cuda = "cuda12"
		}
		lines = append(lines, "The plugin and the libraries come with Python's JAX, in a folder of their own. Activate it before each start:",
			"  python3 -m venv ~/unpool-gpu", "  . ~/unpool-gpu/bin/activate", fmt.Sprintf("  pip install \"jax[%s]==0.11.2\"", cuda))
	}
	return lines
}

// driver is the driver's major version; 0 when unknown.
func (g GPU) driver() int {
	major, _, _ := strings.Cut(g.Driver, ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return 0
	}
	return n
}
