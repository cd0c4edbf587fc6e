package backends

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Plugin is the file of a PJRT plugin: XLA for one kind of device.
type Plugin struct {
	Path  string // its real file, links resolved: the libraries it needs are found from there
	Found string // where, in words
}

// installs are where people have plugins, the most deliberate place first. A pattern is for filepath.Glob.
func (e Env) installs() (list []struct{ pattern, where string }) {
	add := func(where string, patterns ...string) {
		for _, p := range patterns {
			list = append(list, struct{ pattern, where string }{p, where})
		}
	}
	wheel := filepath.Join("jax_plugins", "xla_cuda*", "*.so") // as in jax-cuda13-pjrt and similar packages
	if env := e.getenv("VIRTUAL_ENV"); env != "" {
		add("in the active virtual environment", filepath.Join(env, "lib", "python3*", "site-packages", wheel))
	}
	if env := e.getenv("CONDA_PREFIX"); env != "" {
		add("in the active Conda environment", filepath.Join(env, "lib", "python3*", "site-packages", wheel))
	}
	home := e.getenv("HOME")
	if home != "" {
		add("in the user's Python packages", filepath.Join(home, ".local", "lib", "python3*", "site-packages", wheel))
	}
	add("in the system's Python packages",
		e.path(filepath.Join("/usr/local/lib/python3*/*-packages", wheel)), e.path(filepath.Join("/usr/lib/python3*/*-packages", wheel)))
	own := []string{e.path("/usr/local/lib/go-xla")}
	if home != "" {
		own = append([]string{filepath.Join(home, ".local", "lib", "go-xla")}, own...)
	}
	for _, folder := range own {
		add("in go-xla's folder", filepath.Join(folder, "pjrt_c_api_*_plugin.so"), filepath.Join(folder, "nvidia", "pjrt_c_api_*_plugin.so"))
	}
	return list
}

// plugins lists the plugins of a kind, XLACUDA or XLACPU, in the order in which to try them.
func (e Env) plugins(kind string) (list []Plugin) {
	for _, in := range e.installs() {
		found, err := filepath.Glob(in.pattern)
		if err != nil { // a folder's name with a bracket in it
			continue
		}
		slices.Sort(found)
		slices.Reverse(found) // CUDA 13 before 12
		for _, path := range found {
			if real, err := filepath.EvalSymlinks(path); err == nil && kindOf(real) == kind {
				list = append(list, Plugin{real, in.where})
			}
		}
	}
	return list
}

// find returns the plugin that is named, by the user or by UNPOOL_PJRT, or else the first of a kind.
func (e Env) find(named, kind string) (Plugin, error) {
	where := "named by -pjrt"
	if named == "" {
		named, where = e.getenv("UNPOOL_PJRT"), "named by UNPOOL_PJRT"
	}
	if named == "" {
		list := e.plugins(kind)
		if len(list) == 0 {
			return Plugin{}, fmt.Errorf("no PJRT plugin for %s was found; name one with -pjrt or UNPOOL_PJRT", strings.TrimPrefix(kind, XLA+":"))
		}
		return list[0], nil
	}
	absolute, err := filepath.Abs(named)
	if err == nil {
		absolute, err = filepath.EvalSymlinks(absolute)
	}
	if err != nil {
		return Plugin{}, fmt.Errorf("the PJRT plugin %s: %w", where, err)
	}
	return Plugin{absolute, where}, nil
}

// kindOf returns a plugin's kind, which is in its path, as go-xla does; "" for neither or both.
func kindOf(path string) string {
	lower := strings.ToLower(path)
	cuda := strings.Contains(lower, "cuda") || strings.Contains(lower, "nvidia")
	cpu := strings.Contains(lower, "cpu")
	switch {
	case cuda && !cpu:
		return XLACUDA
	case cpu && !cuda:
		return XLACPU
	}
	return ""
}

// inspect refuses a file that cannot be a plugin for a kind of device, before the system's loader sees it: one that is
// damaged would end the process there.
func inspect(path, kind string) error {
	if strings.Contains(path, ",") {
		return fmt.Errorf("the PJRT plugin %s: go-xla cannot take a path with a comma; move or rename it", path)
	}
	if err := inspectFile(path); err != nil {
		return fmt.Errorf("the PJRT plugin %s: %w", path, err)
	}
	switch is := kindOf(path); {
	case is == "":
		return fmt.Errorf("the PJRT plugin %s: go-xla recognises what a plugin is for by its path, which must contain either \"cuda\" or \"cpu\" in it; "+
			"move or rename it", path)
	case is != kind:
		return fmt.Errorf("the PJRT plugin %s is for -backend %s by its path", path, is)
	}
	return nil
}

var elfMachine = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

func inspectFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // only read from
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a file")
	}
	f, err := elf.NewFile(file)
	if err != nil {
		return fmt.Errorf("not a shared library, or a damaged one: %w", err)
	}
	if f.Type != elf.ET_DYN {
		return errors.New("not a shared library")
	}
	if want, ok := elfMachine[runtime.GOARCH]; ok && f.Machine != want {
		return fmt.Errorf("it is for another processor (%s)", f.Machine)
	}
	for _, p := range f.Progs {
		if end := p.Off + p.Filesz; p.Type == elf.PT_LOAD && (end < p.Off || end > uint64(info.Size())) {
			return fmt.Errorf("it is cut short: %d bytes, of at least %d", info.Size(), end)
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return fmt.Errorf("its symbols cannot be read: %w", err)
	}
	if !slices.ContainsFunc(symbols, func(s elf.Symbol) bool { return s.Name == "GetPjrtApi" && s.Section != elf.SHN_UNDEF }) {
		return errors.New("a shared library, but not a PJRT plugin: it has no GetPjrtApi")
	}
	return nil
}
