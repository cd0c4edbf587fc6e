package data

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// tree is a file system made of files whose paths are known, as a browser passes a folder.
type tree map[string]*node // by path

// node is a file or, if it has no file, a folder.
type node struct {
	name    string
	file    *File
	entries []fs.DirEntry // of a folder, by name
}

// newTree puts files into their folders.
func newTree(files []File) (tree, error) {
	if len(files) > MaxFiles {
		return nil, fmt.Errorf("the folder has %d files; the limit is %d", len(files), MaxFiles)
	}
	t := tree{".": {name: "."}}
	for i := range files {
		at := files[i].Path
		if !utf8.ValidString(at) {
			return nil, &EntryError{at, "has a name that is not UTF-8: rename it", nil}
		}
		if !fs.ValidPath(at) || at == "." || t[at] != nil && !(files[i].Type.IsDir() && t[at].file == nil) {
			return nil, &EntryError{strconv.Quote(at), "is not a path within the folder, or occurs twice", nil}
		}
		n := &node{name: path.Base(at)}
		if !files[i].Type.IsDir() {
			n.file = &files[i]
		}
		for t[at] == nil {
			t[at] = n
			at = path.Dir(at)
			n = &node{name: path.Base(at)}
		}
	}
	for at, n := range t {
		if at == "." {
			continue
		}
		folder := t[path.Dir(at)]
		if folder.file != nil {
			return nil, &EntryError{path.Dir(at), "is both a file and a folder", nil}
		}
		folder.entries = append(folder.entries, fs.FileInfoToDirEntry(n))
	}
	for _, n := range t {
		slices.SortFunc(n.entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return t, nil
}

// ReadDir lists a folder.
func (t tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n := t[name]
	if n == nil || n.file != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return n.entries, nil
}

// Open takes a file into memory whole, with one call, since each may be slow; a large one at its beginning only, so that
// a reader sees that it is large.
func (t tree) Open(name string) (fs.File, error) {
	n := t[name]
	if n == nil || n.file == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	body := make([]byte, min(n.file.Size, maxFileBytes+1))
	if got, err := n.file.ReadAt(body, 0); got < len(body) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return &treeFile{n, body, bytes.NewReader(body)}, nil
}

// treeFile is an open file of a tree.
type treeFile struct {
	*node
	body []byte
	io.Reader
}

func (f *treeFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *treeFile) Close() error               { return nil }

// A node is the fs.FileInfo of its file.

func (n *node) Name() string       { return n.name }
func (n *node) ModTime() time.Time { return time.Time{} }
func (n *node) IsDir() bool        { return n.file == nil }
func (n *node) Sys() any           { return nil }

func (n *node) Size() int64 {
	if n.file == nil {
		return 0
	}
	return n.file.Size
}

func (n *node) Mode() fs.FileMode {
	if n.file == nil {
		return fs.ModeDir | 0o555
	}
	return n.file.Type | 0o444
}
