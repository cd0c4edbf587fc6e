package data

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"unpool/core/recipe"
)

// input is a folder that a user may have, and how it is read.
type input struct {
	files map[string][]byte
	pipes []string // paths of named pipes
	want  Want
}

// noise is a picture that is like no other, by its number.
func noise(n int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 9, 9))
	for i := range m.Pix {
		v := byte((i/4 + 1) * (i/4 + 3*n + 2) * 37 / 5)
		if m.Pix[i] = v; i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// encoded is a file of a picture.
func encoded[M any](m M, encode func(io.Writer, M) error) []byte {
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pngOf(m image.Image) []byte { return encoded(m, png.Encode) }

func jpegOf(m image.Image) []byte {
	return encoded(m, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) })
}

// webp is a picture of 9 x 9 pixels.
func webp() []byte {
	b, err := base64.StdEncoding.DecodeString("UklGRjwAAABXRUJQVlA4IDAAAACQAQCdASoJAAkAAsBMJagCdLoAA5gA/u+b39GEn4vv0KNlEql/9Js/4mz/ibPjmAA=")
	if err != nil {
		panic(err)
	}
	return b
}

// header is the beginning of a PNG file of some size and kind: all that is looked at before the picture is refused.
func header(width, height uint32, bits, kind byte) []byte {
	ihdr := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height), bits, kind, 0, 0, 0)
	return binary.BigEndian.AppendUint32(append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...), crc32.ChecksumIEEE(ihdr))
}

// sets makes two folders of two classes, of so many pictures each.
func sets(n int, folders ...string) map[string][]byte {
	files := map[string][]byte{}
	for i, f := range folders {
		for j, class := range []string{"cat", "dog"} {
			for k := range n {
				files[fmt.Sprintf("%s%s/%d.png", f, class, k+1)] = pngOf(noise(100*i + 10*j + k))
			}
		}
	}
	return files
}

// with is a usual folder in which some files are others; nil takes one out.
func with(changes map[string][]byte) input {
	files := sets(2, "train/", "test/")
	maps.Copy(files, changes)
	maps.DeleteFunc(files, func(_ string, b []byte) bool { return b == nil })
	return input{files: files}
}

func one(path string, body []byte) input { return with(map[string][]byte{path: body}) }

