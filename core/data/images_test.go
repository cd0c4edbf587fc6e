package data

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"unpool/core/recipe"
)

// square is a PNG of one colour.
func square(side int, c color.Color) []byte {
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		m.Set(i%side, i/side, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// pets is a small set of two classes, below folders of its own.
func pets() fstest.MapFS {
	jpg := new(bytes.Buffer)
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = 100
	}
	if err := jpeg.Encode(jpg, m, nil); err != nil {
		panic(err)
	}
	file := func(b []byte) *fstest.MapFile { return &fstest.MapFile{Data: b} }
	return fstest.MapFS{
		"pets/v1/TRAIN/dog/b.png":   file(square(28, color.Gray{10})),
		"pets/v1/TRAIN/cat/1.PNG":   file(square(28, color.Gray{20})),
		"pets/v1/TRAIN/cat/2.jpeg":  file(jpg.Bytes()),
		"pets/v1/Test/cat/x.png":    file(square(56, color.RGBA{255, 0, 0, 255})),
		"pets/v1/Test/dog/y.png":    file(square(28, color.Gray{40})),
		"pets/v1/Test/dog/.hidden":  file([]byte("not a picture")),
		"pets/v1/__MACOSX/dog/x":    file(nil),
		"pets/v1/.git/train/config": file(nil),
	}
}

// packed makes a zip of files, in order of their names.
func packed(files fstest.MapFS) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			panic(err)
		}
		w.Write(files[name].Data)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func openPacked(b []byte, want Want) (*Dataset, error) {
	return OpenImagesZip(bytes.NewReader(b), int64(len(b)), recipe.Folder("pets"), want)
}

