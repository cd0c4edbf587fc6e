package backends

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Env is what this machine and its user offer. The zero value is the process's own; a test puts other things in its
// place.
type Env struct {
	Getenv func(string) string    // nil for os.Getenv
	Root   string                 // the prefix of the system's paths; "" for none
	SMI    func() ([]byte, error) // what nvidia-smi prints; nil to run it
}

func (e Env) getenv(key string) string {
	if e.Getenv != nil {
		return e.Getenv(key)
	}
	return os.Getenv(key)
}

// path is a path of the system.
func (e Env) path(p string) string { return filepath.Join(e.Root, p) }

// processor names the processor, as far as the system says.
func (e Env) processor() string {
	name := runtime.GOARCH
	info, err := os.ReadFile(e.path("/proc/cpuinfo"))
	if err != nil {
		return name
	}
	for s := bufio.NewScanner(bytes.NewReader(info)); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return name
}

// gpu reports whether an NVIDIA GPU is here.
func (e Env) gpu() bool {
	if found, err := filepath.Glob(e.path("/dev/nvidia[0-9]*")); err == nil && len(found) > 0 {
		return true
	}
	if _, err := os.Stat(e.path("/dev/dxg")); err != nil { // where Windows lends Linux its GPU, of any make
		return false
	}
	list, err := e.GPUs()
	return err == nil && len(list) > 0
}

// visible is how many GPUs a program may use: those of CUDA_VISIBLE_DEVICES where that is set, else all that the driver lists.
func (e Env) visible() int {
	if named := e.getenv("CUDA_VISIBLE_DEVICES"); named != "" {
		return len(strings.Split(named, ","))
	}
	list, err := e.GPUs()
	if err != nil {
		return 1 // it is there, and the driver's program is not
	}
	return len(list)
}

// GPU is what the driver says of one device.
type GPU struct {
	Name        string
	Total, Free int    // MiB of memory
	Driver      string // its version, such as "580.95.05"
}

// GPUs asks the driver's own program, nvidia-smi, for the devices. There are none where it is missing or fails.
func (e Env) GPUs() (list []GPU, err error) {
	smi := e.SMI
	if smi == nil {
		smi = nvidiaSMI
	}
	out, err := smi()
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), ", ")
		if len(f) != 4 {
			continue
		}
		total, _ := strconv.Atoi(f[1]) // 0 where the driver says "[N/A]"
		free, _ := strconv.Atoi(f[2])
		list = append(list, GPU{Name: f[0], Total: total, Free: free, Driver: f[3]})
	}
	return list, nil
}

// gpuName is what the driver calls the GPU in use. CUDA_VISIBLE_DEVICES may list other devices than nvidia-smi.
func (o Options) gpuName() string {
	const unknown = "NVIDIA GPU"
	list, err := o.Env.GPUs()
	if err != nil || len(list) == 0 {
		return unknown
	}
	if !slices.ContainsFunc(list, func(g GPU) bool { return g.Name != list[0].Name }) {
		return list[0].Name
	}
	device := o.Device
	if visible := o.Env.getenv("CUDA_VISIBLE_DEVICES"); visible != "" {
		numbers := strings.Split(visible, ",")
		if device >= len(numbers) {
			return unknown
		}
		if device, err = strconv.Atoi(strings.TrimSpace(numbers[device])); err != nil {
			return unknown
		}
	}
	if device >= len(list) || device < 0 {
		return unknown
	}
	return list[device].Name
}

func nvidiaSMI() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "nvidia-smi", "--query-gpu=name,memory.total,memory.free,driver_version",
		"--format=csv,noheader,nounits").Output()
}
