package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/httpd"
	"unpool/core/atomicfile"
	"unpool/core/recipe"
)

// cifar are the data sets made of CIFAR-10.
var cifar = []recipe.Dataset{recipe.CIFAR10Report, recipe.CIFAR10, recipe.CIFAR10RGB}

// WriteKit writes the site for a class without internet to a folder or, if its name ends in .zip, a file that is not there yet, with CIFAR-10 if that is
// asked for.
func WriteKit(ctx context.Context, site *httpd.Site, images *Images, withCIFAR bool, to string, stdout, stderr io.Writer) error {
	var sets []httpd.Set
	if withCIFAR {
		for _, name := range cifar {
			if why := images.Missing(name); why != "" {
				return command.Usage("-cifar10: %s", strings.Replace(why, "the server does not have", "this machine does not have", 1))
			}
		}
		sets = slices.DeleteFunc(images.Served(stderr), func(s httpd.Set) bool { return !slices.Contains(cifar, recipe.Dataset(s.Name)) })
	}
	kit, err := site.Kit(ctx, sets...)
	if err != nil {
		return command.Stopped(ctx, err)
	}
	if filepath.Ext(to) != ".zip" {
		err = kit.Write(to)
	} else if _, err = os.Lstat(to); err == nil {
		err = fmt.Errorf("%s: %w", to, fs.ErrExist)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = atomicfile.Write(to, kit.Zip)
	}
	if err != nil {
		return command.UsageError{Err: fmt.Errorf("cannot write the kit: %w", err)}
	}
	fmt.Fprintf(stdout, "The class kit is in %s; its README.txt says how to use it.\n", to)
	return nil
}
