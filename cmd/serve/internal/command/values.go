package command

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
)

// Optional returns, for flag.Func, what sets a number that is nil as long as its flag is not given.
func Optional(to **int) func(string) error {
	return func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil {
			return errors.New("not a whole number")
		}
		*to = &n
		return nil
	}
}

// MiB defines a flag of a number of bytes, not negative, that is given in MiB.
func MiB(flags *flag.FlagSet, bytes *int64, name, usage string) {
	flags.Var((*mib)(bytes), name, usage)
}

// mib is a number of bytes as a flag's value.
type mib int64

func (m *mib) String() string { return strconv.FormatInt(int64(*m)>>20, 10) }

func (m *mib) Set(text string) error {
	n, err := strconv.ParseInt(text, 10, 40)
	switch {
	case err != nil:
		return errors.New("not a whole number")
	case n < 0:
		return fmt.Errorf("%d is less than 0", n)
	}
	*m = mib(n << 20)
	return nil
}
