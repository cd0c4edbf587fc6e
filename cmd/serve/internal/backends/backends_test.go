package backends

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// machine is an Env made up of files in a folder, and of variables.
func machine(t *testing.T, smi string, variables map[string]string, files ...string) Env {
	t.Helper()
	root := t.TempDir()
	for _, name := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Env{
		Root:   root,
		Getenv: func(key string) string { return strings.ReplaceAll(variables[key], "ROOT", root) },
		SMI: func() ([]byte, error) {
			if smi == "" {
				return nil, errors.New("there is no nvidia-smi")
			}
			return []byte(smi), nil
		},
	}
}

const h100 = "NVIDIA H100 80GB HBM3, 81559, 80994, 580.95.05\n"

func TestCheck(t *testing.T) {
	for says, o := range map[string]Options{
		`"gpu" is not known; use one of auto, xla`:             {Backend: "gpu"},
		"-threads: -1 is negative":                             {Backend: Auto, Threads: -1},
		"-exact: only the native and wasm backends":            {Backend: Go, Exact: true},
		"leave out -backend xla:cuda":                          {Backend: XLACUDA, Exact: true},
		"-gpu-memory: 1.5 is outside 0 to 1":                   {Backend: XLA, Memory: 1.5},
		"-gpu-memory: NaN is outside":                          {Backend: XLA, Memory: math.NaN()},
		"-gpu and -gpu-memory work only with XLA":              {Backend: Wasm, Memory: 0.5},
		"leave them out for -backend go":                       {Backend: Go, Device: 1},
		"-gpu: -1 is negative":                                 {Backend: XLA, Device: -1},
		"-tf32: only GPUs can round like this":                 {Backend: XLACPU, TF32: true},
		"-pjrt: a plugin is for XLA; leave it out":             {Backend: Wasm, Plugin: "x.so"},
		"-tf32: only GPUs can round like this (-backend xla:c": {Backend: Auto, TF32: true, Exact: true},
	} {
		_, err := Open(o)
		if wrong := (*UsageError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v does not say %q", o, err, says)
		}
	}
}

// ours is the one of our backends that is the fastest on a machine.
func (e Env) ours() string {
	if e.native() != "" {
		return Native
	}
	return Wasm
}

// What auto chooses, and what it says about it first.
func TestAuto(t *testing.T) {
	for name, c := range map[string]struct {
		env    Env
		exact  bool
		begins string
	}{
		"no GPU":                  {machine(t, "", nil), false, "backend " + Env{}.ours() + " ("},
		"a GPU and no plugin":     {machine(t, h100, nil, "dev/nvidia0", "dev/nvidiactl"), false, "An NVIDIA GPU is here and is not used: "},
		"a GPU of Windows":        {machine(t, h100, nil, "dev/dxg"), false, "An NVIDIA GPU is here and is not used: "},
		"another GPU of Windows":  {machine(t, "", nil, "dev/dxg"), false, "backend " + Env{}.ours() + " ("},
		"a driver without a GPU":  {machine(t, "", nil, "dev/nvidiactl"), false, "backend " + Env{}.ours() + " ("},
		"an exact run":            {machine(t, h100, nil, "dev/nvidia0"), true, "backend " + Env{}.ours() + " ("},
		"no native code":          {machine(t, "", map[string]string{"UNPOOL_CPU": "none"}), false, "backend wasm (SIMD, 1 thread"},
		"a plugin for processors": {machine(t, "", map[string]string{"UNPOOL_PJRT": "ROOT/cpu.so"}, "cpu.so"), false, "backend " + Env{}.ours() + " ("},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := Open(Options{Backend: Auto, Exact: c.exact, Threads: 1, Env: c.env})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Finalize()
			if b.Where.Backend != c.env.ours() || b.Accelerator || !strings.HasPrefix(b.Why, c.begins) || strings.Contains(b.Why, "\n") {
				t.Errorf("%+v, want %s and one line that begins with %q", b, c.env.ours(), c.begins)
			}
		})
	}
}

// Whoever names a plugin, or asks for what only a GPU does, gets it or an error, and nothing else instead.
func TestAutoAsked(t *testing.T) {
	env := machine(t, h100, nil, "dev/nvidia0")
	for name, o := range map[string]Options{"a plugin": {Plugin: env.path("none.so")}, "tf32": {TF32: true}} {
		o.Backend, o.Env = Auto, env
		if b, err := Open(o); err == nil {
			b.Finalize()
			t.Errorf("%s: it took %s", name, b.Where)
		}
	}
}

