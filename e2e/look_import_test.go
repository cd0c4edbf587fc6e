package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/store"
	"unpool/internal/browser"
)

// A run that was exported is imported again and looked into. One of its filters dominates; the button tries to hold all of them below a
// limit, and the filters of the new run are below it.
func TestImportedRunIsLookedInto(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	keepDownloads(tab)
	site := start(t)
	r := smallCNN(t)
	r.Steps, r.EvalEvery = 20, 20
	tab.Go(site + "?" + r.Query())
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Go(site + "runs/")
	tab.Wait(rowsAre(1), soon)
	id := browser.Eval[string](tab, rowsJS+"[0]")
	tab.Press("#tick-"+id, browser.Space)
	tab.Click("#export")
	tab.Wait("window.downloads.length === 1", soon)
	exported, err := base64.StdEncoding.DecodeString(browser.Await[string](tab,
		"downloads[0].arrayBuffer().then((b) => btoa([...new Uint8Array(b)].map((c) => String.fromCharCode(c)).join('')))"))
	if err != nil {
		t.Fatal(err)
	}
	tab.Press("#delete", browser.Enter)
	tab.Wait(runsAre("empty"), soon)
	tab.Go(site + "runs/")
	tab.Wait(runsAre("empty"), soon)
	tab.Choose("#import-file", dominated(t, exported))
	tab.Wait(rowsAre(1), soon)

	tab.Go(site + "look/?view=weights")
	tab.Wait(lookReady, later)
	tab.Wait("document.querySelector('#finding-dominating')?.innerText.includes('Dominating filters: found')", later)
	tab.Press("#fix-dominating", browser.Enter)
	tab.Wait("location.search.includes('filter_rms=') && document.querySelector('#train')", soon)
	limit, err := strconv.ParseFloat(browser.Eval[string](tab, "new URLSearchParams(location.search).get('filter_rms')"), 64)
	if err != nil || limit < 0.02 || limit > 0.2 {
		t.Fatalf("the limit is %v, %v", limit, err)
	}
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Press("#look-inside", browser.Enter)
	tab.Press("#view-weights", browser.Enter)
	tab.Wait("document.querySelectorAll('#of-each-filter tbody tr').length === 6 && document.querySelector('#finding-dominating')?.innerText.includes('Dominating filters: fine')", later)
	each := browser.Eval[string](tab, "[...document.querySelectorAll('#of-each-filter tbody tr')].map((r) => r.children[1].textContent).join()")
	var all []float64
	for text := range strings.SplitSeq(each, ",") {
		rms, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rms)
	}
	if most := slices.Max(all); most > 1.01*limit || most < 0.9*limit {
		t.Errorf("with a limit of %v the filters' RMS are %v", limit, all)
	}
	noErrors(t, tab)
}

// dominated is the file of a run, with its first layer's filters a fifth of what they were, but for the first.
func dominated(t *testing.T, exported []byte) (name string) {
	t.Helper()
	kept := &store.Memory{}
	id, err := store.Import(t.Context(), kept, bytes.NewReader(exported), int64(len(exported)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := store.Load(t.Context(), kept, id, store.Last)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(c.Tensors, func(x checkpoint.Tensor) bool { return x.Name == "/conv1/weights" })
	weights := c.Tensors[at]
	filters := weights.Shape[len(weights.Shape)-1]
	for i := range len(weights.Data) / 4 {
		if b := weights.Data[4*i:]; i%filters != 0 {
			binary.LittleEndian.PutUint32(b, math.Float32bits(math.Float32frombits(binary.LittleEndian.Uint32(b))/5))
		}
	}
	w, err := kept.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put(store.Last, func(to io.Writer) error { return c.Write(to) }); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var file bytes.Buffer
	if err := store.Export(t.Context(), kept, id, &file); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), fmt.Sprintf("%s.zip", id))
	if err := os.WriteFile(name, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
