package e2e

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/internal/browser"
)

// classIs is a JavaScript condition: the Class page is in a state.
func classIs(state string) string {
	return fmt.Sprintf("document.querySelector('#class')?.dataset.state === %q", state)
}

// The class's link, which the Class page of a server shows, opens the pages and the images, and nothing of the server's runs; who is there is counted.
func TestAClass(t *testing.T) {
	site, err := url.Parse(start(t, "-addr", "0.0.0.0:0"))
	if err != nil {
		t.Fatal(err)
	}
	site.Host = "0.0.0.0:" + site.Port() // where the browser has a cookie of its own
	teacher := browser.Open(t)
	teacher.Go(site.String())
	teacher.Wait("document.querySelector('#train')?.matches(':enabled')", later)
	teacher.Press("nav a[href='./class/']", browser.Enter)
	counted := func(n string) {
		t.Helper()
		teacher.Wait(fmt.Sprintf("document.querySelector('#class-open')?.innerText.startsWith('%s page')", n), later)
	}
	teacher.Wait(classIs("open")+" && document.querySelector('.class-link img').naturalWidth > 0", soon)
	counted("0")
	everybody(t, teacher, "a class's link")
	teacher.Click("#class-kit") // a download, which leaves the page where it is
	link, err := url.Parse(teacher.Text("#class-address"))
	if err != nil || link.Port() != site.Port() || len(link.Query().Get("token")) < 10 {
		t.Fatalf("the class's link is %s, %v", link, err)
	}

	teacher.Write("#task-title", "The first minute", "change")
	teacher.Wait("document.querySelector('#task-link')", soon)
	given, err := url.Parse(browser.Eval[string](teacher, "document.querySelector('#task-link').value"))
	if err != nil || given.Query().Get("token") != link.Query().Get("token") || given.Host != link.Host {
		t.Errorf("a task's link is %s, %v", given, err)
	}
	given.Host = "127.0.0.1:" + site.Port()
	link.Host = given.Host
	pupil := teacher.Another()
	pupil.Go(link.String())
	pupil.Wait("document.querySelector('#train')?.matches(':enabled') && location.search === '' && navigator.serviceWorker.controller", later)
	counted("1")
	pupil.Press("nav a[href='./class/']", browser.Enter)
	pupil.Wait(classIs("member"), soon)
	everybody(t, pupil, "in a class")
	pupil.Go(link.String()) // the service worker has the page, and the server is to see the token all the same
	pupil.Wait("document.querySelector('#train')?.matches(':enabled') && location.search === ''", soon)
	pupil.Go(address(t, "http://"+link.Host+"/", 3, 3))
	pupil.Click("#train")
	pupil.Wait(stateIs("done"), later)
	if browser.Eval[bool](pupil, "document.querySelector('#where') !== null") {
		t.Error("a net could be trained on the server")
	}
	if status := browser.Await[int](pupil, "fetch('api/machine').then((answer) => answer.json()).then((machine) => machine === null ? 0 : 1)"); status != 0 {
		t.Error("the class sees the machine that trains")
	}
	pupil.Go(given.String())
	tells(pupil, "#task", "The first minute")
	noErrors(t, pupil)
	pupil.Go("about:blank")
	counted("0")
}

// kit writes the class kit as a zip, unpacks it, and returns a plain server of its files.
func kit(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "kit.zip")
	if said := do(t, "kit", file); !strings.Contains(said, "README.txt") {
		t.Errorf("serve kit says %q", said)
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "unpool-kit")
	if _, err := fs.Stat(os.DirFS(to), "README.txt"); err != nil {
		t.Error(err)
	}
	return http.FileServer(http.Dir(to))
}
