//go:build cgo && linux

package backends

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
	"k8s.io/klog/v2"

	"unpool/core/run"
)

func init() {
	xla.EnableAutoInstall(false) // nothing is ever downloaded
}

// HasXLA reports whether XLA is built in.
const HasXLA = true

// minAPI is the oldest minor version of PJRT's interface that go-xla was seen to work with; its major version is 0.
const minAPI = 81

// openXLA opens XLA for a kind of device: XLACUDA, XLACPU, or XLA for what the plugin is for. It notes in s what it finds
// on the way.
func openXLA(o Options, kind string, s *Survey) (*Backend, error) {
	plugin, err := findPlugin(o, kind)
	if err != nil {
		return nil, err
	}
	s.Plugin = plugin
	if kind == XLA {
		if kind = kindOf(plugin.Path); kind == "" {
			kind = XLACUDA // inspect says what is wrong
		}
	}
	s.Kind = kind
	if o.TF32 && kind == XLACPU {
		return nil, misuse("-tf32: only GPUs can round like this, but the plugin is for cpu")
	}
	if err := inspect(plugin.Path, kind); err != nil {
		return nil, err
	}
	if !o.Verbose {
		if err := quiet(); err != nil {
			return nil, err
		}
	}
	if err := o.prepare(kind, plugin); err != nil {
		return nil, err
	}
	loaded, err := load(plugin.Path, kind)
	if err != nil {
		return nil, err
	}
	major, minor := loaded.Version()
	s.PJRT, s.CUDA = fmt.Sprintf("%d.%d", major, minor), cudaVersion(loaded)
	if kind == XLACUDA {
		s.Libraries, s.Missing = libraries(plugin.Path)
	}
	b, err := o.client(kind, plugin.Path)
	if err != nil {
		return nil, err
	}
	for i := range b.NumDevices() {
		s.Devices = append(s.Devices, b.DeviceDescription(compute.DeviceNum(i)))
	}
	where := run.Where{Backend: kind}
	if kind == XLACUDA {
		where.Machine = fmt.Sprintf("%s, CUDA %s, PJRT %s", o.gpuName(), s.CUDA, s.PJRT)
	} else {
		where.Threads = o.cpuThreads()
		where.Machine = fmt.Sprintf("%s, %d threads, PJRT %s", o.Env.processor(), where.Threads, s.PJRT)
	}
	where.Tier = where.Machine
	if kind == XLACUDA {
		where.Tier += fmt.Sprintf(", GPU %d", o.Device)
	}
	if o.TF32 {
		where.Precision = "tf32"
		where.Tier += ", tf32"
	}
	return &Backend{Backend: b, Where: where, Accelerator: true}, nil
}

// findPlugin looks for a plugin; of XLA for any device, CUDA's is meant unless one is named.
func findPlugin(o Options, kind string) (Plugin, error) {
	if kind == XLA {
		kind = XLACUDA
	}
	return o.Env.find(o.Plugin, kind)
}

