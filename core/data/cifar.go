package data

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"unpool/core/data/picture"
	"unpool/core/recipe"
)

// cifarClasses are the classes of CIFAR-10 in the order of their labels.
var cifarClasses = func() []string {
	info, _ := recipe.CIFAR10.Info()
	return info.Classes
}()

// CIFAR10Files are the names that OpenCIFAR10 asks for: five files of training images and one of test images.
var CIFAR10Files = []string{
	"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin",
}

const (
	cifarSide    = 32
	cifarPlane   = cifarSide * cifarSide
	cifarRecord  = 1 + 3*cifarPlane // a label, then red, green and blue
	cifarRecords = 10_000           // in each file
)

// OpenCIFAR10 reads CIFAR-10 in colour (50,000 + 10,000 photographs) from the files CIFAR10Files of its binary version, opened and
// closed one after the other.
func OpenCIFAR10(open func(name string) (io.ReadCloser, error)) (*Dataset, error) {
	c := newCIFAR10()
	for _, name := range CIFAR10Files {
		f, err := open(name)
		if err != nil {
			return nil, fmt.Errorf("cifar10: %s: %w", name, err)
		}
		err = c.read(name, f)
		f.Close() // only read from: an error here can lose nothing
		if err != nil {
			return nil, fmt.Errorf("cifar10: %w", err)
		}
	}
	return c.Dataset, nil
}

// OpenCIFAR10Archive reads CIFAR-10 in colour from the archive of its binary version, cifar-10-binary.tar.gz.
func OpenCIFAR10Archive(r io.Reader) (*Dataset, error) {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("cifar10: not a gzip archive: %w", err)
	}
	c := newCIFAR10()
	next := 0
	const most = 100 // entries; the official archive has nine
	for archive, entries := tar.NewReader(unzipped), 0; ; entries++ {
		h, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF) && next == len(CIFAR10Files):
			return c.Dataset, toEnd(unzipped)
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("cifar10: the archive has no %s", CIFAR10Files[next])
		case err != nil:
			return nil, fmt.Errorf("cifar10: a damaged archive: %w", err)
		case entries == most:
			return nil, fmt.Errorf("cifar10: the archive has more than %d entries", most)
		}
		name := path.Base(h.Name)
		if PythonCIFAR10(name) {
			return nil, fmt.Errorf("it %w", ErrPythonCIFAR10)
		}
		switch at := slices.Index(CIFAR10Files, name); {
		case at < 0 || h.Typeflag != tar.TypeReg:
			if h.Size > maxFileBytes {
				return nil, fmt.Errorf("cifar10: %w", &EntryError{h.Name, fmt.Sprintf("has %d bytes and is not part of CIFAR-10", h.Size), nil})
			}
			continue
		case at != next:
			return nil, fmt.Errorf("cifar10: %w", &EntryError{h.Name, "comes where " + expected(next) + " should", nil})
		}
		if err := c.read(name, archive); err != nil {
			return nil, fmt.Errorf("cifar10: %w", err)
		}
		next++
	}
}

// ErrPythonCIFAR10 says that files are those of CIFAR-10's Python version, which only Python can read.
var ErrPythonCIFAR10 = errors.New("is the Python version of CIFAR-10: take cifar-10-binary.tar.gz")

// PythonCIFAR10 reports whether a file or folder belongs to the Python version by its name.
func PythonCIFAR10(name string) bool {
	return slices.Contains([]string{"cifar-10-python.tar.gz", "cifar-10-batches-py"}, name) || slices.Contains(CIFAR10Files, name+".bin")
}

// toEnd reads what follows the end of an archive's files, a few zeros, to the end of its gzip stream, where the checksum is.
func toEnd(unzipped io.Reader) error {
	const most = 1 << 20
	n, err := io.Copy(io.Discard, io.LimitReader(unzipped, most))
	switch {
	case err != nil:
		return fmt.Errorf("cifar10: a damaged archive: %w", err)
	case n == most:
		return errors.New("cifar10: the archive does not end after its files")
	}
	return nil
}

// expected names a file by its number, or what follows the last one.
func expected(i int) string {
	if i < len(CIFAR10Files) {
		return CIFAR10Files[i]
	}
	return "nothing more"
}

// cifar10 is CIFAR-10 while it is being read.
type cifar10 struct {
	*Dataset
	record []byte
	image  []byte // of the record
}

func newCIFAR10() *cifar10 {
	d := &Dataset{Name: recipe.CIFAR10RGB, Height: cifarSide, Width: cifarSide, Channels: 3, Classes: cifarClasses}
	return &cifar10{Dataset: d, record: make([]byte, cifarRecord), image: make([]byte, 3*cifarPlane)}
}

