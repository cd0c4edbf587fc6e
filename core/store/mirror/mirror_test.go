package mirror_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/mirror/mirrortest"
	"unpool/core/store/remote/remotetest"
	"unpool/core/store/storetest"
)

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func start(id string) run.Record {
	return run.Record{Seq: 1, Time: time.UnixMilli(1e12).UTC(), Event: &run.Start{Version: run.Version, ID: id, Recipe: storetest.Recipe()}}
}

func metric(seq uint64) run.Record {
	return run.Record{Seq: seq, Time: time.UnixMilli(1e12).UTC(), Event: &run.Metric{Step: int(seq), Test: run.Measure{Accuracy: 0.5, N: 10}}}
}

// begin makes a run on the server, of so many records.
func begin(t *testing.T, s *remotetest.Server, id string, n uint64) store.Writer {
	t.Helper()
	w, err := s.Store.Create(t.Context(), id)
	must(t, err, s.Say(id, w, start(id)))
	for seq := uint64(2); seq <= n; seq++ {
		must(t, s.Say(id, w, metric(seq)))
	}
	return w
}

// link is a network between a browser and a server.
type link struct {
	server *remotetest.Server

	mu   sync.Mutex
	away bool
	ends map[*context.CancelFunc]bool // of the streams that are open
}

func (l *link) Do(ctx context.Context, method, path, kind string, body []byte) (int, io.ReadCloser, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return 0, nil, errors.New("no network")
	}
	if !strings.HasPrefix(path, api.Events) {
		return l.server.Do(ctx, method, path, kind, body)
	}
	ctx, end := context.WithCancel(ctx)
	if l.ends == nil {
		l.ends = map[*context.CancelFunc]bool{}
	}
	l.ends[&end] = true
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.ends, &end)
	})
	return l.server.Do(ctx, method, path, kind, body)
}

// cut ends the streams; away says whether the server can be reached from now on.
func (l *link) cut(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
	for end := range l.ends {
		(*end)()
	}
}

func (l *link) isAway() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.away
}

// streams is how many there are.
func (l *link) streams() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ends)
}

// open opens a tab, which the function returned closes.
func open(t *testing.T, b *mirrortest.Browser, l *link) (*mirror.Store, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := mirror.Open(ctx, b.Tab(), l.Do)
	must(t, err)
	return s, cancel
}

// settle lets everything come to rest.
func settle() {
	time.Sleep(2 * time.Minute)
	synctest.Wait()
}

// lines is a log as its store has it.
func lines(t *testing.T, s store.Store, id string) []byte {
	t.Helper()
	log, err := s.Read(t.Context(), id, 1)
	must(t, err)
	all, err := store.Lines(id, 0, log)
	must(t, err)
	return bytes.Join(all, nil)
}

// listed is a list in short.
func listed(t *testing.T, s store.Store) string {
	t.Helper()
	all, err := s.List(t.Context())
	must(t, err)
	var short []string
	for _, sum := range all {
		short = append(short, fmt.Sprintf("%s %q %s %d", sum.ID, sum.Name, sum.Phase, sum.Last))
	}
	slices.Sort(short)
	return strings.Join(short, ", ")
}

