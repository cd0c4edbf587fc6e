package data

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"unpool/core/recipe"
	"unpool/models/net"
)

// Limits of a set of images, so that untrusted ones can fill neither memory nor time.
const (
	maxPictures   = 200_000
	maxFileBytes  = 32 << 20 // of one picture's file, unpacked
	maxPixels     = 1 << 24  // of one picture
	maxZipEntries = 2 * maxPictures
)

// EntryError says which file of a set of images is invalid.
type EntryError struct {
	Entry   string // its path in the folder or archive
	Problem string
	Err     error // what the reader said; may be nil
}

func (e *EntryError) Error() string {
	s := e.Entry + ": " + e.Problem
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *EntryError) Unwrap() error { return e.Err }

// OpenImages reads a folder with the folders train and test, in any case, each with a folder of PNG or JPEG pictures for
// each class. The two may lie in a folder of their own. Pictures come in order of classes and names, and classes are
// numbered in order of their names; what begins with a dot is skipped. As they are, pictures are gray if none of them has
// a colour, and stay as large as they are if all are squares of one size that nets take; else they become squares as
// large as MNIST's. An error is an *EntryError or fsys's own.
func OpenImages(fsys fs.FS, name recipe.Dataset, form Form) (*Dataset, error) {
	train, test, err := findSplits(fsys)
	if err != nil {
		return nil, err
	}
	in := &pictures{fsys: fsys, asked: form}
	for {
		d, err := in.read(train, test)
		if again := (*formError)(nil); errors.As(err, &again) {
			in.form = again.form
			continue
		}
		if err != nil {
			return nil, err
		}
		d.Name = name
		return d, nil
	}
}

// formError says that the pictures' own form is not what it seemed, and what it may be.
type formError struct{ form Form }

func (e *formError) Error() string {
	return fmt.Sprintf("the pictures differ in form: %+v", e.form)
}

// read reads the pictures once. A *formError says to read them again: the first picture's form is taken for that of all
// until one that is different comes, of which most sets have none.
func (p *pictures) read(train, test string) (*Dataset, error) {
	d := &Dataset{}
	p.left = maxPictures
	for i, folder := range []string{train, test} {
		split := []*Split{&d.Train, &d.Test}[i]
		classes, err := folders(p.fsys, folder)
		if err != nil {
			return nil, err
		}
		switch {
		case len(classes) == 0:
			return nil, &EntryError{folder, "has no folders; it needs one for each class", nil}
		case len(classes) < net.MinClasses || len(classes) > net.MaxClasses:
			return nil, &EntryError{folder, fmt.Sprintf("has %d folders of pictures; it needs one for each class, %d to %d", len(classes), net.MinClasses, net.MaxClasses), nil}
		case d.Classes != nil && !slices.Equal(classes, d.Classes):
			return nil, &EntryError{folder, fmt.Sprintf("has different classes from the folder beside it: %s and %s",
				strings.Join(classes, ", "), strings.Join(d.Classes, ", ")), nil}
		}
		d.Classes = classes
		for label, class := range classes {
			if err := p.class(path.Join(folder, class), byte(label), split); err != nil {
				return nil, err
			}
		}
	}
	d.Height, d.Width, d.Channels = p.form.Side, p.form.Side, p.form.Channels
	return d, nil
}

// OpenPicture reads one PNG or JPEG file of at most 32 MiB and 16 million pixels: [Side, Side, Channels] bytes of a form, which must say both. An
// error is an *EntryError.
func OpenPicture(fsys fs.FS, name string, form Form) ([]byte, error) {
	p := &pictures{fsys: fsys, asked: form}
	m, err := p.decode(name)
	if err != nil {
		return nil, err
	}
	return p.formed(m)
}

// OpenImagesZip reads an archive of what OpenImages reads.
func OpenImagesZip(r io.ReaderAt, size int64, name recipe.Dataset, form Form) (*Dataset, error) {
	z, err := openZip(r, size)
	if err != nil {
		return nil, err
	}
	return OpenImages(z, name, form)
}

