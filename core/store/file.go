package store

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"unpool/core/jsontext"
	"unpool/core/run"
)

// A run as one file is its folder, zipped: what the store of folders keeps of it. These are the names of what is no artifact.
const (
	LogFile   = "events.jsonl" // the log, a record a line
	LabelFile = "label.json"   // the user's name and note
)

// MaxFile bounds the bytes of a run as one file, packed and unpacked.
const MaxFile = 1 << 30

// FileType is the media type of a run as one file.
const FileType = "application/zip"

// What the file of a run may have at most. A run has some 30 files, and the largest net of the catalog takes 150 MB with all of its
// checkpoints and snapshots.
const (
	maxEntries  = 200
	maxArtifact = 512 << 20 // bytes
	maxLog      = 256 << 20
	maxLabel    = 64 << 10 // what it may say has a lower bound
	maxTotal    = MaxFile
	maxRatio    = 100     // of bytes to bytes in the file
	ratioFrom   = 1 << 20 // bytes: what is smaller may be anything
)

// Export writes a run as one file: ErrBusy while a program has it, since its files would not belong together.
func Export(ctx context.Context, s Store, id string, to io.Writer) error {
	sum, err := find(ctx, s, id)
	if err != nil {
		return err
	}
	if sum.Phase.Active() {
		return fmt.Errorf("run %s: %w", id, ErrBusy)
	}
	log, err := s.Read(ctx, id, 1)
	if err != nil {
		return err
	}
	if len(log) == 0 {
		return fmt.Errorf("run %s: %w", id, ErrNotBegun)
	}
	artifacts, err := s.Artifacts(ctx, id)
	if err != nil {
		return err
	}
	z := zip.NewWriter(to)
	entry := func(name string, method uint16) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: id + "/" + name, Method: method, Modified: sum.Updated})
	}
	w, err := entry(LogFile, zip.Deflate)
	if err != nil {
		return err
	}
	for _, r := range log {
		line, err := r.Marshal()
		if err != nil {
			return err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	if sum.Label != (run.Label{}) {
		w, err := entry(LabelFile, zip.Deflate)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(w).Encode(sum.Label); err != nil {
			return err
		}
	}
	for _, a := range artifacts {
		if isAnalysis(a.Name) {
			continue
		}
		w, err := entry(a.Name, zip.Store) // weights hardly become smaller
		if err != nil {
			return err
		}
		if err := copyArtifact(ctx, s, id, a.Name, w); err != nil {
			return err
		}
	}
	return z.Close()
}

// find returns the summary of a run.
func find(ctx context.Context, s Store, id string) (run.Summary, error) {
	all, err := s.List(ctx)
	for _, sum := range all {
		if sum.ID == id {
			return sum, nil
		}
	}
	return run.Summary{}, cmp.Or(err, fmt.Errorf("run %s: %w", id, ErrNotFound))
}

func copyArtifact(ctx context.Context, s Store, id, name string, to io.Writer) error {
	from, err := s.Get(ctx, id, name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, from.Close())
}

// Import takes in a run that is one file of so many bytes, and returns its ID, by which the store then knows it. A run that is there already, and
// whose log the file's continues from, is brought to where the file's is. Any other is not overwritten: ErrExists, with the ID. The file may be
// anybody's: it is refused as a whole where anything in it is not a run's.
func Import(ctx context.Context, s Store, from io.ReaderAt, size int64) (id string, err error) {
	f, err := readFile(from, size)
	if err != nil {
		return "", fmt.Errorf("this file does not contain a run: %w", err)
	}
	w, err := s.Create(ctx, f.id)
	if errors.Is(err, ErrExists) {
		return f.id, f.goOn(ctx, s, err)
	}
	if err != nil {
		return f.id, err
	}
	err = f.write(w)
	err = errors.Join(err, w.Close())
	if err == nil && f.label != (run.Label{}) {
		err = s.Label(ctx, f.id, f.label)
	}
	if err != nil {
		if gone := s.Delete(ctx, f.id); !errors.Is(gone, ErrNotFound) { // a part of a run is worse than none
			err = errors.Join(err, gone)
		}
		return "", err
	}
	return f.id, nil
}

// GoesOn reports whether a log is another one, or that one with more records behind it. Records have their times: of logs that agree in one, those before are the same.
func GoesOn(log, from []run.Record) bool {
	n := len(from)
	return n == 0 || n <= len(log) && log[n-1].Same(from[n-1])
}

// goOn brings a run of the store to where the file's is, which was trained further elsewhere: exists where it was not. The log comes first: a kill
// before the checkpoint leaves a run that is resumed from an earlier one.
func (f *file) goOn(ctx context.Context, s Store, exists error) error {
	log, err := s.Read(ctx, f.id, 1)
	if err != nil {
		return err
	}
	switch {
	case GoesOn(log, f.log):
		return exists
	case !GoesOn(f.log, log):
		return fmt.Errorf("run %s was trained in two places, and its copies differ; delete one of them, after exporting it if you want to keep both: %w", f.id, exists)
	}
	w, err := s.Open(ctx, f.id)
	if err != nil {
		return err
	}
	if w.Last() != uint64(len(log)) {
		return errors.Join(exists, w.Close()) // it was trained just now
	}
	err = w.Append(f.log[len(log):]...)
	if err == nil {
		err = f.put(w)
	}
	return errors.Join(err, w.Close())
}

// file is a run's file that has been looked through: its log is read, its artifacts are not yet.
type file struct {
	id        string
	log       []run.Record
	label     run.Label
	artifacts []*zip.File
}

// write gives a run's writer what the file has: the log last, and all of it at once, so that there is no run until all of it is.
func (f *file) write(w Writer) error {
	if err := f.put(w); err != nil {
		return err
	}
	return w.Append(f.log...)
}

// put gives a run's writer the file's artifacts.
func (f *file) put(w Writer) error {
	for _, a := range f.artifacts {
		err := w.Put(path.Base(a.Name), func(to io.Writer) error {
			from, err := open(a)
			if err != nil {
				return err
			}
			_, err = io.Copy(to, from)
			return errors.Join(err, from.Close())
		})
		if err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	return nil
}

// readFile looks through the file of a run.
func readFile(from io.ReaderAt, size int64) (*file, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, err
	}
	entries, err := check(z.File)
	if err != nil {
		return nil, err
	}
	f := &file{}
	for _, e := range entries {
		switch name := path.Base(e.Name); name {
		case LogFile:
			err = f.readLog(e)
		case LabelFile:
			err = f.readLabel(e)
		default:
			if !isAnalysis(name) {
				f.artifacts = append(f.artifacts, e)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	if len(f.log) == 0 {
		return nil, fmt.Errorf("it has no %s", LogFile)
	}
	return f, nil
}

// check returns the entries that are a run's files, and refuses names, numbers and sizes that no run has. Nothing is unpacked.
func check(all []*zip.File) (files []*zip.File, err error) {
	if len(all) > maxEntries {
		return nil, fmt.Errorf("it has %d files; a run has at most %d", len(all), maxEntries)
	}
	total := uint64(0)
	seen := map[string]bool{}
	folder := ""
	for _, e := range all {
		dir, name := path.Split(e.Name)
		if name == "" || strings.HasPrefix(name, ".") || strings.HasPrefix(dir, "__MACOSX/") {
			continue // a folder, or what systems leave in one
		}
		if len(seen) == 0 {
			folder = dir
		}
		most := uint64(maxArtifact)
		switch name {
		case LogFile:
			most = maxLog
		case LabelFile:
			most = maxLabel
		}
		total += min(e.UncompressedSize64, maxTotal+1)
		switch {
		case CheckName(name) != nil:
			return nil, fmt.Errorf("%.99q: %w", e.Name, CheckName(name))
		case dir != folder || strings.Count(dir, "/") > 1 || strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "/"):
			return nil, fmt.Errorf("%.99q is not in the same folder as the other files", e.Name)
		case seen[name]:
			return nil, fmt.Errorf("%.99q occurs twice", e.Name)
		case e.UncompressedSize64 > most || total > maxTotal:
			return nil, fmt.Errorf("%.99q is too large", e.Name)
		case e.UncompressedSize64 > ratioFrom && e.UncompressedSize64/maxRatio > e.CompressedSize64:
			return nil, fmt.Errorf("%.99q is compressed too strongly to belong to a run", e.Name)
		}
		seen[name] = true
		files = append(files, e)
	}
	return files, nil
}

// open unpacks an entry, and no more of it than it says that there is.
func open(e *zip.File) (io.ReadCloser, error) {
	from, err := e.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(from, int64(e.UncompressedSize64)+1), from}, nil // one more, at which a wrong size is noticed
}

func unpack(e *zip.File) ([]byte, error) {
	from, err := open(e)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(from)
	return text, errors.Join(err, from.Close())
}

func (f *file) readLog(e *zip.File) error {
	text, err := unpack(e)
	if err != nil {
		return err
	}
	log, size, err := run.ReadLog(text)
	if err != nil {
		return err
	}
	if len(log) == 0 {
		return errors.New("it contains no event")
	}
	start, ok := log[0].Event.(*run.Start)
	if !ok {
		return errors.New("it does not begin with a start event")
	}
	for i, r := range log {
		if !run.Durable(r.Event) {
			return fmt.Errorf("line %d: a log does not contain events of this kind", i+1)
		}
	}
	last := -1
	for _, m := range run.Replay(log).Metrics {
		if m.Step <= last {
			return fmt.Errorf("its evaluations are out of order: step %d after step %d", m.Step, last)
		}
		last = m.Step
	}
	hash := sha256.Sum256(text[:size])
	f.log, f.id = slices.Clip(log), cmp.Or(start.ID, hex.EncodeToString(hash[:8])) // older logs do not say: the same log is the same run
	return CheckName(f.id)
}

func (f *file) readLabel(e *zip.File) error {
	text, err := unpack(e)
	if err != nil {
		return err
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&f.label); err != nil {
		return jsontext.Explain(text, err)
	}
	return f.label.Check()
}
