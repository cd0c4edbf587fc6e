package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"unpool/core/api"
)

// description is what is read of an OpenAPI document here.
type description struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct{ Name, In string }
		RequestBody *struct {
			Content map[string]json.RawMessage
		}
		Responses map[string]json.RawMessage
	}
}

// Values that are wrong nearly everywhere.
var (
	wrongNames  = []string{"none", "%2e%2e%2f%2e%2e%2fetc", ".hidden", "a%00b", "%0d%0aX:y", strings.Repeat("x", 300), "%ff%fe", "%F0%9F%98%80", "%20", "a%3fb%23c"}
	wrongValues = []string{"", "x", "-1", "1e400", "99999999999999999999999", "%00", "null", "%7B%7D", "%ff", "1,2", strings.Repeat("9", 3000), "0-0-0", "1-2-18446744073709551616"}
	wrongBodies = []string{
		"", "null", "true", "7", `"x"`, "[]", "{}", "{", "\xff\xfe", `{"recipe":null}`, `{"recipe":7}`, `{"recipe":"x"}`, `{"recipe":[]}`, `{"recipe":{}}`,
		`{"recipe":{"version":99999999999999999999}}`, `{"recipe":{"version":2,"net":7}}`, `{"recipe":{"version":2,"net":"conv 99999999x99999999x99999999","dataset":"mnist","steps":1e308}}`,
		`{"recipe":{"version":2,"net":"` + strings.Repeat("residual(", 3000) + `"}}`, `{"recipe":` + strings.Repeat("[", 20_000) + `}`, `{"name":7}`, `{"name":{"a":1}}`, `{"name":null,"note":[]}`,
		`{"do":7}`, `{"do":"stop","do":"explode"}`, `{"do":"rate","learning_rate":1e400}`, `{"do":"rate","learning_rate":-1}`, `{"do":"","learning_rate":"NaN"}`, `{"unknown":1}`,
		`{"name":"` + strings.Repeat("x", 60_000) + `"}`, `{"name":"\ud800"}`,
	}
)

// Each operation refuses an invalid request with a problem whose status is in its description, and never fails itself.
func TestOperationsRefuseWhatIsWrong(t *testing.T) {
	s := keeping(t, t.TempDir())
	var spec description
	s.must(&spec, "GET", "api/openapi.json", nil)
	// A stream that is right does not end by itself.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	send := func(method, path, kind, body string) {
		t.Helper()
		ctx, end := context.WithCancel(ctx)
		defer end()
		r, err := http.NewRequestWithContext(ctx, method, s.url+strings.TrimPrefix(path, "/"), strings.NewReader(body))
		if err != nil {
			return // no client can send that
		}
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Errorf("%s %.100s with %.60q: %v", method, path, body, err)
			return
		}
		defer answer.Body.Close()
		says := fmt.Sprintf("%s %.100s with %q and %.60q: status %d", method, path, kind, body, answer.StatusCode)
		if answer.StatusCode >= 500 {
			t.Error(says)
		}
		if answer.StatusCode < 400 {
			return
		}
		var p api.Problem
		err = json.NewDecoder(answer.Body).Decode(&p)
		if err != nil || p.Status != answer.StatusCode || p.Detail == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s, which is no problem but %+v, %v", says, p, err)
		}
	}
	operations := 0
	for path, methods := range spec.Paths {
		for method, o := range methods {
			operations++
			method = strings.ToUpper(method)
			at := strings.NewReplacer("{id}", "none", "{name}", "none").Replace(path)
			for _, name := range wrongNames {
				send(method, strings.NewReplacer("{id}", name, "{name}", name).Replace(path), "application/json", "{}")
			}
			for _, p := range o.Parameters {
				for _, value := range wrongValues {
					if p.In == "query" {
						send(method, at+"?"+p.Name+"="+value, "", "")
					}
				}
			}
			send(method, at+"?unknown=1", "", "")
			for _, body := range wrongBodies {
				for _, kind := range []string{"application/json", "application/zip", "text/plain", "", "x"} {
					if kind == "application/json" || o.RequestBody != nil {
						send(method, at, kind, body)
					}
				}
			}
			send(method, at, "application/json", strings.Repeat(" ", 200_000))
			for _, other := range []string{"PUT", "TRACE", "OPTIONS", "NONSENSE"} {
				send(other, at, "", "")
			}
		}
	}
	if operations < 12 {
		t.Errorf("%d operations are described", operations)
	}
	if says := s.stderr.String(); strings.Contains(says, "A request failed") || strings.Contains(says, "panic") {
		t.Errorf("it says %s", says)
	}
	var list api.List
	if s.must(&list, "GET", api.Runs, nil); len(list.Runs) > 0 {
		t.Errorf("runs were made: %+v", list.Runs)
	}
}
