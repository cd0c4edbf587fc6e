package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/internal/browser"
)

// sweepFile tries how fast a small net can learn.
const sweepFile = `{"base": "mnist-rnn-32", "change": {"holdout": 5000, "steps": 810, "batch": 32, "eval_every": 30},
	"random": {"points": 27, "seed": 2, "fields": {"learning_rate": {"log": [1e-4, 3e-2]}, "units": {"choice": [8, 16, 32, 64]}, "optimizer": {"choice": ["adam", "momentum"]}}},
	"asha": {"min_steps": 30, "eta": 3}}`

// The pictures of the Sweeps page in docs/sweeps.md: of a sweep that is really made, which takes a minute or two.
func TestSweepsScreenshot(t *testing.T) {
	if !*update {
		t.Skip("make screenshot takes it")
	}
	tab := browser.Open(t)
	site := start(t, "-backend", "wasm")
	body, err := json.Marshal(api.NewSweep{Name: "How fast can a small RNN learn?", File: json.RawMessage(sweepFile)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(site+api.Sweeps, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var made api.Made
	if err := json.NewDecoder(r.Body).Decode(&made); err != nil || r.StatusCode >= 300 {
		t.Fatal(r.Status, err)
	}
	tab.Look(1280, 900, false)
	tab.Go(site + "sweeps/?sweep=" + made.ID)
	tab.Wait("document.querySelector('.sweep-state')?.dataset.state === 'done'", 10*time.Minute)
	tab.Wait("document.querySelector('#best-says').innerText.includes('play no part in any choice')", soon)
	for name, dark := range map[string]bool{"sweeps": false, "sweeps-dark": true} {
		tab.Look(1280, 900, dark)
		time.Sleep(time.Second) // for the pictures to take the room they have
		if err := os.WriteFile(filepath.Join("..", "docs", name+".png"), tab.Screenshot(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