// What was seen is there without the server, in a tab that was opened then, too; and when the server is back only what is new is asked for.
func TestOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{Here: api.Here{Name: "box"}, Identity: 7}
		b, l := &mirrortest.Browser{}, &link{server: server}
		w := begin(t, server, "a", 5)
		must(t, w.Put(run.SnapshotName(3), func(to io.Writer) error { _, err := to.Write([]byte("bytes")); return err }))
		begin(t, server, "unread", 3)
		s, closeTab := open(t, b, l)
		if got, want := lines(t, s, "a"), lines(t, &server.Store, "a"); !bytes.Equal(got, want) {
			t.Errorf("the log is\n%s, want\n%s", got, want)
		}
		if s.Away() || s.Here().Name != "box" {
			t.Errorf("away %v, at %q", s.Away(), s.Here().Name)
		}
		time.Sleep(2 * time.Minute)
		f, err := s.Get(t.Context(), "a", run.SnapshotName(3))
		must(t, err, f.Close())
		closeTab()
		synctest.Wait()

		l.cut(true)
		noon := time.Now()
		time.Sleep(25 * time.Hour)
		s, closeTab = open(t, b, l)
		settle()
		if got := listed(t, s); got != `a "" training 5, unread "" training 3` || !s.Away() || s.Here().Name != "box" {
			t.Errorf("offline there are %s; away %v", got, s.Away())
		}
		if since := noon.Sub(s.AsOf()); since < 0 || since > 2*time.Minute {
			t.Errorf("as of %s before it went away", since)
		}
		if log, err := s.Read(t.Context(), "a", 4); err != nil || len(log) != 2 || log[0].Seq != 4 {
			t.Errorf("offline from 4 on there is %v, %v", log, err)
		}
		if _, err := s.Read(t.Context(), "unread", 1); err == nil {
			t.Error("a log was read that nobody had seen")
		}
		f, err = s.Get(t.Context(), "a", run.SnapshotName(3))
		must(t, err)
		if got, err := io.ReadAll(f); string(got) != "bytes" || err != nil {
			t.Errorf("offline the snapshot is %q, %v", got, err)
		}

		must(t, server.Say("a", w, metric(6)))
		must(t, server.Store.Label(t.Context(), "unread", run.Label{Name: "named"}))
		server.Changed("unread")
		asked := len(server.Asked(""))
		l.cut(false)
		settle()
		if got, want := lines(t, s, "a"), lines(t, &server.Store, "a"); !bytes.Equal(got, want) {
			t.Errorf("back again the log is\n%s, want\n%s", got, want)
		}
		if got := listed(t, s); got != `a "" training 6, unread "named" training 3` {
			t.Errorf("back again there are %s", got)
		}
		for _, path := range server.Asked("")[asked:] {
			if path == "GET api/runs" || strings.HasPrefix(path, "GET api/runs/a/log") && path != "GET api/runs/a/log?from=5" {
				t.Errorf("asked for %s", path)
			}
		}
		closeTab()
	})
}

// A run that is named while the server cannot be reached has that name in all tabs, also in those that are opened then; the server is told when it is back,
// once, and its own name until then is overruled. A run that was deleted there meanwhile gets none.
func TestNamedOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{Identity: 7}
		b, l := &mirrortest.Browser{}, &link{server: server}
		for _, id := range []string{"a", "b", "gone"} {
			begin(t, server, id, 2).Close()
		}
		one, closeOne := open(t, b, l)
		other, _ := open(t, b, l)
		settle()
		l.cut(true)
		settle()
		must(t, other.Label(t.Context(), "a", run.Label{Name: "first"}), other.Label(t.Context(), "a", run.Label{Name: "offline"}),
			one.Label(t.Context(), "gone", run.Label{Name: "in vain"}))
		if err := one.Label(t.Context(), "none", run.Label{Name: "x"}); err == nil {
			t.Error("a run is named that was never seen")
		}
		if err := one.Label(t.Context(), "a", run.Label{Name: strings.Repeat("x", run.MaxName+1)}); err == nil {
			t.Error("a name is taken that no server takes")
		}
		must(t, server.Store.Label(t.Context(), "a", run.Label{Name: "on the server"}), server.Store.Label(t.Context(), "b", run.Label{Name: "there"}),
			server.Store.Delete(t.Context(), "gone"))
		server.Changed("a")
		server.Changed("b")
		server.Deleted("gone")
		closeOne()
		one, _ = open(t, b, l)
		settle()
		for name, s := range map[string]*mirror.Store{"a tab opened then": one, "the tab": other} {
			if got := listed(t, s); got != `a "offline" interrupted 2, b "" interrupted 2, gone "in vain" interrupted 2` {
				t.Errorf("in %s there are %s", name, got)
			}
		}
		l.cut(false)
		settle()
		l.cut(true) // and again, which sends nothing twice
		settle()
		l.cut(false)
		settle()
		want := `a "offline" interrupted 2, b "there" interrupted 2`
		for name, s := range map[string]store.Store{"one tab": one, "the other": other, "the server": &server.Store} {
			if got := listed(t, s); got != want {
				t.Errorf("in %s there are %s, want %s", name, got, want)
			}
		}
		if asked := server.Asked("PATCH"); len(asked) != 2 || asked[0] == asked[1] {
			t.Errorf("the server was told %q", asked)
		}
		must(t, other.Label(t.Context(), "a", run.Label{Name: "later"}))
		settle()
		if got := listed(t, one); got != strings.Replace(want, "offline", "later", 1) {
			t.Errorf("then there are %s", got)
		}
		if notes, err := b.Notes.Load(t.Context()); err != nil || slices.ContainsFunc(slices.Collect(maps.Keys(notes)), func(name string) bool { return strings.HasPrefix(name, "label ") }) {
			t.Errorf("the notes are %v, %v", notes, err)
		}
	})
}

