package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"unpool/core/data/picture"
)

// pictures are read from a folder.
type pictures struct {
	fsys   fs.FS
	want   Want
	form   Form // what they become; the zero value before the first
	left   int  // of the most there may be
	pixels int  // decoded, each time a picture is read
	scale  *resizer
	report Report
	tally  tally
	bad    []*EntryError // pictures that cannot be read, the first of them
	worse  int           // how many more there are
}

// BadFiles are the pictures of a folder that cannot be read.
type BadFiles struct {
	Files []*EntryError // the first of them
	Count int
}

// mostBad is how many pictures that cannot be read are named.
const mostBad = 20

func (e *BadFiles) Error() string {
	if e.Count == 1 {
		return e.Files[0].Error()
	}
	lines := []string{fmt.Sprintf("%d pictures or classes cannot be read. Mend them or take them out", e.Count)}
	for _, f := range e.Files {
		lines = append(lines, f.Error())
	}
	if n := e.Count - len(e.Files); n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(lines, "\n")
}

// formError says that the pictures' own form is not what it seemed, and what it may be.
type formError struct{ form Form }

func (e *formError) Error() string {
	return fmt.Sprintf("the pictures differ in form: %+v", e.form)
}

// stopError ends the reading of a folder, where another error is about one file.
type stopError struct{ error }

func (e stopError) Unwrap() error { return e.error }

// read reads the pictures once. A *formError says to read them again: the first picture's form is taken for that of all
// until one that is different comes, of which most sets have none.
func (p *pictures) read(l *layout) (*Dataset, error) {
	p.left, p.tally, p.bad, p.worse = maxPictures, tally{}, nil, 0
	d := &Dataset{Classes: l.classes}
	for i, part := range l.splits {
		split := []*Split{&d.Train, &d.Test}[i]
		for label, class := range l.classes {
			dir := path.Join(part.folder, class)
			images, err := p.class(dir, part.files[label])
			if err != nil {
				return nil, err
			}
			n := len(images) / max(1, p.form.size())
			if len(l.splits) == 1 && n > 0 {
				if n < 2 {
					p.refuse(&EntryError{dir, "has one picture, which cannot be both trained and tested on", nil})
				}
				setAside(d, images, byte(label), p.form.size(), p.want.Split)
				continue
			}
			split.Images = append(split.Images, images...)
			split.Labels = append(split.Labels, slices.Repeat([]byte{byte(label)}, n)...)
		}
	}
	if p.bad != nil {
		return nil, &BadFiles{p.bad, len(p.bad) + p.worse}
	}
	d.Height, d.Width, d.Channels = p.form.Side, p.form.Side, p.form.Channels
	p.report.Found = found(d)
	if len(l.splits) == 1 {
		p.report.Found += fmt.Sprintf("; to test on is %v %% of each class, drawn at random with a fixed seed", 100*p.want.Split)
	}
	p.tally.warn(&p.report)
	warnOfContent(&p.report, d)
	d.Report = p.report
	return d, nil
}

// setAside divides a class's images: a share of them, drawn by a seed of its own so that every run has the same, is to test on.
func setAside(d *Dataset, images []byte, label byte, size int, share float64) {
	const seed = 1
	order := make([]int32, len(images)/size)
	for i := range order {
		order[i] = int32(i)
	}
	r := seeded(seed, uint64(label))
	r.Shuffle(order)
	aside := make([]bool, len(order))
	for _, i := range order[:toTest(len(order), share)] {
		aside[i] = true
	}
	for i, test := range aside {
		split := &d.Train
		if test {
			split = &d.Test
		}
		split.Images = append(split.Images, images[i*size:][:size]...)
		split.Labels = append(split.Labels, label)
	}
}

// refuse notes that a file or class cannot be used.
func (p *pictures) refuse(e *EntryError) {
	if len(p.bad) < mostBad {
		p.bad = append(p.bad, e)
	} else {
		p.worse++
	}
}

