package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// New returns an empty set of flags that says nothing by itself.
func New(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// Parse reads args, in which flags and names may come in any order, and returns the names. For -h it prints the
// synopsis and the flags to stdout and returns flag.ErrHelp.
func Parse(stdout io.Writer, flags *flag.FlagSet, synopsis string, args []string) (names []string, err error) {
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(stdout, "usage: %s\n", synopsis)
			flags.SetOutput(stdout)
			flags.PrintDefaults()
			return nil, err
		}
		if err != nil {
			return nil, Usage("%s; serve %s -h lists the flags", strings.TrimPrefix(err.Error(), "flag "), flags.Name())
		}
		if flags.NArg() == 0 {
			return names, nil
		}
		names, args = append(names, flags.Arg(0)), flags.Args()[1:]
	}
}
