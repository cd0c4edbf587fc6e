package command

import (
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	for _, c := range []struct {
		args, names string
		says        string // the error; "" for none
	}{
		{"", "", ""},
		{"a -n 3 b", "a b", ""},
		{"-n=3 -v a", "a", ""},
		{"a -size 5", "a", ""},
		{"a -x", "", "provided but not defined: -x; serve try -h lists the flags"},
		{"-n", "", "needs an argument: -n; serve try -h"},
		{"-n x", "", `invalid value "x" for flag -n: not a whole number; serve try -h`},
		{"-share 0,5", "", `invalid value "0,5" for flag -share; serve try -h`},
		{"-size -1", "", "-size: -1 is less than 0; serve try -h"},
		{"-size 99999999999999", "", "-size: not a whole number; serve try -h"},
	} {
		var help strings.Builder
		l := NewLine("try", "serve try [flags]", strings.Fields(c.args), &help)
		var n *int
		size := int64(7 << 20)
		l.Flags.Func("n", "a `number`", Optional(&n))
		l.Flags.Bool("v", false, "more")
		l.Flags.Float64("share", 0, "a `number`")
		MiB(l.Flags, &size, "size", "`MiB` of it")
		names, err := l.Names()
		if c.says != "" {
			if usage := (UsageError{}); !errors.As(err, &usage) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q: the error is %v, want %q", c.args, err, c.says)
			}
			continue
		}
		if err != nil || !slices.Equal(names, strings.Fields(c.names)) {
			t.Errorf("%q has the names %q, %v, want %q", c.args, names, err, c.names)
		}
		if given := strings.Contains(c.args, "-n 3") || strings.Contains(c.args, "-n=3"); l.Given("n") != given || given && *n != 3 || !given && n != nil {
			t.Errorf("%q: -n is given: %v, and is %v", c.args, l.Given("n"), n)
		}
		if l.Given("size") && size != 5<<20 {
			t.Errorf("%q: %d bytes", c.args, size)
		}
		if help.Len() > 0 {
			t.Errorf("%q prints %s", c.args, &help)
		}
	}
}

// The help of a command has its synopsis and its flags, with their defaults.
func TestHelpOfACommand(t *testing.T) {
	var help strings.Builder
	l := NewLine("try", "serve try [flags]\nIt tries.", []string{"-h"}, &help)
	size := int64(7 << 20)
	MiB(l.Flags, &size, "size", "`MiB` of it")
	if _, err := l.Names(); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("the error is %v", err)
	}
	const want = "usage: serve try [flags]\nIt tries.\n  -size MiB\n    \tMiB of it (default 7)\n"
	if help.String() != want {
		t.Errorf("it prints %q, want %q", &help, want)
	}
}

func TestNoNames(t *testing.T) {
	for name, want := range map[string]string{"gpu": `unexpected "a"; serve gpu takes no names`, "serve": `unexpected "a"; serve takes no names`} {
		if err := NewLine(name, "", []string{"a"}, nil).NoNames(); err == nil || err.Error() != want {
			t.Errorf("%s: the error is %v, want %q", name, err, want)
		}
		if err := NewLine(name, "", nil, nil).NoNames(); err != nil {
			t.Error(err)
		}
	}
}

func TestEach(t *testing.T) {
	var done []string
	err := Each([]string{"a", "b", "c"}, func(name string) error {
		done = append(done, name)
		if name == "b" {
			return errors.New("b is broken")
		}
		return nil
	})
	if usage := (UsageError{}); !errors.As(err, &usage) || err.Error() != "b is broken" || len(done) != 3 {
		t.Errorf("%v after %q", err, done)
	}
}
