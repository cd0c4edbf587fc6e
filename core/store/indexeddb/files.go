//go:build js

package indexeddb

import (
	"syscall/js"

	"unpool/core/jsvalue"
	"unpool/core/run"
)

// writeFile writes a new file in a run's folder of the private file system and returns its name.
func (s *Store) writeFile(id string, blob js.Value) (name string, err error) {
	name = run.NewID()
	err = jsvalue.Try(func() error {
		folder, err := subfolder(s.files, id, true)
		if err != nil {
			return err
		}
		handle, err := jsvalue.Await(folder.Call("getFileHandle", name, map[string]any{"create": true}))
		if err != nil {
			return err
		}
		out, err := jsvalue.Await(handle.Call("createWritable"))
		if err != nil {
			return err
		}
		if _, err := jsvalue.Await(out.Call("write", blob)); err != nil {
			return err
		}
		_, err = jsvalue.Await(out.Call("close"))
		return err
	})
	if err != nil {
		s.removeFile(id, name)
	}
	return name, full(err)
}

// content reads an artifact by its row.
func (s *Store) content(id string, row js.Value) (b []byte, err error) {
	err = jsvalue.Try(func() error {
		blob := js.Global().Get("Blob").New([]any{row.Get("bytes")})
		if file := row.Get("file"); file.Truthy() {
			folder, err := subfolder(s.files, id, false)
			if err != nil {
				return err
			}
			handle, err := jsvalue.Await(folder.Call("getFileHandle", file.String()))
			if err != nil {
				return err
			}
			if blob, err = jsvalue.Await(handle.Call("getFile")); err != nil {
				return err
			}
		}
		buffer, err := jsvalue.Await(blob.Call("arrayBuffer"))
		if err != nil {
			return err
		}
		array := js.Global().Get("Uint8Array").New(buffer)
		b = make([]byte, array.Length())
		js.CopyBytesToGo(b, array)
		return nil
	})
	return b, err
}

// removeFile removes a file that no row names. Where that fails it takes room until its run is deleted.
func (s *Store) removeFile(id, name string) {
	jsvalue.Try(func() error {
		folder, err := subfolder(s.files, id, false)
		if err == nil {
			_, err = jsvalue.Await(folder.Call("removeEntry", name))
		}
		return err
	})
}

// removeUnnamed removes the file of an artifact's row, if it has one.
func (s *Store) removeUnnamed(id string, row js.Value) {
	if row.Truthy() && row.Get("file").Truthy() {
		s.removeFile(id, row.Get("file").String())
	}
}

// removeFolder removes all files of a run, if it has any.
func (s *Store) removeFolder(id string) {
	if !s.files.Truthy() {
		return
	}
	jsvalue.Try(func() error {
		_, err := jsvalue.Await(s.files.Call("removeEntry", id, map[string]any{"recursive": true}))
		return err
	})
}
