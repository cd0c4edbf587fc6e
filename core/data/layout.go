package data

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"unpool/core/data/picture"
	"unpool/models/net"
)

// layout is where the pictures of a folder lie.
type layout struct {
	classes []string
	splits  []part // to train on and to test on; one alone has to be split
}

// part is one folder of class folders.
type part struct {
	folder string
	files  [][]string // of each class: the names of its files
}

// The names of the folders with the pictures to train on and to test on, in lower case. Of several to test on the first is used.
var (
	trainNames = []string{"train", "training"}
	testNames  = []string{"test", "testing", "val", "valid", "validation"}
)

// SplitNeeded says that pictures are not divided into some to train on and some to test on.
type SplitNeeded struct {
	Counts     []int  // of the pictures, by their names, of each class
	Unlabelled string // the folder test, if it is there but has no folders for the classes
}

func (e *SplitNeeded) Error() string {
	train, test := e.With(0)
	lack := "no folder test beside a folder train"
	if e.Unlabelled != "" {
		lack = "no folders for the classes in " + shown(e.Unlabelled)
	}
	return fmt.Sprintf("%d pictures in %d classes, and %s: they have to be split", train+test, len(e.Counts), lack)
}

// With is how many pictures there are to train on and to test on if a share of each class is set aside.
func (e *SplitNeeded) With(share float64) (train, test int) {
	for _, n := range e.Counts {
		aside := toTest(n, share)
		train, test = train+n-aside, test+aside
	}
	return train, test
}

// toTest is how many of a class's pictures a share is: at least one of them, and not all.
func toTest(n int, share float64) int {
	return min(max(1, int(share*float64(n)+0.5)), n-1)
}

// findLayout looks through a folder. What is passed over is noted in the report.
func findLayout(fsys fs.FS, split float64, r *Report) (*layout, error) {
	at := "."
	for range 32 { // folders within folders
		names, files, err := listed(fsys, at, r)
		if err != nil {
			return nil, err
		}
		train, err := oneOf(at, names, trainNames)
		if err != nil {
			return nil, err
		}
		test, err := oneOf(at, names, testNames)
		if err != nil {
			return nil, err
		}
		switch {
		case train != "" && (test != "" || split > 0):
			if split > 0 {
				test = ""
			}
			for _, n := range names {
				switch {
				case n == train, n == test:
				case slices.Contains(testNames, strings.ToLower(n)):
					r.pass(path.Join(at, n), unneeded(test))
				default:
					r.pass(path.Join(at, n), "a folder beside "+train)
				}
			}
			passAll(r, at, files, "beside the folders")
			return splits(fsys, at, split, r, train, test)
		case train != "":
			return splits(fsys, at, split, r, train)
		case len(names) == 1 && !slices.ContainsFunc(files, isPicture):
			passAll(r, at, files, "beside the folders")
			at = path.Join(at, names[0])
		case len(names) == 0:
			if i := slices.IndexFunc(files, isPicture); i >= 0 {
				return nil, &EntryError{path.Join(at, files[i]), "is in no folder: each class needs a folder of its own, within folders train and test", nil}
			}
			return nil, errors.New("no folders train and test, each with a folder of pictures for each class")
		case test != "" && len(names) > 1:
			return nil, &EntryError{path.Join(at, test), "is there, but no folder train beside it", nil}
		default:
			passAll(r, at, files, "beside the classes")
			return splits(fsys, at, split, r, "")
		}
	}
	return nil, errors.New("no folders train and test, each with a folder of pictures for each class, within 32 folders")
}

// oneOf finds the folder that has one of the names, the first that is there, in any case; "" for none.
func oneOf(dir string, folders, names []string) (found string, err error) {
	for _, want := range names {
		for _, n := range folders {
			switch {
			case !strings.EqualFold(n, want):
			case found != "":
				return "", &EntryError{path.Join(dir, n), "occurs twice, in different case", nil}
			default:
				found = n
			}
		}
		if found != "" {
			return found, nil
		}
	}
	return "", nil
}

func passAll(r *Report, dir string, files []string, why string) {
	for _, f := range files {
		r.pass(path.Join(dir, f), why)
	}
}

