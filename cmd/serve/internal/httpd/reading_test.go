package httpd

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// reads is a site with one set, and how it is read.
func reads(t *testing.T, open func(ctx context.Context) (map[string][]byte, error)) *Site {
	site := newSite(t, nil)
	site.AddSets(Set{Name: "pets", Files: []string{"images", "labels"}, Find: func() string { return "pets.zip" }, Open: open})
	return site
}

// The server reads a data set only for a request for a file that it has, from here.
func TestWhatReadsNothing(t *testing.T) {
	site := admit(reads(t, func(context.Context) (map[string][]byte, error) {
		t.Error("it is read")
		return nil, nil
	}), access{})
	for _, path := range []string{"/api/data/pets", "/api/data/pets/", "/api/data/pets/other", "/api/data/pets/images/", "/api/data/Pets/images", "/api/data.json"} {
		get(site, path)
	}
	for _, from := range []string{"cross-site", "same-site"} {
		for _, mode := range []string{"no-cors", "navigate", ""} {
			if r := get(site, "/api/data/pets/images", "Sec-Fetch-Site", from, "Sec-Fetch-Mode", mode); r.StatusCode != http.StatusForbidden {
				t.Errorf("%s, %s: status %d", from, mode, r.StatusCode)
			}
		}
	}
}

// A broken archive is read once, however many ask, and again after a while: it may have been repaired.
func TestErrorIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := 0
		site := reads(t, func(context.Context) (map[string][]byte, error) {
			times++
			time.Sleep(time.Second)
			return nil, errors.New("pets.zip: a damaged archive")
		})
		for range 5 {
			if r := get(site, "/api/data/pets/images"); r.StatusCode != http.StatusInternalServerError {
				t.Errorf("status %d", r.StatusCode)
			}
			time.Sleep(remembered / 6)
		}
		if times != 1 {
			t.Errorf("read %d times", times)
		}
		time.Sleep(remembered)
		get(site, "/api/data/pets/images")
		if times != 2 {
			t.Errorf("read %d times in the end", times)
		}
	})
}

// A panic while reading is an error like any other.
func TestReadingPanics(t *testing.T) {
	site := reads(t, func(context.Context) (map[string][]byte, error) { panic("x") })
	if r := get(site, "/api/data/pets/images"); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", r.StatusCode)
	}
}

// A set is read for all who wait for it, and no further when none of them waits any longer.
func TestAbandonedReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, givenUp := 0, 0
		site := reads(t, func(ctx context.Context) (map[string][]byte, error) {
			begun++
			select {
			case <-ctx.Done():
				givenUp++
				return nil, ctx.Err()
			case <-time.After(time.Minute):
				return map[string][]byte{"images": []byte("miaow"), "labels": []byte("cat")}, nil
			}
		})
		ask := func(path string) (answer *httptest.ResponseRecorder, leave context.CancelFunc) {
			ctx, leave := context.WithCancel(t.Context())
			answer = httptest.NewRecorder()
			go site.ServeHTTP(answer, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
			synctest.Wait()
			return answer, leave
		}
		_, leaveFirst := ask("/api/data/pets/images")
		_, leaveSecond := ask("/api/data/pets/labels")
		leaveFirst()
		synctest.Wait()
		if begun != 1 || givenUp != 0 {
			t.Errorf("while one waits: begun %d times, cancelled %d times", begun, givenUp)
		}
		leaveSecond()
		synctest.Wait()
		if begun != 1 || givenUp != 1 {
			t.Errorf("when none waits: begun %d times, cancelled %d times", begun, givenUp)
		}
		again, leave := ask("/api/data/pets/images")
		defer leave()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := again.Body.String(); begun != 2 || got != "miaow" {
			t.Errorf("the next one gets %q, begun %d times", got, begun)
		}
	})
}
