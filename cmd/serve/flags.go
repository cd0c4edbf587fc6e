package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// newFlags returns an empty set of flags that says nothing by itself.
func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse reads args, in which flags and names may come in any order, and returns the names. For -h it prints the
// synopsis and the flags and returns flag.ErrHelp.
func (m *Main) parse(flags *flag.FlagSet, synopsis string, args []string) (names []string, err error) {
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(m.Stdout, "usage: %s\n", synopsis)
			flags.SetOutput(m.Stdout)
			flags.PrintDefaults()
			return nil, err
		}
		if err != nil {
			return nil, usage("%s; serve %s -h lists the flags", strings.TrimPrefix(err.Error(), "flag "), flags.Name())
		}
		if flags.NArg() == 0 {
			return names, nil
		}
		names, args = append(names, flags.Arg(0)), flags.Args()[1:]
	}
}
