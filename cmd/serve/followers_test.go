package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"unpool/core/api"
	"unpool/core/run"
)

// followers are clients of the event stream that read what comes, but for some that read nothing for a time.
type followers struct {
	connections []net.Conn
	bytes       atomic.Int64 // that came
	all         sync.WaitGroup
}

// followed opens event streams, of which one in ten is not read.
func followed(b *testing.B, s *server, n int) *followers {
	f := &followers{}
	address := strings.Trim(strings.TrimPrefix(s.url, "http://"), "/")
	for i := range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		f.connections = append(f.connections, c)
		fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: %s\r\n\r\n", api.Events, address)
		if i%10 == 9 {
			continue
		}
		first := bufio.NewReaderSize(c, 4096)
		if line, err := first.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			b.Fatalf("follower %d: %q, %v", i, line, err)
		}
		f.all.Go(func() {
			buffer := make([]byte, 4096)
			for {
				n, err := c.Read(buffer)
				if f.bytes.Add(int64(n)); err != nil {
					return
				}
			}
		})
	}
	return f
}

// leave closes the streams.
func (f *followers) leave() {
	for _, c := range f.connections {
		c.Close()
	}
	f.all.Wait()
}

// resident is how many megabytes of memory this process has, on Linux.
func resident() (mb float64) {
	text, _ := os.ReadFile("/proc/self/status")
	if _, rest, ok := strings.Cut(string(text), "VmRSS:"); ok {
		fmt.Sscan(rest, &mb)
	}
	return mb / 1000
}

// How much a thousand followers of a run slow it, and how much memory they take, clients included; one in ten of them does not read. One that reconnects
// with the position that it had has all of the log.
func BenchmarkQueueFollowers(b *testing.B) {
	s := keeping(b, b.TempDir(), "-threads", "1")
	r := small(400)
	r.Batch, r.EvalEvery, r.Exact = 128, 50, false
	times := map[int][]float64{}
	heard, most := int64(0), 0.0
	train := func(followers int) {
		f := followed(b, s, followers)
		before := resident()
		var id, position string
		s.follow("", func(at string) { id, position = s.create(r), at }, func(e event) bool {
			return !(e.Run == id && e.Record != nil && strings.Contains(string(e.Record), `"type":"end"`))
		})
		most = max(most, resident()-before)
		heard += f.bytes.Load()
		f.leave()
		times[followers] = append(times[followers], s.until(id, run.Done).Seconds)
		var log bytes.Buffer
		s.follow(position, nil, func(e event) bool {
			if e.Run == id && e.Record != nil {
				log.Write(append(e.Record, '\n'))
			}
			return !(e.Run == id && strings.Contains(string(e.Record), `"type":"end"`))
		})
		if _, whole := s.ask("GET", api.Log(id, 1), nil); !bytes.Equal(whole, log.Bytes()) {
			b.Errorf("who comes again has %d bytes of a log of %d", log.Len(), len(whole))
		}
	}
	train(0) // and warm up
	clear(times)
	for b.Loop() {
		for range 2 {
			train(0)
			train(1000)
		}
	}
	without, with := slices.Min(times[0]), slices.Min(times[1000])
	b.ReportMetric(without, "s/run")
	b.ReportMetric(with, "s/run-followed")
	b.ReportMetric(100*(with/without-1), "%-slower")
	b.ReportMetric(most, "MB-more")
	b.ReportMetric(float64(heard)/1e6, "MB-heard")
}
