// Command serve is Unpool's native program: it serves the site, and trains from the command line.
//
// This package reads flags and wires the parts together. internal/jobs and internal/service do the work with the other packages under
// internal, which do not know each other.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/service"
)

func main() {
	if backends.Probing() {
		return
	}
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	stderr := backends.Stderr()
	context.AfterFunc(ctx, func() {
		release()
		fmt.Fprintln(stderr, "\nStopping after the current step. Ctrl-C again ends at once.")
	})
	m := Main{Stdout: os.Stdout, Stderr: stderr, Data: os.Getenv("UNPOOL_DATA"), Store: service.Usual()}
	if cache, err := os.UserCacheDir(); err == nil {
		m.Cache = filepath.Join(cache, "unpool")
	}
	os.Exit(m.Run(ctx, os.Args[1:]))
}

// Main is the program without its process, so that a test can run it.
type Main struct {
	Stdout, Stderr io.Writer
	Data           string           // folder of data sets where no flag names one
	Cache          string           // folder of downloaded data sets; "" for none
	Store          service.Place    // of runs where no flag names one
	Ready          func(url string) // called once the site is served, or a worker at work; nil for none
}

// verb is a command of the program.
type verb struct {
	name     string
	synopsis string // begins what -h says
	help     string // its lines in serve help
	do       func(*Main, context.Context, *command.Line) error
}

// verbs are all commands but help, in the order of help.
var verbs = []verb{
	{"serve", "serve [flags]", `  serve [flags]               serve the site; "serve -h" lists the flags`, (*Main).serve},
	{"train", `serve train NAME [flags], serve train -net LAYERS [flags], or serve train -resume DIR [flags]
Settings without a flag are those of the named net or of the run; without either, the defaults below apply.`,
		`  serve train NAME [flags]    train a net here; "serve train -h" lists the flags
  serve train -resume RUN     resume a run that -out stored
  serve train NAME -queue     train a net from the store's queue, by the server if one is running, and follow it`, (*Main).train},
	{"runs", `serve runs, serve runs rm ID..., or serve runs import DIR|ZIP...
It lists the runs of the store, deletes runs, or imports runs that serve train -out or the Runs page wrote.`,
		`  serve runs                  list the server's runs; "serve runs -h" explains how to delete and import runs`, (*Main).runs},
	{"machines", `serve machines
It lists the devices that train the runs of the queue: the processors and GPUs of the server and of all workers.`,
		`  serve machines              list the machines that train the server's runs`, (*Main).machines},
	{"worker", `serve worker -nats URL [flags]
It trains the runs that wait in the queue of a NATS cluster on this machine: one at a time or, with several GPUs, one on each. Ctrl-C stops those in
training, and other workers resume them.`,
		`  serve worker -nats URL      train the runs in the queue of a NATS cluster; "serve worker -h" lists the flags`, (*Main).worker},
	{"export", `serve export RUN -to DIR, or serve export RUN... -tensorboard -o DIR
It writes a run's curves, weights and checkpoints as CSV, SVG, PNG and .npy; or several runs for TensorBoard, each into its own folder in DIR.`,
		`  serve export RUN -to DIR    write a run's curves, weights and checkpoints as CSV, SVG, PNG and .npy
  serve export RUN... -tensorboard -o DIR  write runs for TensorBoard`, (*Main).export},
	{"look", `serve look RUN WHAT -o DIR [flags]
RUN is the folder of a run or the ID of one in the store, WHAT one of:
  maps       what each layer outputs for a test image
  deconv     which images activate each map most and which of their pixels contribute; and, by five methods, which pixels of one test image do
  occlusion  what the net makes of a test image while a square covers one part of it after another
  invariance by how much each layer's output changes while a test image and four of other classes are shifted, scaled and turned
  evolution  what activates the strongest maps of a layer most after each stored step
  filters    the first layer through training, and problems of its filters; with -layer the kernels of a deeper convolution, or the
             weights of a recurrent layer and their eigenvalues
  stats      statistics of the activations on the test images
  rows       how a recurrent layer reads a test image row by row: states, gates, the answer after each row, how far back the gradient reaches
  mistakes   how the test images are classified: the confusion matrix, the worst mistakes, and how far the probabilities can be trusted
  embedding  test images in the plane, those near each other for which a layer outputs similar numbers: principal components and t-SNE
  probes     how well a linear classifier tells the classes apart by what each layer outputs
  correspondence  whether covering the same part of several images, marked by -part, changes the features of each layer alike, beside random parts
  ablation   the sweep that trains the net without each of its layers, and with layers of other widths; serve sweep runs it
  transfer   how well the net's features serve another data set (-to), beside random ones and nets trained from scratch on it
  report     all of these that apply to the net but maps and ablation, in the order of Zeiler and Fergus' paper, and as one HTML file
DIR gets a README.md, and each picture as PNG and SVG, with its numbers as .npy or CSV. For example, what changed between two steps:
  serve look RUN maps -o changes -step 500 -against @2000`,
		`  serve look RUN WHAT -o DIR  look inside the net of a run; "serve look -h" lists what can be shown`, (*Main).look},
	{"recipes", "serve recipes", `  serve recipes               list the nets by name`, (*Main).recipes},
	{"reproduce", "serve reproduce [flags]",
		`  serve reproduce [flags]     train the catalog's nets and compare them with the course report's; "serve reproduce -h" lists the flags`, (*Main).reproduce},
	{"sweep", "serve sweep FILE [flags]",
		`  serve sweep FILE [flags]    search over settings, ranked by validation accuracy; "serve sweep -h" lists the flags
  serve sweep FILE -queue     do it from the store's queue, by the server if one is running`, (*Main).sweep},
	{"sweeps", `serve sweeps, serve sweeps ID [-to DIR], serve sweeps pause|continue|stop|rm ID..., or serve sweeps add ID [flags]
It lists the sweeps of the store, shows the table of one, or controls them. Stopping a sweep is final and keeps its runs; rm deletes them too.`,
		`  serve sweeps                list the server's sweeps; "serve sweeps -h" explains how to show, pause and stop one`, (*Main).sweeps},
	{"bench", "serve bench [flags]",
		`  serve bench [flags]         time training steps here, and compare them with the engine's maximum`, (*Main).bench},
	{"gpu", "serve gpu [flags]", `  serve gpu [flags]           check whether a GPU can be used, try it, and say what is missing`, (*Main).gpu},
	{"data", "serve data [NAME...]", `  serve data [NAME...]        show where the data sets are, and download those that are named`, (*Main).data},
	{"site", `serve site DIR, or serve site -check URL
It writes the site as static files, or checks whether a web server serves those that it wrote as browsers need them.`,
		`  serve site DIR              write the site as static files, for any web server
  serve site -check URL       check whether a web server serves them as browsers need them`, (*Main).site},
	{"kit", `serve kit DIR, or serve kit FILE.zip
It writes the site with MNIST, trained nets and a README for teachers, to be used in a class without internet.`,
		`  serve kit DIR|FILE.zip      write the site for a class without internet, on a USB stick or a file share`, (*Main).kit},
}

