package client

import (
	"fmt"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// Files are files that the user chose or dropped, ready to be sent to the trainer.
type Files struct {
	Name  string    // the user's name for them
	list  app.Value // an Array of Files
	paths []string  // of each, from the folder that was chosen
}

// maxFiles is more than any data set that the trainer takes.
const maxFiles = 400_000

// add takes in one file.
func (c *Files) add(file app.Value, path string) error {
	if len(c.paths) == maxFiles {
		return fmt.Errorf("more than %d files", maxFiles)
	}
	c.list.Call("push", file)
	c.paths = append(c.paths, path)
	return nil
}

// call gives the files a name if they have none.
func (c *Files) call() {
	switch first, _, inFolder := strings.Cut(append(c.paths, "")[0], "/"); {
	case c.Name != "":
	case len(c.paths) == 1 || inFolder:
		c.Name = first
	default:
		c.Name = fmt.Sprintf("%d files", len(c.paths))
	}
}

func noFiles() Files { return Files{list: app.Window().Get("Array").New()} }

// one is a file alone.
func one(file app.Value) Files {
	c := noFiles()
	c.list.Call("push", file)
	c.paths = []string{file.Get("name").String()}
	return c
}

// Listed takes the files of an Array, as in an input of files. It blocks, so it needs a goroutine of its own.
//
// The browser looks a file up on the disk when its size is first asked for, or else when it is sent to the trainer: all of
// them at once, which would hold the page for seconds. So this asks, and lets the page have a turn in between.
func Listed(files app.Value) (Files, error) {
	c := noFiles()
	const working = 8 * time.Millisecond
	turn := time.Now()
	for i := range files.Length() {
		file := files.Index(i)
		file.Get("size")
		if time.Since(turn) > working {
			time.Sleep(time.Millisecond)
			turn = time.Now()
		}
		path := file.Get("webkitRelativePath").String() // "" unless a folder was chosen
		if path == "" {
			path = file.Get("name").String()
		}
		if err := c.add(file, path); err != nil {
			return c, err
		}
	}
	c.call()
	return c, nil
}

// Entries are what was dropped, as the browser's FileSystemEntries. They must be taken while the event lasts.
func Entries(transfer app.Value) (all []app.Value) {
	items := transfer.Get("items")
	for i := range items.Length() {
		if entry := items.Index(i).Call("webkitGetAsEntry"); entry.Truthy() { // text has none
			all = append(all, entry)
		}
	}
	return all
}

// Walked takes the files that were dropped, and those in the folders that were. It blocks.
func Walked(dropped []app.Value) (Files, error) {
	c := noFiles()
	for _, entry := range dropped {
		if err := c.walk(entry); err != nil {
			return c, err
		}
	}
	c.call()
	return c, nil
}

func (c *Files) walk(entry app.Value) error {
	path := strings.TrimPrefix(entry.Get("fullPath").String(), "/")
	if !entry.Get("isDirectory").Bool() {
		file, err := web.Settled(func(done, failed app.Func) { entry.Call("file", done, failed) })
		if err != nil {
			return fmt.Errorf("%s cannot be opened: %w", path, err)
		}
		return c.add(file, path)
	}
	reader := entry.Call("createReader")
	for {
		some, err := web.Settled(func(done, failed app.Func) { reader.Call("readEntries", done, failed) })
		if err != nil {
			return fmt.Errorf("the folder %s cannot be read: %w", path, err)
		}
		if some.Length() == 0 {
			return nil
		}
		for i := range some.Length() {
			if entry := some.Index(i); !entry.Get("isDirectory").Bool() || !strings.HasPrefix(entry.Get("name").String(), ".") { // such as .git, of thousands
				if err := c.walk(entry); err != nil {
					return err
				}
			}
		}
	}
}