// The plugin that is named wins; then the active environment's, the newest CUDA first.
func TestFindPlugin(t *testing.T) {
	const (
		venv   = "venv/lib/python3.12/site-packages/jax_plugins/"
		user   = "home/.local/lib/python3.11/site-packages/jax_plugins/xla_cuda12/xla_cuda_plugin.so"
		own    = "home/.local/lib/go-xla/nvidia/pjrt_c_api_cuda_plugin.so"
		system = "usr/local/lib/python3.12/dist-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so"
		cpu    = "usr/local/lib/go-xla/pjrt_c_api_cpu_plugin.so"
	)
	all := []string{venv + "xla_cuda12/xla_cuda_plugin.so", venv + "xla_cuda13/xla_cuda_plugin.so", user, own, system, cpu, "mine.so"}
	variables := map[string]string{"HOME": "ROOT/home", "VIRTUAL_ENV": "ROOT/venv"}
	with := func(key, value string) map[string]string {
		return map[string]string{"HOME": "ROOT/home", "VIRTUAL_ENV": "ROOT/venv", key: value}
	}
	for name, c := range map[string]struct {
		env               Env
		named, kind, want string
		found             string
	}{
		"the active environment's newest": {machine(t, "", variables, all...), "", XLACUDA, all[1], "active virtual environment"},
		"Conda's":                         {machine(t, "", map[string]string{"CONDA_PREFIX": "ROOT/venv"}, all...), "", XLACUDA, all[1], "active Conda environment"},
		"the user's":                      {machine(t, "", map[string]string{"HOME": "ROOT/home"}, all...), "", XLACUDA, user, "user's Python"},
		"the system's":                    {machine(t, "", nil, all...), "", XLACUDA, system, "system's Python"},
		"go-xla's":                        {machine(t, "", variables, own), "", XLACUDA, own, "go-xla's folder"},
		"for processors":                  {machine(t, "", variables, all...), "", XLACPU, cpu, "go-xla's folder"},
		"named by a variable":             {machine(t, "", with("UNPOOL_PJRT", "ROOT/mine.so"), all...), "", XLACUDA, "mine.so", "UNPOOL_PJRT"},
	} {
		p, err := c.env.find(c.named, c.kind)
		if want := filepath.Join(c.env.Root, c.want); err != nil || p.Path != want || !strings.Contains(p.Found, c.found) {
			t.Errorf("%s: %+v, %v; want %s", name, p, err, want)
		}
	}
	env := machine(t, "", with("UNPOOL_PJRT", "ROOT/other.so"), "mine.so", "real/cuda.so")
	if err := os.Symlink(env.path("real/cuda.so"), env.path("link.so")); err != nil {
		t.Fatal(err)
	}
	// A link leads to the file whose libraries are beside it.
	if p, err := env.find(env.path("link.so"), XLACUDA); err != nil || p.Path != env.path("real/cuda.so") || p.Found != "named by -pjrt" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := env.find("", XLACUDA); err == nil || !strings.Contains(err.Error(), "named by UNPOOL_PJRT") {
		t.Errorf("a named file that is not there: %v", err)
	}
	if _, err := machine(t, "", nil).find("", XLACUDA); err == nil || !strings.Contains(err.Error(), "no PJRT plugin for cuda was found") {
		t.Errorf("no plugin at all: %v", err)
	}
}