// help says which commands there are.
func (m *Main) help() error {
	text := "Unpool trains small neural networks in a browser tab and on this machine.\n\n"
	for _, v := range verbs {
		text += v.help + "\n"
	}
	_, err := io.WriteString(m.Stdout, text+"  serve help                  this text\n")
	return err
}

// Exit codes.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2   // wrong names, values or files
	exitStopped = 130 // by Ctrl-C, as in shells
)

// Run runs one command line, without the program's name, and returns the exit code.
func (m *Main) Run(ctx context.Context, args []string) int {
	one := *m // flags write into it
	m = &one
	m.Stdout, m.Stderr = console.Text(m.Stdout), console.Text(m.Stderr)
	err := m.run(ctx, args)
	switch wrong := (command.UsageError{}); {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, command.ErrStopped), errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitStopped
	case errors.As(err, &wrong):
		fmt.Fprintln(m.Stderr, "serve:", err)
		return exitUsage
	default:
		fmt.Fprintln(m.Stderr, "serve:", err)
		return exitFailed
	}
}

func (m *Main) run(ctx context.Context, args []string) error {
	name := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help":
		return m.help()
	case "report": // which reproduce was called. It keeps its folders, so that an interrupted command is resumed.
		fmt.Fprintln(m.Stderr, `"serve report" is now called "serve reproduce"`)
		name, args = "reproduce", append([]string{"-runs", filepath.Join("runs", "report"), "-to", "report"}, args...)
	}
	for _, v := range verbs {
		if v.name == name {
			if m.Ready == nil {
				m.Ready = func(string) {}
			}
			return v.do(m, ctx, command.NewLine(name, v.synopsis, args, m.Stdout))
		}
	}
	return command.Usage("there is no command %q; try serve help", name)
}

// recipes lists the nets by name.
func (m *Main) recipes(_ context.Context, l *command.Line) error {
	if err := l.NoNames(); err != nil {
		return err
	}
	return console.Catalog(m.Stdout)
}

// data says where the data sets are, and gets those that are named.
func (m *Main) data(ctx context.Context, l *command.Line) error {
	m.dataFlag(l)
	names, err := l.Names()
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return m.images().Get(ctx, m.Stdout, names)
	}
	return m.images().Say(ctx, m.Stdout)
}

// dataFlag defines the flag of commands that read data sets.
func (m *Main) dataFlag(l *command.Line) {
	l.Flags.StringVar(&m.Data, "data", m.Data, "`folder` of data sets; otherwise UNPOOL_DATA and the download cache")
}

// images are the data sets.
func (m *Main) images() *jobs.Images { return jobs.NewImages(m.Data, m.Cache, m.Stderr) }

// service is what keeps and trains runs, with the store that a command line names.
func (m *Main) service(l *command.Line) service.Options {
	return service.Options{Place: m.Store, Line: l, Images: m.images(), Stderr: m.Stderr}
}
