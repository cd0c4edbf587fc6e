package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"

	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/dataset"
	"unpool/cmd/serve/internal/httpd"
	"unpool/cmd/serve/internal/site"
	"unpool/core/data"
	"unpool/core/recipe"
)

const dataHelp = "`folder` of data sets; else UNPOOL_DATA, and the cache of downloads"

// dataSets says where the data sets are, and gets those that are named.
func (m *Main) dataSets(ctx context.Context, args []string) error {
	flags := newFlags("data")
	flags.StringVar(&m.Data, "data", m.Data, dataHelp)
	names, err := m.parse(flags, "serve data [NAME...]", args)
	if err != nil {
		return err
	}
	for _, name := range names {
		set, err := m.openData(ctx, recipe.Dataset(name), data.Form{}, m.Data)
		if err != nil {
			return stopped(ctx, err)
		}
		fmt.Fprintf(m.Stdout, "%-15s %s + %s images in %d classes\n", name,
			console.Whole(set.Train.Len()), console.Whole(set.Test.Len()), len(set.Classes))
	}
	if len(names) > 0 {
		return nil
	}
	for _, info := range recipe.Datasets {
		path, err := m.sources(m.Data, publicFolder()).Find(ctx, info.Name)
		if errors.Is(err, dataset.ErrMissing) {
			path = fmt.Sprintf("not here; serve data %s %s", info.Name, gets(info))
		} else if err != nil {
			return usageError{err}
		}
		fmt.Fprintf(m.Stdout, "%-15s %s\n", info.Name, path)
	}
	return nil
}

// gets says what serve data does for a data set that is not here.
func gets(info recipe.DatasetInfo) string {
	if info.Download > 0 {
		return "downloads it"
	}
	return "says how to get it"
}

// sets are the data sets that the site serves to its pages, in the form that core/data reads there. Nothing is downloaded
// for a page: the user has to ask for that.
func (m *Main) sets() (all []httpd.Set) {
	sources := m.sources(m.Data, publicFolder())
	for _, info := range recipe.Datasets {
		name := info.Name
		if name == recipe.MNIST { // it is among the static files
			continue
		}
		all = append(all, httpd.Set{
			Name: string(name),
			Find: func() string {
				path, err := sources.Find(context.Background(), name)
				if err != nil {
					return ""
				}
				return filepath.Base(path)
			},
			Open: func() (map[string][]byte, error) {
				set, err := sources.OpenHere(context.Background(), name, data.Form{})
				if errors.Is(err, dataset.ErrMissing) {
					return nil, &httpd.Problem{Status: http.StatusNotFound,
						Title:  fmt.Sprintf("This page's server does not have %s yet.", info.Origin),
						Detail: fmt.Sprintf("There, go run ./cmd/serve data %s %s. Or choose its files on this page. Then train again.", name, gets(info)),
					}
				}
				if err != nil {
					return nil, err
				}
				return set.IDX(), nil
			},
		})
	}
	return all
}

// publicFolder is where the source tree's static files are.
func publicFolder() string {
	root, err := site.Root(".")
	if err != nil {
		return "public"
	}
	return filepath.Join(root, "public")
}

// openData reads a data set. An error is the user's to mend: a missing file, or one that is not what it should be.
func (m *Main) openData(ctx context.Context, name recipe.Dataset, form data.Form, dir string) (*data.Dataset, error) {
	set, err := m.sources(dir, publicFolder()).Open(ctx, name, form)
	if err != nil {
		return nil, usageError{err}
	}
	return set, nil
}

// images are the data sets that have been read, in the forms that recipes asked for.
type images map[imagesKey]*data.Dataset

type imagesKey struct {
	name recipe.Dataset
	form data.Form
}

// openImages reads what a new run trains on, unless it has been read before. The recipe is completed with what a folder's
// images turn out to be.
func (m *Main) openImages(ctx context.Context, known images, r *recipe.Recipe, dir string) (*data.Dataset, error) {
	key := imagesKey{r.Dataset, data.FormAsked(*r)}
	set := known[key]
	if set == nil {
		var err error
		if set, err = m.openData(ctx, key.name, key.form, dir); err != nil {
			return nil, stopped(ctx, err)
		}
		known[key] = set
	}
	if n := len(set.Classes); r.Classes != 0 && r.Classes != n {
		return nil, usage("-classes: %d are asked for, and %s has %d", r.Classes, r.Dataset, n)
	}
	r.Fit(set.Height, set.Channels, len(set.Classes))
	return set, nil
}

// sources are the places where data sets may be.
func (m *Main) sources(dir, public string) dataset.Sources {
	return dataset.Sources{Dir: dir, Public: public, Cache: m.Cache, Say: func(line string) { fmt.Fprintln(m.Stderr, line) }}
}
