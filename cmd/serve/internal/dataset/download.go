package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// download is a file in the web whose size and content are known.
type download struct {
	url    string
	size   int64
	sha256 string
}

// patience is how long a server may send nothing before the connection is closed. A variable for tests.
var patience = 30 * time.Second

const (
	attempts = 4               // without progress; each resumes where the one before stopped
	saying   = 2 * time.Second // between lines about progress
)

// fetch puts the file at path, which appears only when it is complete and correct. What arrives is kept in path.part, and a
// later call resumes there.
func (d download) fetch(ctx context.Context, path string, say func(string, ...any)) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	part, err := os.OpenFile(path+".part", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer part.Close()
	sum := sha256.New()
	have, err := io.Copy(sum, io.LimitReader(part, d.size))
	if err != nil {
		return err
	}
	if err := part.Truncate(have); err != nil {
		return err
	}
	say("downloading %s, %.0f MB, to %s", d.url, float64(d.size)/1e6, path)
	for attempt := 1; have < d.size; attempt++ {
		before := have
		if have, err = d.get(ctx, part, sum, have, say); err == nil {
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if have > before {
			attempt = 1 // slow, but making progress
		}
		if attempt >= attempts {
			return err
		}
		say("%v; trying again", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != d.sha256 {
		// None of it can be trusted, so the next call begins again.
		return errors.Join(fmt.Errorf("%s is not the expected file: its SHA-256 is %s, want %s", d.url, got, d.sha256),
			os.Remove(part.Name()))
	}
	if err := part.Sync(); err != nil {
		return err
	}
	if err := part.Close(); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}

// get asks for the bytes from have on and appends them to part and sum. It returns how many there are then.
func (d download) get(ctx context.Context, part *os.File, sum hash.Hash, have int64, say func(string, ...any)) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(patience, func() { cancel(fmt.Errorf("%s: nothing arrived for %v", d.url, patience)) })
	defer stalled.Stop()
	fail := func(err error) (int64, error) {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return have, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return have, err
	}
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fail(err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusOK: // all of it, even where a part was asked for
		have = 0
		sum.Reset()
	case response.StatusCode != http.StatusPartialContent || have == 0:
		return fail(fmt.Errorf("%s: %s", d.url, response.Status))
	}
	if n := response.ContentLength; n >= 0 && have+n != d.size {
		return fail(fmt.Errorf("%s: the server has %d bytes, the file should have %d", d.url, have+n, d.size))
	}
	if _, err := part.Seek(have, io.SeekStart); err != nil {
		return have, err
	}
	if err := part.Truncate(have); err != nil {
		return have, err
	}
	said := time.Now()
	body := io.LimitReader(response.Body, d.size-have) // a server may state no length and send forever
	for buffer := make([]byte, 1<<16); ; {
		n, err := body.Read(buffer)
		stalled.Reset(patience)
		if _, err := part.Write(buffer[:n]); err != nil {
			return have, err
		}
		sum.Write(buffer[:n]) // never fails
		have += int64(n)
		if time.Since(said) > saying {
			said = time.Now()
			say("%.0f of %.0f MB", float64(have)/1e6, float64(d.size)/1e6)
		}
		switch {
		case errors.Is(err, io.EOF) && have == d.size:
			return have, nil
		case errors.Is(err, io.EOF):
			return fail(fmt.Errorf("%s: the connection ended after %d of %d bytes", d.url, have, d.size))
		case err != nil:
			return fail(err)
		}
	}
}
