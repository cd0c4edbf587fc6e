package data

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxUnpacked is how many bytes the files of an archive may have in all, unpacked: they take minutes to read.
const maxUnpacked = 16 << 30

// openZip opens an archive whose every file can be read. It refuses the others before anything is read, each by its own reason.
func openZip(r io.ReaderAt, size int64) (*zip.Reader, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a zip archive, or a damaged one: %w", err)
	}
	if len(z.File) > MaxFiles {
		return nil, fmt.Errorf("the zip archive has %d entries; the limit is %d", len(z.File), MaxFiles)
	}
	seen := map[string]bool{}
	left := uint64(maxUnpacked)
	for _, f := range z.File {
		name, problem := zipPath(f.Name)
		switch {
		case problem != "":
		case seen[name] && name != ".":
			problem = "occurs twice in the archive"
		default:
			problem = unreadable(f)
		}
		if problem != "" {
			return nil, &EntryError{f.Name, problem, nil}
		}
		if f.UncompressedSize64 > left {
			return nil, fmt.Errorf("the files of the zip archive have more than %d GiB in all, unpacked: scale the pictures down first", maxUnpacked>>30)
		}
		left -= f.UncompressedSize64
		seen[name] = true
		if folder := strings.HasSuffix(strings.ReplaceAll(f.Name, `\`, "/"), "/"); folder {
			name += "/"
		}
		f.Name = name
	}
	z.File = slices.DeleteFunc(z.File, func(f *zip.File) bool { return f.Name == "./" }) // the archive itself
	return z, nil
}

// zipPath returns an entry's path with slashes, which programs on Windows do not all write, and without one at its end. A problem says why there
// is none within the archive.
func zipPath(entry string) (name, problem string) {
	slashed := strings.ReplaceAll(entry, `\`, "/")
	name = path.Clean(slashed)
	switch {
	case !utf8.ValidString(entry):
		return "", "has a name in an old code page, so its letters are not known: pack the folder again with a program that writes names in Unicode"
	case path.IsAbs(slashed):
		return "", "is an absolute path: pack the folder again by its name"
	case !fs.ValidPath(name) || entry == "":
		return "", "is not a path within the archive"
	}
	return name, ""
}

// unreadable says why an entry cannot be read, "" for one that can.
func unreadable(f *zip.File) string {
	const encrypted = 1 // a flag
	again := "; pack the folder again as an ordinary zip"
	switch {
	case f.Flags&encrypted != 0:
		return "is protected by a password" + again + ", without one"
	case f.Method == zip.Store || f.Method == zip.Deflate:
		return ""
	}
	name, ok := map[uint16]string{9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}[f.Method]
	if !ok {
		name = fmt.Sprintf("method %d", f.Method)
	}
	return "is packed with " + name + again
}
