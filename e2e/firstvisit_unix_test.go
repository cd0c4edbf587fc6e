//go:build unix

package e2e

import (
	"io"
	"net"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"

	"unpool/internal/browser"
)

// firstVisit is a script that presses Train as soon as that can be pressed, and notes the milliseconds from the start of the navigation to what a visitor
// waits for.
const firstVisit = `
	window.marks = {};
	const waits = {
		usable: () => document.querySelector('#train:enabled'),
		point: () => document.querySelector('#chart-accuracy .plot .curve[data-series="test"]')?.getAttribute('d'),
		trained: () => document.querySelector('#test-accuracy')?.dataset.value >= 0.95,
	};
	new MutationObserver(() => {
		for (const [name, there] of Object.entries(waits)) {
			if (marks[name] || !there()) continue;
			marks[name] = performance.now();
			if (name === 'usable') setTimeout(() => document.querySelector('#train').click());
		}
	}).observe(document, { subtree: true, childList: true, attributes: true });`

// BenchmarkFirstVisit opens the site in a Chromium that was never there, and reports the milliseconds until there is text to read, until Train can be pressed (and
// is), until the first point of the curve, and until the net classifies 95 % of the test images correctly; and the browser's processor time until Train can be pressed
// and until the first point. It does so with all of the machine, and with a quarter of a processor for the page and its workers, on a line of 10 Mbit/s.
func BenchmarkFirstVisit(b *testing.B) {
	site := start(b)
	for _, on := range []struct {
		name   string
		slower int // times
		line   int // bit/s; 0 for no limit
	}{
		{"here", 1, 0},
		{"slow", 4, 10_000_000},
	} {
		b.Run(on.name, func(b *testing.B) {
			for b.Loop() {
				tab := browser.OpenFor(b, 15*time.Minute)
				tab.Before(firstVisit)
				slow(b, tab, on.slower)
				before := tab.ProcessorTime()
				tab.Go(through(b, site, on.line))
				for _, name := range []string{"usable", "point", "trained"} {
					tab.Wait("marks."+name, 10*time.Minute)
					b.ReportMetric(browser.Eval[float64](tab, "marks."+name), name+"-ms")
					b.ReportMetric(float64((tab.ProcessorTime() - before).Milliseconds()), name+"-processor-ms")
				}
				b.ReportMetric(browser.Eval[float64](tab, "performance.getEntriesByName('first-contentful-paint')[0].startTime"), "text-ms")
			}
		})
	}
}

// slow lets the processes of pages and workers run for one part in times, until the test ends. The browser's own throttling is of a page's thread
// only, and not of workers.
func slow(t testing.TB, tab *browser.Tab, times int) {
	if times == 1 {
		return
	}
	const slice = 10 * time.Millisecond
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			pages := tab.Renderers()
			signal(pages, syscall.SIGSTOP)
			time.Sleep(time.Duration(times-1) * slice)
			signal(pages, syscall.SIGCONT)
			select {
			case <-done:
				return
			case <-time.After(slice):
			}
		}
	}()
	t.Cleanup(func() {
		close(done)
		<-ended
	})
}

func signal(processes []int, s syscall.Signal) {
	for _, id := range processes {
		syscall.Kill(id, s)
	}
}

// through returns the address of a site at the end of a line that carries so many bits per second to the browser, over all connections; 0 is the site's own.
func through(t testing.TB, site string, bits int) string {
	if bits == 0 {
		return site
	}
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	server := at.Host
	at.Host = listener.Addr().String()
	line := &line{bits: bits}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				continue
			}
			go func() {
				io.Copy(upstream, client)
				upstream.Close()
			}()
			go func() {
				io.Copy(client, io.TeeReader(io.MultiReader(upstream), line)) // MultiReader hides the shortcuts that copy whole files
				client.Close()
			}()
		}
	}()
	return at.String()
}

// line takes as long for what is written to it as a line of so many bits per second.
type line struct {
	bits int
	mu   sync.Mutex
	free time.Time // when it has carried what was written
}

func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	if now := time.Now(); l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(8*len(p)) * time.Second / time.Duration(l.bits))
	free := l.free
	l.mu.Unlock()
	time.Sleep(time.Until(free))
	return len(p), nil
}