// library is a file that begins like a shared library with one segment.
func library(t *testing.T, kind elf.Type, machine elf.Machine, segment uint64) []byte {
	t.Helper()
	h := elf.Header64{
		Type: uint16(kind), Machine: uint16(machine), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64,
	}
	copy(h.Ident[:], []byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1})
	p := elf.Prog64{Type: uint32(elf.PT_LOAD), Filesz: segment, Memsz: segment}
	var b bytes.Buffer
	if err := errors.Join(binary.Write(&b, binary.LittleEndian, h), binary.Write(&b, binary.LittleEndian, p)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What cannot be a plugin is refused before the system's loader sees it.
func TestInspectRefuses(t *testing.T) {
	const cpu = elf.EM_X86_64
	dir := t.TempDir()
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"cpu_text.so":    {[]byte("hello"), "not a shared library, or a damaged one"},
		"cpu_empty.so":   {nil, "not a shared library, or a damaged one"},
		"cpu_object.so":  {library(t, elf.ET_REL, cpu, 0), "not a shared library"},
		"cpu_foreign.so": {library(t, elf.ET_DYN, elf.EM_PPC64, 0), "for another processor"},
		"cpu_cut.so":     {library(t, elf.ET_DYN, cpu, 4096), "cut short: 120 bytes, of at least 4096"},
		"cpu_other.so":   {library(t, elf.ET_DYN, cpu, 120), "symbols"},
		"cpu,2.so":       {nil, "comma"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.content, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := inspect(path, XLACPU); err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	if err := inspect(dir, XLACPU); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a folder: %v", err)
	}
}

func TestKindOf(t *testing.T) {
	for path, want := range map[string]string{
		"/opt/xla_cuda13/xla_cuda_plugin.so": XLACUDA, "/usr/lib/NVIDIA/plugin.so": XLACUDA, "/opt/pjrt_c_api_cpu_plugin.so": XLACPU,
		"/opt/plugin.so": "", "/opt/cuda/cpu_plugin.so": "",
	} {
		if got := kindOf(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestGPUs(t *testing.T) {
	env := machine(t, h100+"Tesla T4, 15360, [N/A], 535.1\nnonsense\n", nil)
	got, err := env.GPUs()
	want := []GPU{{"NVIDIA H100 80GB HBM3", 81559, 80994, "580.95.05"}, {"Tesla T4", 15360, 0, "535.1"}}
	if err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

// The advice names the commands for what is missing, and no others.
func TestAdvice(t *testing.T) {
	old := []GPU{{Name: "NVIDIA T4", Driver: "550.54"}}
	newer := []GPU{{Name: "NVIDIA H100", Driver: "580.95.05"}}
	broken := errors.New("no device")
	plugin := Plugin{Path: "p"}
	for name, c := range map[string]struct {
		survey    Survey
		says, not string
	}{
		"all is well":                  {Survey{GPUs: newer, Plugin: plugin}, "", "pip"},
		"no plugin":                    {Survey{GPUs: newer, Problem: broken}, `pip install "jax[cuda13]==0.11.2"`, "nvidia-smi"},
		"no plugin, older driver":      {Survey{GPUs: old, Problem: broken}, `pip install "jax[cuda12]==0.11.2"`, "nvidia-smi"},
		"no driver":                    {Survey{Plugin: plugin, PJRT: "0.115", Problem: broken}, "nvidia-smi", "pip"},
		"no libraries":                 {Survey{GPUs: newer, Plugin: plugin, PJRT: "0.115", Missing: []string{"libcudnn"}, Problem: broken}, "pip install", "nvidia-smi"},
		"a named file that is missing": {Survey{GPUs: newer, Named: true, Problem: broken}, "", "pip"},
		"a file that is no plugin":     {Survey{Named: true, Plugin: plugin, Problem: broken}, "", "nvidia-smi"},
		"no plugin for processors":     {Survey{Kind: XLACPU, Problem: broken}, "pip download", "nvidia-smi"},
	} {
		text := strings.Join(c.survey.Advice(), "\n")
		if !strings.Contains(text, c.says) || strings.Contains(text, c.not) || strings.Contains(text, "gcc") == HasXLA && c.survey.Problem != nil {
			t.Errorf("%s: %q, want %q and not %q", name, text, c.says, c.not)
		}
	}
}

func TestGPUName(t *testing.T) {
	const two = "NVIDIA H100, 1, 1, 580.1\nNVIDIA T4, 1, 1, 580.1\n"
	for name, c := range map[string]struct {
		smi, visible string
		device       int
		want         string
	}{
		"one":                     {h100, "", 0, "NVIDIA H100 80GB HBM3"},
		"no driver's program":     {"", "", 0, "NVIDIA GPU"},
		"the second of two":       {two, "", 1, "NVIDIA T4"},
		"another order":           {two, "1,0", 0, "NVIDIA T4"},
		"one that is not there":   {two, "", 2, "NVIDIA GPU"},
		"by names":                {two, "GPU-8f3", 0, "NVIDIA GPU"},
		"more than are visible":   {two, "1", 1, "NVIDIA GPU"},
		"alike, in another order": {h100 + h100, "GPU-8f3", 0, "NVIDIA H100 80GB HBM3"},
	} {
		o := Options{Device: c.device, Env: machine(t, c.smi, map[string]string{"CUDA_VISIBLE_DEVICES": c.visible})}
		if got := o.gpuName(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Every GPU that a program may use is a device of its own; a processor is one.
func TestDevices(t *testing.T) {
	for name, c := range map[string]struct {
		backend, smi, visible string
		want                  int
	}{
		"two":                 {Auto, h100 + h100, "", 2},
		"two, by name":        {XLACUDA, h100 + h100, "", 2},
		"two, one to be seen": {Auto, h100 + h100, "1", 1},
		"two, not asked for":  {Wasm, h100 + h100, "", 1},
		"no driver's program": {Auto, "", "", 1},
	} {
		want := c.want
		if !HasXLA {
			want = 1
		}
		o := Options{Backend: c.backend, Memory: 0.5, Env: machine(t, c.smi, map[string]string{"CUDA_VISIBLE_DEVICES": c.visible}, "dev/nvidia0")}
		all := o.Devices()
		if len(all) != want {
			t.Errorf("%s: %d devices, want %d", name, len(all), want)
		}
		for i, one := range all {
			if one.Device != i || one.Memory != 0.5 || one.Backend != c.backend {
				t.Errorf("%s: device %d is %+v", name, i, one)
			}
		}
	}
}
