package jobs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/hostcheck"
	"unpool/cmd/serve/internal/httpd"
)

// CheckHost reports how the host at root serves the site. It is an error if the site does not work there.
func CheckHost(ctx context.Context, site *httpd.Site, root hostcheck.Root, stdout, stderr io.Writer) error {
	plain, err := site.Written("")
	if err != nil {
		return err
	}
	located, err := site.Written(root.String())
	if err != nil {
		return err
	}
	files := make([]hostcheck.File, len(plain))
	for i, f := range plain {
		at := f.Path
		if path.Base(at) == "index.html" { // as browsers ask for it
			at = strings.TrimSuffix(at, "index.html")
		}
		files[i] = hostcheck.File{Path: at, Size: len(f.Body), Kind: hostcheck.KindOf(f.Type), Sums: [][sha256.Size]byte{sha256.Sum256(f.Body), sha256.Sum256(located[i].Body)}}
	}
	fmt.Fprintf(stderr, "Asking %s for %d files …\n", root, len(files))
	findings, err := hostcheck.Check(ctx, root, site.Version(), files)
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
