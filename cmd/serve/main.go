// Command serve is Unpool's native program: it serves the site, and trains from the command line.
//
// This package reads flags and wires the parts together. internal/jobs does the work with the other packages under internal, which
// do not know each other.
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
	"unpool/cmd/serve/internal/jetstore"
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
	m := Main{Stdout: os.Stdout, Stderr: stderr, Data: os.Getenv("UNPOOL_DATA"), Store: storeFolder(), NATS: jetstore.Cluster{URL: os.Getenv("UNPOOL_NATS")}}
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
	Store          string           // folder of the store of runs where no flag names one; "" for none
	NATS           jetstore.Cluster // that keeps runs in place of Store; without a URL for none
	Ready          func(url string) // called once the site is served, or a worker at work; nil for none
}

const help = `Unpool trains small neural networks in a browser tab and on this machine.

  serve [flags]               serve the site; "serve -h" lists the flags
  serve train NAME [flags]    train a net here; "serve train -h" lists the flags
  serve train -resume RUN     resume a run that -out stored
  serve train NAME -queue     train a net from the store's queue, by the server if one is running, and follow it
  serve runs                  list the server's runs; "serve runs -h" explains how to delete and import runs
  serve machines              list the machines that train the server's runs
  serve worker -nats URL      train the runs in the queue of a NATS cluster; "serve worker -h" lists the flags
  serve export RUN -to DIR    write a run's curves, weights and checkpoints as CSV, SVG, PNG and .npy
  serve export RUN... -tensorboard -o DIR  write runs for TensorBoard
  serve look RUN WHAT -o DIR  look inside the net of a run; "serve look -h" lists what can be shown
  serve recipes               list the nets by name
  serve reproduce [flags]     train the catalog's nets and compare them with the course report's; "serve reproduce -h" lists the flags
  serve sweep FILE [flags]    search over settings, ranked by validation accuracy; "serve sweep -h" lists the flags
  serve sweep FILE -queue     do it from the store's queue, by the server if one is running
  serve sweeps                list the server's sweeps; "serve sweeps -h" explains how to show, pause and stop one
  serve bench [flags]         time training steps here, and compare them with the engine's maximum
  serve gpu [flags]           check whether a GPU can be used, try it, and say what is missing
  serve data [NAME...]        show where the data sets are, and download those that are named
  serve site DIR              write the site as static files, for any web server
  serve site -check URL       check whether a web server serves them as browsers need them
  serve help                  this text
`

// Exit codes.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2   // wrong names, values or files
	exitStopped = 130 // by Ctrl-C, as shells have it
)

// Run runs one command line, without the program's name, and returns the exit code.
func (m *Main) Run(ctx context.Context, args []string) int {
	verb := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		verb, args = args[0], args[1:]
	}
	var err error
	switch verb {
	case "serve":
		err = m.serve(ctx, args)
	case "train":
		err = m.train(ctx, args)
	case "runs":
		err = m.runs(ctx, args)
	case "machines":
		err = m.machines(ctx, args)
	case "worker":
		err = m.worker(ctx, args)
	case "export":
		err = m.export(ctx, args)
	case "look":
		err = m.look(ctx, args)
	case "recipes":
		err = m.recipes(args)
	case "reproduce":
		err = m.reproduce(ctx, args)
	case "report":
		err = m.report(ctx, args)
	case "sweep":
		err = m.sweep(ctx, args)
	case "sweeps":
		err = m.sweeps(ctx, args)
	case "bench":
		err = m.bench(ctx, args)
	case "gpu":
		err = m.gpu(ctx, args)
	case "data":
		err = m.dataSets(ctx, args)
	case "site":
		err = m.site(ctx, args)
	case "help":
		_, err = io.WriteString(m.Stdout, help)
	default:
		err = command.Usage("there is no command %q; try serve help", verb)
	}
	switch wrong := (command.UsageError{}); {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, command.ErrStopped):
		return exitStopped
	case errors.As(err, &wrong):
		fmt.Fprintln(m.Stderr, "serve:", err)
		return exitUsage
	default:
		fmt.Fprintln(m.Stderr, "serve:", err)
		return exitFailed
	}
}