// prepare sets what plugins read from the environment when they are loaded, and tries the plugin in another process.
func (o Options) prepare(kind string, plugin Plugin) error {
	flags := os.Getenv("XLA_FLAGS") != ""               // the user's, which may be wrong
	set := map[string]string{"GOPJRT_CUDA_CHECKS": "0"} // go-xla's advice is about an installation of its own
	if o.Verbose {
		set["TF_CPP_MIN_LOG_LEVEL"] = "0"
	}
	if kind == XLACPU {
		set["PJRT_NPROC"] = strconv.Itoa(o.cpuThreads())
	} else {
		// go-xla asks for full float32 in products; in convolutions it cannot, and cuDNN would round.
		set["NVIDIA_TF32_OVERRIDE"] = "0"
		if o.TF32 {
			set["NVIDIA_TF32_OVERRIDE"] = "1"
		}
		set["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID" // as nvidia-smi counts
		if dir := cudaData(o.Env, plugin.Path); dir != "" && ownFlags() {
			set["XLA_FLAGS"] = strings.TrimSpace(os.Getenv("XLA_FLAGS") + " --xla_gpu_cuda_data_dir=" + dir)
		}
	}
	for key, value := range set {
		if err := os.Setenv(key, value); err != nil {
			return err
		}
	}
	return probe(trial{Path: plugin.Path, Kind: kind, Device: o.Device, Client: flags})
}

// ownFlags reports whether XLA_FLAGS may get one more flag: where it is not the name of a file of flags, and does not say
// where CUDA is.
func ownFlags() bool {
	flags := strings.TrimSpace(os.Getenv("XLA_FLAGS"))
	return flags == "" || strings.HasPrefix(flags, "--") && !strings.Contains(flags, "xla_gpu_cuda_data_dir")
}

// cudaData is the folder with CUDA's assembler and its library of device code, which XLA needs to compile.
func cudaData(e Env, plugin string) string {
	packages := filepath.Dir(filepath.Dir(filepath.Dir(plugin)))
	for _, dir := range []string{
		filepath.Join(packages, "nvidia", "cu13"), filepath.Join(packages, "nvidia", "cuda_nvcc"), e.path("/usr/local/cuda"),
	} {
		if _, err := os.Stat(filepath.Join(dir, "nvvm")); err == nil && !strings.ContainsAny(dir, " \t\"'") { // they would cut the flag
			return dir
		}
	}
	return ""
}

// load brings a plugin into the process and refuses one that does not fit.
func load(path, kind string) (*pjrt.Plugin, error) {
	p, err := pjrt.GetPlugin(path)
	if err != nil {
		return nil, fmt.Errorf("the PJRT plugin %s cannot be loaded: %w", path, plain(err))
	}
	if major, minor := p.Version(); major != 0 || minor < minAPI {
		return nil, fmt.Errorf("the PJRT plugin %s speaks version %d.%d of PJRT's interface; 0.%d or a later 0.x is needed",
			path, major, minor, minAPI)
	}
	is := XLACPU
	if cudaVersion(p) != "" {
		is = XLACUDA
	}
	if is != kind {
		return nil, fmt.Errorf("the PJRT plugin %s is for %s, whatever its path says; move or rename it",
			path, strings.TrimPrefix(is, XLA+":"))
	}
	return p, nil
}

// cudaVersion is the CUDA version that a plugin was built for, such as "13.0"; "" where it was built for none.
func cudaVersion(p *pjrt.Plugin) string {
	v, ok := p.Attributes()["cuda_version"].(int64)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d.%d", v/1000, v%1000/10)
}

func (o Options) cpuThreads() int {
	if o.Threads > 0 {
		return min(o.Threads, runtime.NumCPU())
	}
	return runtime.NumCPU()
}

// client opens the devices of a loaded plugin.
func (o Options) client(kind, path string) (*xla.Backend, error) {
	config := path + ",tf32=" + strconv.FormatBool(o.TF32)
	options := pjrt.NamedValuesMap{}
	if kind == XLACPU {
		options["cpu_device_count"] = int64(1) // else one for each processor
	} else {
		config += fmt.Sprintf(",visible_devices=%d", o.Device)
		if o.Memory > 0 {
			config += fmt.Sprintf(",memory_fraction=%g", o.Memory)
		}
	}
	b, err := xla.NewWithOptions(config, options)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the PJRT plugin %s finds no device to compute on: %w", path, plain(err))
	case b.NumDevices() == 0:
		b.Finalize()
		return nil, fmt.Errorf("the PJRT plugin %s finds no device to compute on", path)
	}
	return b, nil
}

// plain is an error without a library's stack trace, on one line, from where PJRT's own words begin.
func plain(err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if _, said, ok := strings.Cut(text, "PJRT error "); ok {
		if _, words, ok := strings.Cut(said, ": "); ok {
			text = words
		}
	}
	return errors.New(text)
}

// libraries looks for those that a CUDA plugin loads from the folders beside it.
func libraries(plugin string) (found, missing []string) {
	packages := filepath.Dir(filepath.Dir(filepath.Dir(plugin)))
	for _, name := range []string{"libcudart", "libcublas", "libcudnn", "libcufft", "libcusolver", "libcusparse", "libnccl", "libnvJitLink"} {
		match, err := filepath.Glob(filepath.Join(packages, "nvidia", "*", "lib", name+".so*"))
		if err != nil || len(match) == 0 {
			missing = append(missing, name)
			continue
		}
		found = append(found, slices.Max(match))
	}
	return found, missing
}

// silence keeps the Go libraries' log lines from the user.
func silence() { klog.SetLogger(klog.Logger{}) }