// read appends the images of one file.
func (c *cifar10) read(name string, r io.Reader) error {
	to := &c.Train
	if name == CIFAR10Files[len(CIFAR10Files)-1] {
		to = &c.Test
	}
	in := bufio.NewReaderSize(r, 1<<16)
	start, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return &FormatError{name, 0, "it cannot be read", err}
	}
	if instead := picture.Instead(start); instead != "" {
		return &EntryError{name, instead, nil}
	}
	for i := range cifarRecords {
		offset := int64(i) * cifarRecord
		if n, err := io.ReadFull(in, c.record); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return &FormatError{name, offset + int64(n), fmt.Sprintf("the file ends early: %d images need %d bytes", cifarRecords, cifarRecords*cifarRecord), err}
		}
		label := c.record[0]
		if int(label) >= len(cifarClasses) {
			return &FormatError{name, offset, fmt.Sprintf("label %d, want 0 to %d", label, len(cifarClasses)-1), nil}
		}
		for at := range cifarPlane {
			copy(c.image[3*at:], []byte{c.record[1+at], c.record[1+at+cifarPlane], c.record[1+at+2*cifarPlane]})
		}
		to.Images = append(to.Images, c.image...)
		to.Labels = append(to.Labels, label)
	}
	if _, err := in.ReadByte(); err == nil {
		return &FormatError{name, cifarRecords * cifarRecord, fmt.Sprintf("the file has more bytes after its %d images", cifarRecords), nil}
	} else if !errors.Is(err, io.EOF) {
		return &FormatError{name, cifarRecords * cifarRecord, "bad end of file", err}
	}
	return nil
}

// madeOfCIFAR10 are the data sets that FromCIFAR10 makes, the default for a chosen file first.
var madeOfCIFAR10 = []recipe.Dataset{recipe.CIFAR10, recipe.CIFAR10Report, recipe.CIFAR10RGB}

// MadeOfCIFAR10 reports whether a data set is one that FromCIFAR10 makes.
func MadeOfCIFAR10(name recipe.Dataset) bool { return slices.Contains(madeOfCIFAR10, name) }

// FromCIFAR10 makes of CIFAR-10 in colour one of the sets that are made of it, itself among them.
func FromCIFAR10(rgb *Dataset, name recipe.Dataset) (d *Dataset, err error) {
	switch name {
	case recipe.CIFAR10RGB:
		return rgb, nil
	case recipe.CIFAR10Report:
		if rgb, err = reportSubset(rgb); err != nil {
			return nil, err
		}
	case recipe.CIFAR10:
	default:
		return nil, fmt.Errorf("%s is not made from CIFAR-10", name)
	}
	d = rgb.In(tableForm(name))
	d.Name = name
	return d, nil
}

// reportSubset makes the course report's part of CIFAR-10 from the whole: of each class the first 1,000 training images and the
// first 100 test images, the last of them first, as in the course's archive.
func reportSubset(all *Dataset) (*Dataset, error) {
	d := *all
	d.hash = ""
	d.Name = recipe.CIFAR10Report
	info, _ := d.Name.Info()
	for _, s := range []struct {
		name     string
		from, to *Split
		n        int // of each class
	}{{"training", &all.Train, &d.Train, info.Train / len(info.Classes)}, {"test", &all.Test, &d.Test, info.Test / len(info.Classes)}} {
		size := all.Height * all.Width * all.Channels
		*s.to = Split{}
		for label := range all.Classes {
			var indices []int
			for i, l := range s.from.Labels {
				if int(l) == label && len(indices) < s.n {
					indices = append(indices, i)
				}
			}
			if len(indices) < s.n {
				return nil, fmt.Errorf("%s: %d %s images of class %s, the course report's part has %d",
					d.Name, len(indices), s.name, all.Classes[label], s.n)
			}
			last := len(indices) - 1
			for _, i := range append([]int{indices[last]}, indices[:last]...) {
				s.to.Images = append(s.to.Images, s.from.Images[i*size:][:size]...)
				s.to.Labels = append(s.to.Labels, byte(label))
			}
		}
	}
	return &d, nil
}

// OpenReportZip reads the course's archive of that part: gray pictures in folders named after the labels.
func OpenReportZip(r io.ReaderAt, size int64) (*Dataset, error) {
	info, _ := recipe.CIFAR10Report.Info()
	d, err := OpenImagesZip(r, size, info.Name, Want{Form: tableForm(info.Name)})
	if err != nil {
		return nil, err
	}
	if len(d.Classes) != len(info.Classes) || d.Train.Len() != info.Train || d.Test.Len() != info.Test {
		return nil, fmt.Errorf("not the course report's part of CIFAR-10: %d classes, %d + %d pictures; it has %d, and %d + %d",
			len(d.Classes), d.Train.Len(), d.Test.Len(), len(info.Classes), info.Train, info.Test)
	}
	d.Classes = info.Classes
	return d, nil
}
