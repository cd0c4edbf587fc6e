package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/bench"
	"unpool/cmd/serve/internal/command"
	"unpool/core/number"
	"unpool/core/train"
)

// GPU prints what the machine has for computing on a GPU, tries it, and says what is missing.
func GPU(ctx context.Context, stdout io.Writer, o backends.Options) error {
	if !strings.HasPrefix(o.Backend, backends.XLA) {
		return command.Usage("gpu is about XLA: -backend is one of %s, %s, %s", backends.XLA, backends.XLACUDA, backends.XLACPU)
	}
	if err := o.Check(); err != nil {
		return command.UsageError{Err: err}
	}
	s := backends.Look(o)
	if s.Backend != nil {
		defer s.Backend.Finalize()
	}
	if err := printSurvey(stdout, s); err != nil {
		return err
	}
	if s.Problem != nil {
		return s.Problem
	}
	fmt.Fprintf(stdout, "\nThree training steps of a net of each kind, on images of noise:\n\n")
	differs := 0
	print := bench.Print[bench.Comparison](stdout, bench.ComparisonHeader, false)
	err := bench.Compare(ctx, On(s.Backend, train.Options{}), bench.OfKinds(), 3, func(c bench.Comparison) error {
		if !c.Agrees() {
			differs++
		}
		return print(c)
	})
	switch {
	case err != nil:
		return command.Stopped(ctx, err)
	case differs > 0:
		return errors.New("some nets give results that differ from our own backend's; please report this with the output above")
	}
	_, err = fmt.Fprintf(stdout, "\nIt works. To train on it: serve train NAME -backend %s\n", s.Backend.Where.Backend)
	return err
}

// printSurvey prints a survey.
func printSurvey(w io.Writer, s backends.Survey) error {
	var text strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&text, "%-11s%s\n", name, fmt.Sprintf(format, args...))
	}
	if len(s.GPUs) == 0 {
		row("driver", "none: nvidia-smi finds no GPU")
	}
	for i, g := range s.GPUs {
		if i == 0 {
			row("driver", "%s", g.Driver)
		}
		row(fmt.Sprint("GPU ", i), "%s, %s MiB, %s of them free", g.Name, number.Plain(g.Total), number.Plain(g.Free))
	}
	switch {
	case !backends.HasXLA:
		row("XLA", "not in this build")
	case s.Plugin == backends.Plugin{}:
		row("plugin", "none")
	default:
		row("plugin", "%s (%s)", s.Plugin.Path, s.Plugin.Found)
	}
	if s.PJRT != "" {
		row("", "PJRT %s, %s", s.PJRT, builtFor(s.CUDA))
	}
	for i, path := range s.Libraries {
		row([]string{"libraries", ""}[min(i, 1)], "%s", path)
	}
	if len(s.Missing) > 0 {
		row("missing", "%s: not beside the plugin; the system's own are used if there are any", strings.Join(s.Missing, ", "))
	}
	for i, d := range s.Devices {
		row(fmt.Sprint("device ", i), "%s", d)
	}
	if s.Backend != nil {
		row("precision", "%s", precision(s.Backend))
	}
	for i, line := range s.Advice() {
		if i == 0 {
			text.WriteString("\n")
		}
		text.WriteString(line + "\n")
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return err
	}
	return nil
}

func builtFor(cuda string) string {
	if cuda == "" {
		return "for CPUs"
	}
	return "for CUDA " + cuda
}

func precision(b *backends.Backend) string {
	switch {
	case b.Where.Precision != "":
		return "tf32: the factors of products and convolutions have 10 bits"
	case b.Where.Backend == backends.XLACUDA:
		return "float32 in products; in convolutions if cuDNN respects NVIDIA_TF32_OVERRIDE=0"
	}
	return "float32"
}
