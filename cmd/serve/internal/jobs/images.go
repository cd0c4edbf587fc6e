package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"sync"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/dataset"
	"unpool/cmd/serve/internal/httpd"
	"unpool/cmd/serve/internal/programs"
	"unpool/core/api"
	"unpool/core/data"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/train"
)

// Images opens data sets, and keeps those that have been read. Its methods may be called from several goroutines.
type Images struct {
	Sources dataset.Sources

	reading sync.Mutex // held while a set is read, so that two that want it do not both read it
	mu      sync.Mutex // of what follows
	known   map[imagesKey]*data.Dataset
}

// NewImages returns the data sets of the places where they may be: a folder, the source tree's static files, and a folder of downloads; "" for
// none of the first and the last. Downloads are reported on stderr.
func NewImages(dir, cache string, stderr io.Writer) *Images {
	public := "public"
	if root, err := programs.Root("."); err == nil {
		public = filepath.Join(root, "public")
	}
	return &Images{Sources: dataset.Sources{Dir: dir, Public: public, Cache: cache, Say: func(line string) { fmt.Fprintln(stderr, line) }}}
}

type imagesKey struct {
	name recipe.Dataset
	want data.Want
}

// Open reads a data set. An error is the user's to correct: a missing file, or one that is not what it should be.
func (i *Images) Open(ctx context.Context, name recipe.Dataset, want data.Want) (*data.Dataset, error) {
	key := imagesKey{name, want}
	i.reading.Lock()
	defer i.reading.Unlock()
	i.mu.Lock()
	set := i.known[key]
	i.mu.Unlock()
	if set != nil {
		return set, nil
	}
	set, err := i.Sources.Open(ctx, name, want)
	if err != nil {
		return nil, command.Stopped(ctx, command.UsageError{Err: err})
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known == nil {
		i.known = map[imagesKey]*data.Dataset{}
	}
	i.known[key] = set
	return set, nil
}

// For reads what a new run trains on. The recipe is completed with the shape and classes of a folder's images.
func (i *Images) For(ctx context.Context, r *recipe.Recipe) (*data.Dataset, error) {
	set, err := i.Open(ctx, r.Dataset, data.WantAsked(*r))
	if err != nil {
		return nil, err
	}
	if n := len(set.Classes); r.Classes != 0 && r.Classes != n {
		return nil, command.Usage("-classes: %d does not match %s, which has %d", r.Classes, r.Dataset, n)
	}
	r.Fit(set.Height, set.Channels, len(set.Classes))
	return set, nil
}

// Get gets the data sets that are named, and prints what is in them.
func (i *Images) Get(ctx context.Context, stdout io.Writer, names []string) error {
	for _, name := range names {
		set, err := i.Open(ctx, recipe.Dataset(name), data.Want{})
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%-15s %s + %s images in %d classes\n", name,
			number.Plain(set.Train.Len()), number.Plain(set.Test.Len()), len(set.Classes))
	}
	return nil
}

// Say prints where the data sets are.
func (i *Images) Say(ctx context.Context, stdout io.Writer) error {
	for _, info := range recipe.Datasets {
		path, err := i.Sources.Find(ctx, info.Name)
		if errors.Is(err, dataset.ErrMissing) {
			path = fmt.Sprintf("not here; serve data %s %s", info.Name, gets(info))
		} else if err != nil {
			return command.Stopped(ctx, command.UsageError{Err: err})
		}
		fmt.Fprintf(stdout, "%-15s %s\n", info.Name, path)
	}
	return nil
}

// Missing says that a data set is not here, and how to get it; "" for one that is.
func (i *Images) Missing(name recipe.Dataset) string {
	if i.read(name) {
		return ""
	}
	info, _ := name.Info()
	_, err := i.Sources.Find(context.Background(), name)
	switch {
	case err == nil:
		return ""
	case !errors.Is(err, dataset.ErrMissing):
		return fmt.Sprintf("the server cannot read %s; on the server, serve data says why", info.Origin)
	}
	return fmt.Sprintf("the server does not have %s yet; on the server, serve data %s %s", info.Origin, name, gets(info))
}

// read reports whether a data set was read before.
func (i *Images) read(name recipe.Dataset) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for key := range i.known {
		if key.name == name {
			return true
		}
	}
	return false
}

// gets says what serve data does for a data set that is not here.
func gets(info recipe.DatasetInfo) string {
	if info.Download > 0 {
		return "downloads it"
	}
	return "says how to get it"
}

// Served are the data sets that the site serves to its pages, in the form that core/data reads there. Nothing is downloaded
// for a page: the user has to ask for that. What is wrong with a file is reported on stderr: with its path, which is not for clients.
func (i *Images) Served(stderr io.Writer) (all []httpd.Set) {
	for _, info := range recipe.Datasets {
		name := info.Name
		if name == recipe.MNIST { // it is among the static files
			continue
		}
		all = append(all, httpd.Set{
			Name:  string(name),
			Files: append(slices.Clone(data.IDXFiles), recipe.ExampleSheet),
			Find: func() string {
				path, err := i.Sources.Find(context.Background(), name)
				if err != nil {
					return ""
				}
				return filepath.Base(path)
			},
			Open: func(ctx context.Context) (map[string][]byte, error) {
				set, err := i.Sources.OpenHere(ctx, name, data.Want{})
				if errors.Is(err, dataset.ErrMissing) {
					return nil, &httpd.Problem{Status: http.StatusNotFound, Code: api.CodeNotFound,
						Title:  fmt.Sprintf("This page's server does not have %s yet.", info.Origin),
						Detail: fmt.Sprintf("There, go run ./cmd/serve data %s %s. Or choose its files on this page. Then train again.", name, gets(info)),
					}
				}
				if err != nil && ctx.Err() == nil {
					fmt.Fprintf(stderr, "A page asked for %s, which cannot be read: %v\n", name, err)
					return nil, errors.New(withoutFolders(err.Error()))
				}
				if err != nil {
					return nil, err
				}
				files := set.IDX()
				files[recipe.ExampleSheet], err = dataset.Sheet(train.Examples(set))
				return files, err
			},
		})
	}
	return all
}