func TestOpenImages(t *testing.T) {
	for name, open := range map[string]func(Want) (*Dataset, error){
		"folder": func(w Want) (*Dataset, error) { return OpenImages(pets(), recipe.Folder("pets"), w) },
		"zip":    func(w Want) (*Dataset, error) { return openPacked(packed(pets()), w) },
	} {
		d, err := open(Want{Form: Form{28, 1}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(d.Classes, []string{"cat", "dog"}) || d.Height != 28 || d.Width != 28 || d.Channels != 1 {
			t.Errorf("%s: %dx%dx%d, classes %q", name, d.Height, d.Width, d.Channels, d.Classes)
		}
		first := func(s Split) (values []byte) {
			for i := range s.Len() {
				values = append(values, s.Images[784*i+300])
			}
			return values
		}
		if got := first(d.Train); !bytes.Equal(got, []byte{20, 100, 10}) || !bytes.Equal(d.Train.Labels, []byte{0, 0, 1}) {
			t.Errorf("%s: training images %v of classes %v", name, got, d.Train.Labels)
		}
		if got := first(d.Test); !bytes.Equal(got, []byte{76, 40}) || !bytes.Equal(d.Test.Labels, []byte{0, 1}) { // 0.299 of 255
			t.Errorf("%s: test images %v of classes %v", name, got, d.Test.Labels)
		}
		d, err = open(Want{Form: Form{32, 3}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := d.Test.Images[:3]; d.Channels != 3 || len(d.Test.Images) != 2*32*32*3 || !bytes.Equal(got, []byte{255, 0, 0}) {
			t.Errorf("%s: %d channels, the first pixel is %v", name, d.Channels, got)
		}
	}
}

// As they are, pictures keep the size and the colour that all of them have.
func TestPicturesAsTheyAre(t *testing.T) {
	red, grey := color.RGBA{255, 0, 0, 255}, color.Gray{9}
	set := func(pictures ...[]byte) fstest.MapFS {
		files := fstest.MapFS{}
		for i, p := range pictures {
			for _, place := range []string{"train/a/%d.png", "train/b/%d.png", "test/a/%d.png", "test/b/%d.png"} {
				files[fmt.Sprintf(place, i)] = &fstest.MapFile{Data: p}
			}
		}
		return files
	}
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		asked Form
		want  Form
	}{
		{"gray squares", set(square(40, grey), square(40, grey)), Form{}, Form{40, 1}},
		{"squares in colour", set(square(40, red), square(40, red)), Form{}, Form{40, 3}},
		{"one in colour, not the first", set(square(40, grey), square(40, red)), Form{}, Form{40, 3}},
		{"of two sizes", set(square(40, grey), square(50, grey)), Form{}, Form{28, 1}},
		{"of two sizes, and a third in colour", set(square(40, grey), square(50, grey), square(40, red)), Form{}, Form{28, 3}},
		{"too large", set(square(200, red)), Form{}, Form{28, 3}},
		{"too small", set(square(7, grey)), Form{}, Form{28, 1}},
		{"a size asked for", set(square(40, red), square(50, grey)), Form{Side: 64}, Form{64, 3}},
		{"gray asked for", set(square(40, red), square(40, grey)), Form{Channels: 1}, Form{40, 1}},
		{"colour asked for", set(square(40, grey)), Form{Channels: 3}, Form{40, 3}},
	} {
		d, err := OpenImages(c.files, recipe.Folder("x"), Want{Form: c.asked})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err := consistent(d); err != nil || d.Form() != c.want {
			t.Errorf("%s: %+v, want %+v, %v", c.name, d.Form(), c.want, err)
		}
	}
}

// A data set converted to another form equals one whose pictures were read in that form.
func TestIn(t *testing.T) {
	noisy := func(side, seed int) []byte {
		m := image.NewRGBA(image.Rect(0, 0, side, side))
		for i := range m.Pix {
			m.Pix[i] = byte(i * i * seed / 7)
			if i%4 == 3 {
				m.Pix[i] = 255
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	files := fstest.MapFS{"train/a/1.png": {Data: noisy(32, 3)}, "train/b/2.png": {Data: noisy(32, 5)}, "test/a/1.png": {Data: noisy(32, 11)}, "test/b/1.png": {Data: noisy(32, 13)}}
	own, err := OpenImages(files, recipe.Folder("x"), Want{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Form{{32, 3}, {32, 1}, {28, 1}, {28, 3}, {96, 3}, {8, 1}} {
		want, err := OpenImages(files, recipe.Folder("x"), Want{Form: f})
		if err != nil {
			t.Fatal(err)
		}
		if got := own.In(f); !bytes.Equal(got.Train.Images, want.Train.Images) || !bytes.Equal(got.Test.Images, want.Test.Images) || got.Form() != f {
			t.Errorf("%+v: other images than were read in that form", f)
		}
	}
	gray := own.In(Form{Channels: 1})
	if back := gray.In(Form{Channels: 3}); !bytes.Equal(back.In(Form{Channels: 1}).Train.Images, gray.Train.Images) {
		t.Error("gray images in colour and back are others")
	}
	if own.In(Form{}) != own {
		t.Error("as they are, images were copied")
	}
}

func TestOpenImagesRefuses(t *testing.T) {
	const dog = "pets/v1/TRAIN/dog/b.png"
	good := square(28, color.Black)
	huge := bytes.Clone(good)
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 x 65536 pixels in 100 bytes; the checksum is wrong, but it is read first
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		says   string
	}{
		"no picture":        {func(f fstest.MapFS) { f[dog].Data = []byte("hello") }, dog + ": is not a picture"},
		"half a picture":    {func(f fstest.MapFS) { f[dog].Data = good[:len(good)-20] }, dog + ": is a damaged picture"},
		"an empty file":     {func(f fstest.MapFS) { f[dog].Data = nil }, dog + ": is empty"},
		"a pixel bomb":      {func(f fstest.MapFS) { f[dog].Data = huge }, dog + ": "},
		"a large file":      {func(f fstest.MapFS) { f[dog].Data = make([]byte, maxFileBytes+1) }, dog + ": has more than"},
		"another extension": {func(f fstest.MapFS) { f["pets/v1/Test/dog/z.gif"] = &fstest.MapFile{} }, "pets/v1/Test/dog/z.gif: is empty"},
		"an empty class":    {func(f fstest.MapFS) { f[dog] = nil; delete(f, dog); f["pets/v1/TRAIN/dog/.keep"] = &fstest.MapFile{} }, "pets/v1/TRAIN/dog: has no pictures"},
		"other classes":     {func(f fstest.MapFS) { f["pets/v1/Test/fox/z.png"] = &fstest.MapFile{Data: good} }, "pets/v1/Test: has other classes than the folder beside it: it alone has fox"},
		"one class": {func(f fstest.MapFS) {
			for name := range f {
				if strings.Contains(name, "dog") {
					delete(f, name)
				}
			}
		}, "pets/v1/TRAIN: has only the folder cat; a net needs at least 2 classes"},
		"no classes": {func(f fstest.MapFS) {
			clear(f)
			f["train/a.png"] = &fstest.MapFile{}
			f["test/b.png"] = &fstest.MapFile{}
		}, "train: has no folders"},
		"no test": {func(f fstest.MapFS) {
			delete(f, "pets/v1/Test/cat/x.png")
			delete(f, "pets/v1/Test/dog/y.png")
			delete(f, "pets/v1/Test/dog/.hidden")
		}, "3 pictures in 2 classes, and no folder test beside a folder train"},
		"nothing":     {func(f fstest.MapFS) { clear(f) }, "no folders train and test"},
		"train twice": {func(f fstest.MapFS) { f["pets/v1/train/dog/z.png"] = &fstest.MapFile{Data: good} }, "twice"},
		"deep folders": {func(f fstest.MapFS) {
			clear(f)
			f[strings.Repeat("a/", 40)+"train/x/y.png"] = &fstest.MapFile{}
		}, "no folders train and test, each with a folder of pictures for each class, within 32 folders"},
	} {
		files := pets()
		c.change(files)
		for form, open := range map[string]func() (*Dataset, error){
			"folder": func() (*Dataset, error) { return OpenImages(files, recipe.Folder("pets"), Want{}) },
			"zip":    func() (*Dataset, error) { return openPacked(packed(files), Want{}) },
		} {
			if _, err := open(); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s in a %s: %v does not say %q", name, form, err, c.says)
			}
		}
	}
}

func TestOpenImagesZipRefuses(t *testing.T) {
	good := packed(pets())
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"nothing":        {nil, "not a zip archive"},
		"something else": {[]byte("hello, this is not a zip archive at all"), "not a zip archive"},
		"the first half": {good[:len(good)/2], "not a zip archive"},
	} {
		if _, err := openPacked(c.file, Want{}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	// Each picture's file is bounded when it is unpacked, whatever the archive states as its size.
	bomb := packed(fstest.MapFS{"train/a/b.png": {Data: make([]byte, maxFileBytes+1)}, "train/c/b.png": {Data: nil}, "test/a/b.png": {Data: nil}, "test/c/b.png": {Data: nil}})
	if _, err := openPacked(bomb, Want{}); err == nil || !strings.Contains(err.Error(), "train/a/b.png: has more than") {
		t.Errorf("a zip bomb of %d bytes: %v", len(bomb), err)
	}
}

func FuzzOpenImagesZip(f *testing.F) {
	good := packed(pets())
	f.Add(good)
	f.Add(good[:len(good)-10])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := openPacked(b, Want{})
		if err == nil {
			err = consistent(d)
		} else if e := (*EntryError)(nil); errors.As(err, &e) && e.Entry == "" {
			t.Errorf("%v names no entry", err)
			return
		} else {
			return
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// consistent reports what is inconsistent in a data set.
func consistent(d *Dataset) error {
	for _, s := range []Split{d.Train, d.Test} {
		if len(s.Images) != s.Len()*d.Height*d.Width*d.Channels || s.Len() == 0 {
			return fmt.Errorf("%d bytes for %d images of %dx%dx%d", len(s.Images), s.Len(), d.Height, d.Width, d.Channels)
		}
		if c := slices.Max(s.Labels); int(c) >= len(d.Classes) {
			return fmt.Errorf("label %d of %d classes", c, len(d.Classes))
		}
	}
	return nil
}