// inputs are those of the table in docs/data.md.
func inputs() map[string]input {
	again := pngOf(noise(5))
	clear := image.NewNRGBA(image.Rect(0, 0, 9, 9))
	clear.Set(3, 3, color.NRGBA{0, 0, 0, 255})
	deep := image.NewGray16(image.Rect(0, 0, 9, 9))
	deep.Pix[0] = 77
	frame := image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.Black, color.White})
	frame.Pix[5] = 1
	animation := encoded(&gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}, gif.EncodeAll)
	colours := with(map[string][]byte{})
	for path := range colours.files {
		m := image.NewGray(image.Rect(0, 0, 9, 9))
		m.Pix[len(path)] = path[len(path)-5]
		colours.files[path] = pngOf(m)
	}
	colours.files["train/cat/1.png"], colours.want = square(9, color.RGBA{255, 0, 0, 255}), Want{Form: Form{Channels: 1}}
	rare := jpegOf(noise(1))
	at := bytes.Index(rare, []byte{0xff, 0xc0})
	rare[at+17] = 0x12 // the last component's sampling
	scans := jpegOf(noise(1))
	sos := bytes.Index(scans, []byte{0xff, 0xda})
	scans = append(scans[:len(scans)-2:len(scans)-2], bytes.Repeat(scans[sos:len(scans)-2], 999)...)
	twoSizes := append([]byte("RIFF\x00\x01\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00"), webp()[12:]...)
	moving := []byte("RIFF\x00\x01\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x08\x00\x00\x08\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	tiles := []byte("II*\x00\x08\x00\x00\x00\x09\x00")
	for _, e := range [][2]uint32{{256, 9}, {257, 9}, {258, 8}, {259, 1}, {262, 1}, {322, 60_000}, {323, 60_000}, {324, 8}, {325, 8}} { // a tile of 3.6 GB
		tiles = append(binary.LittleEndian.AppendUint16(tiles, uint16(e[0])), 4, 0, 1, 0, 0, 0)
		tiles = binary.LittleEndian.AppendUint32(tiles, e[1])
	}
	tiles = append(tiles, 0, 0, 0, 0)
	idxNames := map[string][]byte{}
	for name, b := range files() {
		idxNames[strings.Replace(strings.TrimSuffix(name, ".gz"), "-idx", ".idx", 1)] = b
	}
	formats := with(map[string][]byte{
		"train/cat/3.JPEG": jpegOf(noise(3)), "train/cat/4.jfif": jpegOf(noise(4)), "train/cat/5.gif": encoded(frame, func(w io.Writer, m *image.Paletted) error { return gif.Encode(w, m, nil) }),
		"train/cat/6.webp": webp(), "train/dog/7.tiff": encoded(noise(7), func(w io.Writer, m *image.RGBA) error { return tiff.Encode(w, m, nil) }),
		"train/dog/8.bmp": encoded(noise(8), func(w io.Writer, m *image.RGBA) error { return bmp.Encode(w, m) }), "train/cat/1.png": nil,
	})
	unlabelled := input{files: sets(2, "train/"), want: Want{Split: 0.5}}
	unlabelled.files["test/1.png"] = again
	unsplit := input{files: unlabelled.files}
	page := maps.Clone(files())
	page[IDXFiles[0]] = []byte("<!DOCTYPE html><html>404")
	delete(page, MNISTFiles[0])
	split := input{files: sets(4, "pets/"), want: Want{Split: 0.2}}
	piped := with(nil)
	piped.pipes = []string{"train/cat/9.png"}
	return map[string]input{
		"folders train and test":                     with(nil),
		"folders Training and Validation":            {files: sets(2, "Training/", "Validation/")},
		"the same within other folders":              {files: sets(2, "a/b/c/d/train/", "a/b/c/d/test/")},
		"a folder valid beside train and test":       {files: sets(2, "train/", "test/", "valid/")},
		"class folders only":                         {files: sets(4, "pets/")},
		"class folders only, to be split":            split,
		"a folder train only":                        {files: sets(2, "train/")},
		"a folder test without classes":              unsplit,
		"a folder test without classes, to be split": unlabelled,
		"a web page under MNIST's name":              {files: page},
		"one class":                                  with(map[string][]byte{"train/dog/1.png": nil, "train/dog/2.png": nil, "test/dog/1.png": nil, "test/dog/2.png": nil}),
		"a class that test lacks":                    one("train/fox/1.png", again),
		"an empty class":                             with(map[string][]byte{"train/dog/1.png": nil, "train/dog/2.png": nil, "train/dog/a.txt": []byte("a")}),
		"pictures one level too deep":                with(map[string][]byte{"train/cat/1.png": nil, "train/cat/2.png": nil, "train/cat/indoor/1.png": again}),
		"a folder within a class":                    one("train/cat/indoor/1.png", again),
		"files beside the classes":                   with(map[string][]byte{"train/README.txt": []byte("a"), "train/labels.csv": []byte("b")}),
		"a text within a class":                      one("train/cat/README.txt", []byte("cats")),
		"files of macOS, Windows and Synology": with(map[string][]byte{".DS_Store": []byte("a"), "train/cat/._1.png": []byte("a"), "train/cat/Thumbs.db": []byte("a"),
			"train/@eaDir/1.png/thumb.jpg": []byte("a")}),
		"a named pipe":                             piped,
		"loose pictures":                           {files: map[string][]byte{"1.png": again}},
		"several bad pictures":                     with(map[string][]byte{"train/cat/1.png": {1}, "test/dog/1.png": {}}),
		"PNG, JPEG, GIF, WebP, TIFF and BMP":       formats,
		"any of them under another's name":         one("train/cat/9.jpg", webp()),
		"an AVIF picture":                          one("train/cat/9.jpg", []byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00")),
		"an HEIC picture":                          one("train/cat/9.heic", []byte("\x00\x00\x00\x20ftypheic\x00\x00\x00\x00")),
		"an SVG drawing":                           one("train/cat/9.svg", []byte("<?xml version=\"1.0\"?>\n<svg/>")),
		"an empty file":                            one("train/cat/9.jpg", []byte{}),
		"zero bytes":                               one("train/cat/9.jpg", make([]byte, 99)),
		"a web page":                               one("train/cat/9.jpg", []byte("<!DOCTYPE html><html>404")),
		"a Git LFS pointer":                        one("train/cat/9.jpg", []byte("version https://git-lfs.github.com/spec/v1\n")),
		"half a picture":                           one("train/cat/9.png", again[:len(again)/2]),
		"a JPEG picture with a rare sampling":      one("train/cat/9.jpg", rare),
		"a JPEG picture of 1,000 scans":            one("train/cat/9.jpg", scans),
		"an animated WebP picture":                 one("train/cat/9.webp", moving),
		"a WebP picture that states two sizes":     one("train/cat/9.webp", twoSizes),
		"a TIFF picture in huge blocks":            one("train/cat/9.tif", tiles),
		"a side of 65,536 pixels":                  one("train/cat/9.png", header(1, 1<<16, 8, 0)),
		"too many pixels":                          one("train/cat/9.png", header(10_000, 10_000, 8, 0)),
		"too many bytes a pixel":                   one("train/cat/9.png", header(6000, 6000, 16, 6)),
		"an animated GIF picture":                  one("train/cat/9.gif", animation),
		"a transparent picture":                    one("train/cat/9.png", pngOf(clear)),
		"16 bits a channel":                        one("train/cat/9.png", pngOf(deep)),
		"colours, read as gray":                    colours,
		"one flat colour":                          one("train/cat/9.png", square(9, color.Gray{7})),
		"a class of one picture, again and again":  with(map[string][]byte{"train/cat/1.png": again, "train/cat/2.png": again, "test/cat/1.png": again, "test/cat/2.png": again}),
		"the same picture to train and to test on": with(map[string][]byte{"train/cat/1.png": again, "test/cat/1.png": again}),
		"MNIST's names in another form":            {files: idxNames},
		"a part of MNIST's files":                  {files: map[string][]byte{IDXFiles[0]: {}}},
		"a part of CIFAR-10's files":               {files: map[string][]byte{"test_batch.bin": {}}},
		"CIFAR-10's Python version":                {files: map[string][]byte{"cifar-10-batches-py/data_batch_1": {}}},
	}
}

// What docs/data.md says of each input is so.
func TestTheTableOfInputs(t *testing.T) {
	text, err := os.ReadFile("../../docs/data.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| --- | --- | --- |\n")
	if !found {
		t.Fatal("docs/data.md has no table")
	}
	all := inputs()
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 3 {
			t.Fatalf("the row %q has %d cells", line, len(cells))
		}
		name, outcome, words := cells[0], cells[1], cells[2]
		in, ok := all[name]
		if !ok {
			t.Errorf("no input is made for %q", name)
			continue
		}
		delete(all, name)
		t.Run(name, func(t *testing.T) {
			files := chosen(in.files)
			for _, p := range in.pipes {
				files = append(files, File{Path: p, Type: fs.ModeNamedPipe})
			}
			c, err := OpenFiles("mine", files, in.want, func(int64, int64, string) error { return nil })
			got := ""
			switch {
			case err != nil && outcome != "refused":
				t.Fatal(err)
			case err != nil:
				got = err.Error()
			case outcome == "refused":
				t.Fatalf("it is read: %q", c.Read().Report.Lines())
			default:
				got = strings.Join(c.Read().Report.Lines(), "\n")
			}
			if !strings.Contains(got, words) {
				t.Errorf("it says %q, not %q", got, words)
			}
			if outcome == "read" && strings.Contains(got, "Warning") {
				t.Errorf("it warns: %q", got)
			}
		})
	}
	if len(all) > 0 {
		t.Errorf("the table has nothing of %q", slices.Sorted(maps.Keys(all)))
	}
}

// The same pictures are set aside in every run, a share of each class.
func TestSplit(t *testing.T) {
	fsys, err := newTree(chosen(sets(10, "")))
	if err != nil {
		t.Fatal(err)
	}
	var sets [2]*Dataset
	for i := range sets {
		if sets[i], err = OpenImages(fsys, recipe.Folder("x"), Want{Split: 0.3}); err != nil {
			t.Fatal(err)
		}
		if err := consistent(sets[i]); err != nil {
			t.Error(err)
		}
	}
	if a, b := sets[0], sets[1]; a.Hash() != b.Hash() || string(a.Test.Labels) != "\x00\x00\x00\x01\x01\x01" || a.Train.Len() != 14 {
		t.Errorf("%d images to train on, to test on those of the classes %v, and the second time others", a.Train.Len(), a.Test.Labels)
	}
}
