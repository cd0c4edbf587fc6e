package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/dataset"
	"unpool/cmd/serve/internal/programs"
	"unpool/core/atomicfile"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/train"
)

// BuildSite brings the source tree's folder of static files up to date and returns it.
func BuildSite(ctx context.Context, images *Images, stderr io.Writer) (string, error) {
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
	folder, err := images.Sources.MNIST(ctx)
	if err != nil {
		return "", command.UsageError{Err: err}
	}
	if err := programs.PutData(folder, public, "mnist", data.MNISTFiles); err != nil {
		return "", fmt.Errorf("cannot copy MNIST to the site: %w", err)
	}
	if err := putSheet(ctx, images, filepath.Join(public, "data", "mnist-"+recipe.ExampleSheet)); err != nil {
		return "", err
	}
	return public, nil
}

// putSheet writes the sheet of MNIST's examples, unless it is there already.
func putSheet(ctx context.Context, images *Images, name string) error {
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	mnist, err := images.Sources.OpenHere(ctx, recipe.MNIST, data.Form{})
	if err != nil {
		return err
	}
	sheet, err := dataset.Sheet(train.Examples(mnist))
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(name, sheet)
}
