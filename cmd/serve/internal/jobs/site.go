package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/dataset"
	"unpool/cmd/serve/internal/httpd"
	"unpool/cmd/serve/internal/programs"
	"unpool/core/atomicfile"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/train"
)

// SiteFiles reads the static files of the site: those of a folder as they are, or for "" those of the source tree, updated.
func SiteFiles(ctx context.Context, images *Images, public string, stderr io.Writer) (httpd.Files, error) {
	if public == "" {
		var err error
		if public, err = buildSite(ctx, images, stderr); err != nil {
			return nil, err
		}
	}
	files, err := httpd.Load(public)
	if err != nil {
		return nil, command.UsageError{Err: err}
	}
	if files.Size("data/mnist/"+data.MNISTFiles[0]) == 0 {
		fmt.Fprintf(stderr, "%s does not contain MNIST: the page will say so when asked to train on it\n", public)
	}
	return files, nil
}

// buildSite updates the source tree's folder of static files and returns it.
func buildSite(ctx context.Context, images *Images, stderr io.Writer) (string, error) {
	root, err := programs.Root(".")
	if errors.Is(err, programs.ErrNoSource) {
		return "", command.Usage("%w: run serve there, or give a folder of built files with -public", err)
	}
	if err != nil {
		return "", err
	}
	public := filepath.Join(root, "public")
	if err := programs.Build(ctx, root, public, stderr); err != nil {
		return "", command.Stopped(ctx, err)
	}
	folder, files, err := images.Sources.MNIST(ctx)
	if err != nil {
		return "", command.UsageError{Err: err}
	}
	if err := programs.PutData(folder, public, "mnist", files, data.MNISTFiles); err != nil {
		return "", fmt.Errorf("cannot copy MNIST to the site: %w", err)
	}
	if err := putSheet(ctx, images, filepath.Join(public, "data", "mnist-"+recipe.ExampleSheet), filepath.Join(public, "data", "mnist")); err != nil {
		return "", err
	}
	return public, nil
}

// putSheet writes the sheet of MNIST's examples, unless one is there that is not older than MNIST's files in a folder.
func putSheet(ctx context.Context, images *Images, name, folder string) error {
	sheet, err := os.Stat(name)
	if err == nil && !slices.ContainsFunc(data.MNISTFiles, func(file string) bool {
		put, err := os.Stat(filepath.Join(folder, file))
		return err != nil || put.ModTime().After(sheet.ModTime())
	}) {
		return nil
	}
	mnist, err := images.Sources.OpenHere(ctx, recipe.MNIST, data.Want{})
	if err != nil {
		return err
	}
	picture, err := dataset.Sheet(train.Examples(mnist))
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(name, picture)
}
