package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Line is a command line: arguments, and the flags that they may contain. The flags are defined before the names are read.
type Line struct {
	Flags *flag.FlagSet

	synopsis string
	args     []string
	stdout   io.Writer
}

// NewLine returns the command line of a command with no flags yet, and the arguments after the command's name. The help that -h asks for is
// written to stdout: it begins with the synopsis.
func NewLine(name, synopsis string, args []string, stdout io.Writer) *Line {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // it says nothing by itself
	return &Line{flags, synopsis, args, stdout}
}

// Again returns the same arguments with no flags yet: for a command whose defaults depend on what was read.
func (l *Line) Again() *Line { return NewLine(l.Flags.Name(), l.synopsis, l.args, l.stdout) }

// Names reads the arguments, in which flags and names may come in any order, and returns the names. For -h it prints the help and returns
// flag.ErrHelp.
func (l *Line) Names() (names []string, err error) {
	for args := l.args; ; {
		err := l.Flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(l.stdout, "usage: %s\n", l.synopsis)
			l.Flags.SetOutput(l.stdout)
			l.Flags.PrintDefaults()
			return nil, err
		}
		if err != nil {
			said := strings.TrimSuffix(strings.TrimPrefix(err.Error(), "flag "), ": parse error") // which says less than the value itself
			return nil, Usage("%s; %s -h lists the flags", said, l.command())
		}
		if l.Flags.NArg() == 0 {
			return names, nil
		}
		names, args = append(names, l.Flags.Arg(0)), l.Flags.Args()[1:]
	}
}

// NoNames reads the arguments of a command that takes flags only.
func (l *Line) NoNames() error {
	names, err := l.Names()
	if err == nil && len(names) > 0 {
		err = Usage("unexpected %q; %s takes no names", names[0], l.command())
	}
	return err
}

// command is what the user types to get to the flags.
func (l *Line) command() string {
	if name := l.Flags.Name(); name != "serve" { // which may be left out
		return "serve " + name
	}
	return "serve"
}

// Given reports whether a flag was given.
func (l *Line) Given(name string) bool {
	given := false
	l.Flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// Fields are the names of the recipe's fields whose flags were given, see RecipeFlags.
func (l *Line) Fields() (names []string) {
	l.Flags.Visit(func(f *flag.Flag) {
		if v, ok := f.Value.(fieldFlag); ok {
			names = append(names, v.field.Name)
		}
	})
	return names
}
