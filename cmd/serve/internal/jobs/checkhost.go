package jobs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/hostcheck"
	"unpool/cmd/serve/internal/httpd"
)

// saying is the time between lines about progress.
const saying = 2 * time.Second

// CheckHost reports how the host at root serves the site. It is an error if the site does not work there.
func CheckHost(ctx context.Context, site *httpd.Site, root hostcheck.Root, stdout, stderr io.Writer) error {
	written, err := site.Written("", root.String())
	if err != nil {
		return err
	}
	files := make([]hostcheck.File, len(written))
	for i, f := range written {
		at := f.Path
		if path.Base(at) == "index.html" { // as browsers ask for it
			at = strings.TrimSuffix(at, "index.html")
		}
		files[i] = hostcheck.File{Path: at, Size: len(f.Bodies[0]), Kind: hostcheck.KindOf(f.Type)}
		if f.Path == httpd.SetsIndex { // a kit may have data sets, and it names them
			continue
		}
		for _, body := range f.Bodies {
			files[i].Sums = append(files[i].Sums, sha256.Sum256(body))
		}
	}
	fmt.Fprintf(stderr, "Asking %s for %d files …\n", root, len(files))
	said := time.Now()
	findings, err := hostcheck.Check(ctx, root, site.Version(), files, func(done int) {
		if time.Since(said) > saying {
			said = time.Now()
			fmt.Fprintf(stderr, "%d of %d files\n", done, len(files))
		}
	})
	switch {
	case ctx.Err() != nil:
		return command.ErrStopped
	case err != nil:
		return fmt.Errorf("cannot check %s: %w", root, err)
	}
	for _, f := range findings {
		fmt.Fprintf(stdout, "%-8s %s\n", f.Level, f.Says)
	}
	if hostcheck.Worst(findings) == hostcheck.Broken {
		return errors.New("the site does not work on this host: see the lines marked broken")
	}
	return nil
}