// A deletion is seen by who was away: what was kept of the run can be taken, and is deleted here too. Of a run that nobody looked at
// there is nothing.
func TestDeletedThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{Identity: 7}
		b, l := &mirrortest.Browser{}, &link{server: server}
		for _, id := range []string{"a", "b", "unread"} {
			begin(t, server, id, 4).Close()
		}
		s, _ := open(t, b, l)
		other, _ := open(t, b, l)
		lines(t, s, "a")
		lines(t, s, "b")
		settle()
		l.cut(true)
		for _, id := range []string{"a", "b", "unread"} {
			must(t, server.Store.Delete(t.Context(), id))
			server.Deleted(id)
		}
		settle()
		l.cut(false)
		settle()
		const want = `a "" deleted on the server 4, b "" deleted on the server 4`
		if got, too := listed(t, s), listed(t, other); got != want || too != want {
			t.Errorf("there are %s, and in another tab %s", got, too)
		}
		var file bytes.Buffer
		must(t, store.Export(t.Context(), s, "a", &file))
		own := &store.Memory{}
		id, err := store.Import(t.Context(), own, bytes.NewReader(file.Bytes()), int64(file.Len()))
		must(t, err)
		if got := lines(t, own, id); !bytes.Equal(got, lines(t, s, "a")) {
			t.Errorf("kept here it is\n%s", got)
		}
		must(t, other.Delete(t.Context(), "a"))
		settle()
		if got, too := listed(t, s), listed(t, other); got != `b "" deleted on the server 4` || too != got {
			t.Errorf("deleted here too there are %s, and in another tab %s", got, too)
		}

		// One's own deletion leaves nothing.
		begin(t, server, "c", 3).Close()
		settle()
		lines(t, s, "c")
		must(t, s.Delete(t.Context(), "c"))
		server.Deleted("c")
		settle()
		if got := listed(t, other); got != `b "" deleted on the server 4` {
			t.Errorf("after one's own deletion there are %s", got)
		}
	})
}

// Where the server has another store, or does not know the position any more, all is compared: nothing of the one store is seen in the other's
// list, and it is there again when the first is back.
func TestAnotherStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := &remotetest.Server{Identity: 1}, &remotetest.Server{Identity: 2}
		begin(t, one, "a", 4).Close()
		begin(t, two, "b", 3).Close()
		b, l := &mirrortest.Browser{}, &link{server: one}
		s, _ := open(t, b, l)
		other, _ := open(t, b, l)
		lines(t, s, "a")
		settle()
		to := func(server *remotetest.Server, want string) {
			t.Helper()
			l.cut(true)
			l.server = server
			l.cut(false)
			settle()
			if got, too := listed(t, s), listed(t, other); got != want || too != want {
				t.Errorf("there are %s, and in another tab %s", got, too)
			}
		}
		to(two, `b "" interrupted 3`)
		to(one, `a "" interrupted 4`)
		// The first was begun anew: it has less than is known, and another log of the same run.
		again := &remotetest.Server{Identity: 1}
		w := begin(t, again, "a", 2)
		must(t, again.Say("a", w, run.Record{Seq: 3, Time: time.UnixMilli(1e12).UTC(), Event: &run.Rate{Step: 1, LearningRate: 0.5}}))
		to(again, `a "" training 3`)
		for _, s := range []store.Store{s, other} {
			if got, want := lines(t, s, "a"), lines(t, &again.Store, "a"); !bytes.Equal(got, want) {
				t.Errorf("the log is\n%s, want\n%s", got, want)
			}
		}
	})
}

