package service

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/command"
)

// Flags take precedence over the environment, and a folder that is given over a cluster that is not.
func TestWhereRunsAreStored(t *testing.T) {
	for _, c := range []struct {
		folder, cluster string // of the environment
		args            string
		name            string // of the place
		says            string // the error; "" for none
	}{
		{"/runs", "", "", "/runs", ""},
		{"/runs", "", "-store /mine", "/mine", ""},
		{"/runs", "nats://lab:4222", "", "nats://lab:4222", ""},
		{"/runs", "nats://lab:4222", "-store /mine", "/mine", ""},
		{"/runs", "nats://lab:4222", "-nats nats://user:secret@box,box:2", "nats://box,box:2", ""},
		{"/runs", "", "-nats box -store /mine", "", "leave one out"},
		{"/runs", "", "-nats-creds file", "", "need -nats"},
		{"/runs", "", "-nats box -nats-cert file", "", "must be used together"},
		{"/runs", "", "-nats http://box", "", "nats:// or tls://"},
	} {
		p := Place{Folder: c.folder}
		p.NATS.URL = c.cluster
		l := command.NewLine("try", "", strings.Fields(c.args), io.Discard)
		p.Flags(l.Flags)
		if err := l.NoNames(); err != nil {
			t.Fatal(err)
		}
		err := p.settle(l)
		if c.says != "" {
			if usage := (command.UsageError{}); !errors.As(err, &usage) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%+v: the error is %v", c, err)
			}
			continue
		}
		if err != nil || p.Name() != c.name || p.Shared() != strings.Contains(c.name, "nats:") {
			t.Errorf("%+v: the runs are at %s, shared %v, %v", c, p.Name(), p.Shared(), err)
		}
	}
}

func TestTheUsualPlace(t *testing.T) {
	t.Setenv("UNPOOL_STORE", "")
	t.Setenv("UNPOOL_NATS", "nats://lab")
	data := t.TempDir()
	t.Setenv("XDG_DATA_HOME", data)
	if p := Usual(); p.Folder != filepath.Join(data, "unpool", "store") || p.NATS.URL != "nats://lab" {
		t.Errorf("it is %+v", p)
	}
	t.Setenv("XDG_DATA_HOME", "relative") // which the standard has ignored
	if p := Usual(); strings.Contains(p.Folder, "relative") {
		t.Errorf("with a relative folder it is %+v", p)
	}
	t.Setenv("UNPOOL_STORE", "mine")
	if p := Usual(); p.Folder != "mine" {
		t.Errorf("with UNPOOL_STORE it is %+v", p)
	}
}