// class reads the pictures of a folder.
func (p *pictures) class(dir string, files []string) (images []byte, err error) {
	some := false
	for _, name := range files {
		entry := path.Join(dir, name)
		if p.pixels > maxAllPixels {
			return nil, fmt.Errorf("the pictures have more than %d billion pixels in all: scale them down first", maxAllPixels/1_000_000_000)
		}
		m, err := p.decode(entry)
		if stop := (stopError{}); errors.As(err, &stop) {
			return nil, err
		}
		if bad := (*EntryError)(nil); errors.As(err, &bad) {
			p.pixels += picture.MaxArea // it may have taken as long as the largest
			p.refuse(bad)
			some = true
			continue
		}
		if m == nil {
			p.report.pass(entry, "not a picture")
			continue
		}
		if p.left--; p.left < 0 {
			return nil, &EntryError{entry, fmt.Sprintf("is one too many: the limit is %d pictures", maxPictures), nil}
		}
		some = true
		p.pixels += m.Width * m.Height
		if p.bad != nil {
			continue // nothing will come of the others
		}
		image, err := p.formed(m)
		if err != nil {
			return nil, err
		}
		images = append(images, image...)
	}
	if !some {
		p.refuse(&EntryError{dir, "has no pictures", nil})
	}
	return images, nil
}

// decode reads a picture's file, nil if it is none by its name nor by its content. An error is an *EntryError.
func (p *pictures) decode(entry string) (*picture.Picture, error) {
	f, err := p.fsys.Open(entry)
	if err != nil {
		return nil, &EntryError{entry, "cannot be opened", err}
	}
	defer f.Close() // only read from
	file, err := whole(f)
	if err != nil {
		return nil, &EntryError{entry, "cannot be read", err}
	}
	if !picture.Likely(entry, file) {
		return nil, nil
	}
	if len(file) > maxFileBytes {
		return nil, &EntryError{entry, fmt.Sprintf("has more than %d bytes", maxFileBytes), nil}
	}
	m, err := picture.Decode(entry, file)
	if refused := (*picture.Refused)(nil); errors.As(err, &refused) {
		return nil, &EntryError{entry, refused.Problem, refused.Err}
	}
	return m, err
}

// whole reads a file, a large one to one byte beyond what may be read.
func whole(f fs.File) ([]byte, error) {
	if t, ok := f.(*treeFile); ok {
		return t.body, nil
	}
	size := int64(0)
	if info, err := f.Stat(); err == nil {
		size = min(max(info.Size(), 0), maxFileBytes+1)
	}
	b := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead)) // in one piece where the size is known
	_, err := b.ReadFrom(io.LimitReader(f, maxFileBytes+1))
	return b.Bytes(), err
}

// large is so many pixels that a picture's memory is collected before the next one is decoded.
const large = 4_000_000

// formed makes a picture one of the form. A *formError comes where the form is the pictures' own and this one has another.
func (p *pictures) formed(m *picture.Picture) ([]byte, error) {
	size := image.Pt(m.Width, m.Height)
	own := Form{defaultSide, 1}
	if takes(size) {
		own.Side = size.X
	}
	asked := p.want.Form
	if asked.Channels != 3 && m.Coloured() {
		own.Channels = 3
	}
	if p.form == (Form{}) {
		p.form = asked.orElse(own)
	}
	other := p.form
	if asked.Side == 0 && size != image.Pt(p.form.Side, p.form.Side) {
		other.Side = defaultSide
	}
	if asked.Channels == 0 && own.Channels > p.form.Channels {
		other.Channels = own.Channels
	}
	if other != p.form {
		return nil, &formError{other}
	}
	if to := image.Pt(p.form.Side, p.form.Side); p.scale == nil || p.scale.from != size || p.scale.to != to { // most sets have pictures of one size
		p.scale = newResizer(size, to)
	}
	p.tally.count(m, own.Channels > p.form.Channels)
	out, row := make([]byte, p.form.size()), make([]byte, m.Width*p.form.Channels)
	p.scale.resize(out, p.form.Channels, func(y int) []byte { return recolour(row, m.Row(y), 3) })
	if m.Width*m.Height > large {
		*m = picture.Picture{}
		runtime.GC()
	}
	return out, nil
}

// OpenPicture reads one picture file of a format and within the limits of package picture: [Side, Side, Channels] bytes of a form, which must
// say both. An error is an *EntryError.
func OpenPicture(fsys fs.FS, name string, form Form) ([]byte, error) {
	if info, err := fs.Stat(fsys, name); err == nil && !info.Mode().IsRegular() { // reading from a pipe would wait forever
		return nil, &EntryError{name, "is not a file", nil}
	}
	p := &pictures{fsys: fsys, want: Want{Form: form}}
	m, err := p.decode(name)
	if err == nil && m == nil {
		err = &EntryError{name, "is not a picture", nil}
	}
	if err != nil {
		return nil, err
	}
	return p.formed(m)
}