// openZip opens an archive and refuses entries that no valid one has.
func openZip(r io.ReaderAt, size int64) (*zip.Reader, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a zip archive, or a damaged one: %w", err)
	}
	if len(z.File) > maxZipEntries {
		return nil, fmt.Errorf("the zip archive has %d entries; the limit is %d", len(z.File), maxZipEntries)
	}
	seen := map[string]bool{}
	for _, f := range z.File {
		entry := strings.TrimSuffix(f.Name, "/")
		switch {
		case !fs.ValidPath(entry) || strings.Contains(entry, `\`):
			return nil, &EntryError{fmt.Sprintf("%q", f.Name), "is not a path within the archive", nil}
		case seen[entry]:
			return nil, &EntryError{f.Name, "occurs twice in the archive", nil}
		}
		seen[entry] = true
	}
	return z, nil
}

// findSplits returns the paths of the folders train and test.
func findSplits(fsys fs.FS) (train, test string, err error) {
	const depth = 3 // folders within folders that are looked into
	at := "."
	for range depth {
		names, err := folders(fsys, at)
		if err != nil {
			return "", "", err
		}
		for _, n := range names {
			for want, found := range map[string]*string{"train": &train, "test": &test} {
				if !strings.EqualFold(n, want) {
					continue
				}
				if *found != "" {
					return "", "", &EntryError{path.Join(at, n), "occurs twice, in different case", nil}
				}
				*found = path.Join(at, n)
			}
		}
		if train != "" && test != "" {
			return train, test, nil
		}
		if len(names) != 1 {
			break
		}
		at = path.Join(at, names[0])
	}
	return "", "", errors.New("no folders train and test, each with a folder of pictures for each class")
}

// hidden reports whether a name belongs to the system that packed the folder.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || name == "__MACOSX" || name == "Thumbs.db" || name == "desktop.ini"
}

// isPicture reports whether a file is one by its name.
func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg":
		return true
	}
	return false
}

// folders lists the folders in a folder, by name.
func folders(fsys fs.FS, dir string) (names []string, err error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() && !hidden(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// pictures are read from a folder.
type pictures struct {
	fsys  fs.FS
	asked Form
	form  Form // what they become; the zero value before the first
	left  int  // of the most there may be
	scale *resizer
}

// class appends the pictures of a folder to a split.
func (p *pictures) class(dir string, label byte, to *Split) error {
	entries, err := fs.ReadDir(p.fsys, dir)
	if err != nil {
		return err
	}
	before := to.Len()
	for _, e := range entries {
		if hidden(e.Name()) {
			continue
		}
		entry := path.Join(dir, e.Name())
		if !isPicture(entry) {
			return &EntryError{entry, "is neither PNG nor JPEG by its name", nil}
		}
		if p.left--; p.left < 0 {
			return &EntryError{entry, fmt.Sprintf("is one too many: the limit is %d pictures", maxPictures), nil}
		}
		m, err := p.decode(entry)
		if err != nil {
			return err
		}
		image, err := p.formed(m)
		if err != nil {
			return err
		}
		to.Images = append(to.Images, image...)
		to.Labels = append(to.Labels, label)
	}
	if to.Len() == before {
		return &EntryError{dir, "has no pictures", nil}
	}
	return nil
}

// decode reads a PNG or JPEG file.
func (p *pictures) decode(entry string) (image.Image, error) {
	f, err := p.fsys.Open(entry)
	if err != nil {
		return nil, &EntryError{entry, "cannot be opened", err}
	}
	defer f.Close() // only read from
	file, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, &EntryError{entry, "cannot be read", err}
	}
	if len(file) > maxFileBytes {
		return nil, &EntryError{entry, fmt.Sprintf("has more than %d bytes", maxFileBytes), nil}
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, &EntryError{entry, "is not a picture", err}
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height {
		return nil, &EntryError{entry, fmt.Sprintf("is %d x %d pixels; the limit is %d", c.Width, c.Height, maxPixels), nil}
	}
	m, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, &EntryError{entry, "is a damaged picture", err}
	}
	return m, nil
}

// formed makes a picture one of the form. A *formError comes where the form is the pictures' own and this one has another.
func (p *pictures) formed(m image.Image) ([]byte, error) {
	size := m.Bounds().Size()
	planes := channels(m)
	if p.form == (Form{}) {
		own := Form{defaultSide, len(planes)}
		if takes(size) {
			own.Side = size.X
		}
		p.form = p.asked.orElse(own)
	}
	other := p.form
	if p.asked.Side == 0 && size != image.Pt(p.form.Side, p.form.Side) {
		other.Side = defaultSide
	}
	if p.asked.Channels == 0 && len(planes) > p.form.Channels {
		other.Channels = len(planes)
	}
	if other != p.form {
		return nil, &formError{other}
	}
	if to := image.Pt(p.form.Side, p.form.Side); p.scale == nil || p.scale.from != size || p.scale.to != to { // most sets have pictures of one size
		p.scale = newResizer(size, to)
	}
	return p.form.join(p.scale, p.form.planes(planes)...), nil
}

// channels returns the red, the green and the blue of a picture on black, where it is transparent, or one channel if they are
// the same everywhere.
func channels(m image.Image) []*image.Gray {
	bounds := m.Bounds()
	out := make([]*image.Gray, 3)
	for c := range out {
		out[c] = image.NewGray(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	}
	if g, ok := m.(*image.Gray); ok {
		for y := range bounds.Dy() {
			copy(out[0].Pix[y*out[0].Stride:], g.Pix[y*g.Stride:][:bounds.Dx()])
		}
		return out[:1]
	}
	at := func(x, y int) (r, g, b, a uint32) { return m.At(x, y).RGBA() }
	if m, ok := m.(image.RGBA64Image); ok { // allocates nothing
		at = func(x, y int) (r, g, b, a uint32) { return m.RGBA64At(x, y).RGBA() }
	}
	gray := true
	for i := range out[0].Pix {
		r, g, b, _ := at(bounds.Min.X+i%bounds.Dx(), bounds.Min.Y+i/bounds.Dx())
		out[0].Pix[i], out[1].Pix[i], out[2].Pix[i] = byte(r>>8), byte(g>>8), byte(b>>8)
		gray = gray && r>>8 == g>>8 && g>>8 == b>>8
	}
	if gray {
		return out[:1]
	}
	return out
}