// splits lists the classes and the files of some folders in a folder; "" is the folder itself, and is left out after the first.
func splits(fsys fs.FS, at string, split float64, r *Report, folders ...string) (*layout, error) {
	l := &layout{}
	for i, f := range folders {
		if i > 0 && f == "" {
			continue
		}
		folder := path.Join(at, f)
		classes, files, err := listed(fsys, folder, r)
		if err != nil {
			return nil, err
		}
		if len(classes) == 0 && i > 0 {
			return nil, splitNeeded(l, folder)
		}
		if len(classes) == 0 {
			return nil, &EntryError{folder, "has no folders; it needs one for each class", nil}
		}
		if f != "" {
			passAll(r, folder, files, "beside the classes")
		}
		p := part{folder: folder}
		for _, class := range classes {
			dir := path.Join(folder, class)
			within, names, err := listed(fsys, dir, r)
			if err != nil {
				return nil, err
			}
			if len(names) == 0 && len(within) > 0 {
				return nil, &EntryError{dir, fmt.Sprintf("has no pictures, but the folder %s: pictures must lie in the folder of their class itself",
					shown(within[0])), nil}
			}
			for _, w := range within {
				r.pass(path.Join(dir, w), "a folder within a class")
			}
			p.files = append(p.files, names)
		}
		switch {
		case len(classes) < net.MinClasses:
			return nil, &EntryError{folder, fmt.Sprintf("has only the folder %s; a net needs at least %d classes, with a folder for each",
				shown(classes[0]), net.MinClasses), nil}
		case len(classes) > net.MaxClasses:
			return nil, &EntryError{folder, fmt.Sprintf("has %d folders; there may be %d classes", len(classes), net.MaxClasses), nil}
		case i > 0 && !slices.Equal(classes, l.classes):
			return nil, &EntryError{folder, "has other classes than the folder beside it: " + differ(l.classes, classes), nil}
		}
		l.classes, l.splits = classes, append(l.splits, p)
	}
	if len(l.splits) == 1 && split == 0 {
		return nil, splitNeeded(l, "")
	}
	return l, nil
}

// splitNeeded is about the pictures of the first folder.
func splitNeeded(l *layout, unlabelled string) *SplitNeeded {
	e := &SplitNeeded{Unlabelled: unlabelled}
	for _, files := range l.splits[0].files {
		n := 0
		for _, f := range files {
			if isPicture(f) {
				n++
			}
		}
		e.Counts = append(e.Counts, n)
	}
	return e
}

// differ says which classes only one of two folders has.
func differ(train, test []string) string {
	var said []string
	for _, d := range []struct {
		has, lacks []string
		words      string
	}{{train, test, "it lacks "}, {test, train, "it alone has "}} {
		var only []string
		for _, c := range d.has {
			if !slices.Contains(d.lacks, c) {
				only = append(only, c)
			}
		}
		if only != nil {
			said = append(said, d.words+named(only, len(only)))
		}
	}
	return strings.Join(said, "; ")
}

// listed lists what is in a folder, by name, but for what is passed over: what belongs to a system, and what is neither file nor folder.
func listed(fsys fs.FS, dir string, r *Report) (folders, files []string, err error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		switch at := path.Join(dir, e.Name()); {
		case Hidden(e.Name()):
			r.pass(at, ofTheSystem)
		case e.IsDir():
			folders = append(folders, e.Name())
		case e.Type().IsRegular():
			files = append(files, e.Name())
		default:
			r.pass(at, special(e.Type()))
		}
	}
	return folders, files, nil
}

// ofTheSystem is why a file that Hidden is about is passed over.
const ofTheSystem = "of the system"

// special says what something in a folder is that is neither a file nor a folder.
func special(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSymlink != 0:
		return "a link to nothing, or to a folder that it lies in"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "neither a file nor a folder"
}

// Hidden reports whether a name belongs to the system that made or packed the folder.
func Hidden(name string) bool {
	return strings.HasPrefix(name, ".") ||
		slices.Contains([]string{"__MACOSX", "@eaDir", "Thumbs.db", "desktop.ini", "Icon\r", "$RECYCLE.BIN", "System Volume Information"}, name)
}

// isPicture reports whether a file is one by its name.
func isPicture(name string) bool { return picture.Likely(name, nil) }

// unneeded says why a folder with pictures to test on is passed over.
func unneeded(test string) string {
	if test == "" {
		return "not needed with a split"
	}
	return "not needed beside the folder " + test
}