// However many tabs there are, one has the stream; what it hears, the others hear; and another takes over when it is closed.
func TestOneStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{Identity: 7}
		b, l := &mirrortest.Browser{}, &link{server: server}
		w := begin(t, server, "a", 2)
		var tabs []*mirror.Store
		var closers []context.CancelFunc
		heard := make([][]string, 5)
		for i := range heard {
			s, cancel := open(t, b, l)
			tabs, closers = append(tabs, s), append(closers, cancel)
			go func() {
				for r := range s.Watch(t.Context(), "a", 1) {
					heard[i] = append(heard[i], fmt.Sprintf("%d %T", r.Seq, r.Event))
				}
			}()
		}
		settle()
		want := "1 *run.Start, 2 *run.Metric"
		for i := range tabs {
			seq := uint64(3 + i)
			must(t, server.Say("a", w, metric(seq), run.Record{Event: &run.State{Phase: run.Paused}}))
			want += fmt.Sprintf(", %d *run.Metric, 0 *run.State", seq)
			settle()
			if n := l.streams(); n != 1 {
				t.Errorf("%d streams are open", n)
			}
			for j := i; j < len(tabs); j++ {
				if got := strings.Join(heard[j], ", "); got != want {
					t.Errorf("tab %d hears %s, want %s", j, got, want)
				}
				if got := listed(t, tabs[j]); got != fmt.Sprintf(`a "" training %d`, seq) {
					t.Errorf("tab %d lists %s", j, got)
				}
			}
			closers[i]()
			synctest.Wait()
		}
		if n := l.streams(); n != 0 {
			t.Errorf("without a tab %d streams are open", n)
		}
	})
}

// What is kept is bounded: the oldest logs go first, and those that nobody else has last. What belongs to no run that is noted goes, too.
func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{Identity: 7}
		b, l := &mirrortest.Browser{}, &link{server: server}
		s, _ := open(t, b, l)
		size := int64(0)
		for i, id := range []string{"gone", "old", "new"} {
			r := start(id)
			r.Event.(*run.Start).Created = time.UnixMilli(int64(i) * 1e9)
			w, err := server.Store.Create(t.Context(), id)
			must(t, err, server.Say(id, w, r, metric(2)), w.Close())
			settle()
			size = int64(len(lines(t, s, id)))
		}
		must(t, server.Store.Delete(t.Context(), "gone"))
		server.Deleted("gone")
		w, err := b.Runs.Create(t.Context(), "orphan")
		must(t, err, w.Append(start("orphan")), w.Close())
		settle()
		kept := func(most int64, want ...string) {
			t.Helper()
			s.Bound(t.Context(), most)
			all, err := b.Runs.List(t.Context())
			must(t, err)
			var got []string
			for _, sum := range all {
				got = append(got, sum.ID)
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("of %d bytes there are %v, want %v", most, got, want)
			}
		}
		kept(100*size, "gone", "new", "old")
		kept(5*size/2, "gone", "new")
		kept(3*size/2, "gone")
		kept(0)
		if got := listed(t, s); got != `new "" interrupted 2, old "" interrupted 2` {
			t.Errorf("there are %s", got)
		}
		if got := lines(t, s, "new"); int64(len(got)) != size {
			t.Errorf("read again it is\n%s", got)
		}
	})
}
