package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
)

const lookSynopsis = `serve look RUN WHAT -o DIR [flags]
RUN is the folder of a run or the ID of one in the store, WHAT one of: maps (what each layer outputs for an image), deconv (which images activate a map most, and which of
their pixels contribute), filters (the first layer through training, and problems of its filters; with -layer the kernels of a deeper
convolution, or the weights of a recurrent layer and their eigenvalues), stats (statistics of the activations).`

// look looks inside the net of a run.
func (m *Main) look(ctx context.Context, args []string) error {
	var compute backends.Options
	job := jobs.Look{Step: "last"}
	flags := command.New("look")
	flags.StringVar(&job.Out, "o", "", "new `folder` for pictures, arrays (.npy) and a page about them")
	flags.StringVar(&job.Step, "step", job.Step, "`step` after which to look: last, best, or one whose weights the run has stored")
	flags.StringVar(&job.Layer, "layer", "", "`name` of the layer to look at; without it, every suitable layer")
	flags.IntVar(&job.Image, "image", 0, "`number` of the test image, from 0 (maps)")
	flags.IntVar(&job.Images, "images", 1000, "maximum `number` of test images to search (deconv)")
	flags.StringVar(&job.Against, "against", "", "`run` to compare with (stats): a folder or ID, optionally followed by @STEP; or @STEP for another step of RUN")
	command.BackendFlags(flags, &compute)
	data := flags.String("data", m.Data, dataHelp)
	m.storeFlags(flags)
	names, err := command.Parse(m.Stdout, flags, lookSynopsis, args)
	switch {
	case err != nil:
		return err
	case len(names) != 2 || job.Out == "":
		return command.Usage("serve look needs a run, what to look at, and a new folder after -o")
	case job.Against != "" && names[1] != "stats":
		return command.Usage("-against works only with stats, not with %s", names[1])
	case !slices.Contains(jobs.Looks, names[1]):
		return command.Usage("serve look can show %s, not %q", strings.Join(jobs.Looks, ", "), names[1])
	}
	if err := settleNATS(flags, &m.NATS); err != nil {
		return err
	}
	job.Run, job.What = names[0], names[1]
	at := place{m: m, ctx: ctx}
	defer at.close()
	job.Find = at.find
	b, err := command.Open(compute)
	if err != nil {
		return err
	}
	defer b.Finalize()
	if err := job.Do(ctx, b, m.images(*data), m.Stderr); err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, filepath.Join(job.Out, "README.md"))
	return err
}
