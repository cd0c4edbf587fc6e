package run

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"unpool/core/recipe"
)

// all is one of each event, every field set.
func all() []Event {
	return []Event{
		&Start{Version: Version, Recipe: recipe.Recipe{
			Version: recipe.Version, Net: "rnn 128", Dataset: recipe.MNIST, Optimizer: recipe.Momentum,
			LearningRate: 0.1, Momentum: 0.9, Batch: 128, Steps: 500, Seed: 3, EvalEvery: 50, Eval: recipe.EvalFull,
			Holdout: 1000, Exact: true,
		}, Parameters: 21386, ID: "abc", Created: time.UnixMilli(1_800_000_000_123).UTC(), After: 30, Where: Where{Backend: "xla:cuda", Tier: "one GPU", Precision: "tf32", Machine: "NVIDIA H100"}, TrainSize: 59000, TestSize: 10000, Step: 40,
			Content: &Content{Classes: []string{"cat", "dog"}, Train: 60000, Test: 10000, Hash: "0123456789abcdef"}, Reading: []string{"2 classes.", "Warning: one."}, Snapshots: new(int64(1 << 20))},
		&State{Phase: Evaluating, Step: 50, Done: 250, Total: 2000, Unit: "images"},
		&Progress{Step: 51, Loss: 0.5, MsPerStep: 100, ImagesPerSecond: 1280, Seconds: 6, SecondsLeft: 45},
		&Metric{Step: 50, Seconds: 5.5, Train: Measure{0.4, 0.9, 1000}, Test: Measure{0.5, 0.8, 10000},
			Validation: &Measure{0.6, 0.7, 1000}, Final: true},
		&Weights{Step: 50, Layer: "rnn", Count: 2, Height: 1, Width: 3, Channels: 1, Scale: 0.25,
			Pixels: Int8s{-127, -1, 0, 1, 64, 127}},
		&Snapshot{Step: 50, Name: "w", Layers: 3, Bytes: 1000, SHA256: "ab", Encoding: "int8", Lost: 0.01, N: 1000, Removed: true},
		&Missed{Step: 55, Error: "no room"},
		&Statistics{Step: 60, Images: 10, Layers: []LayerStatistics{{Layer: "conv"}}},
		&Rate{Step: 60, LearningRate: 1e-4},
		&Move{Step: 60, From: Where{Backend: "wasm", Tier: "SIMD"}, To: Where{Backend: "xla:cpu", Tier: "1 thread", Threads: 1, Machine: "EPYC"}},
		&End{Status: Failed, Steps: 70, MsPerStep: 101, Seconds: 9, Backend: "go", WeightsSHA256: "ab",
			Error: "the loss became NaN", Hint: "Lower the learning rate.", Reason: "stopped by the sweep", Diverged: true},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, e := range all() {
		v := reflect.ValueOf(e).Elem()
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("the test leaves %s of %s out", v.Type().Field(i).Name, e.kind())
			}
		}
		line, err := Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(line, "\n") || !strings.HasPrefix(string(line), `{"type":"`+e.kind()+`",`) {
			t.Errorf("%s is written as %s", e.kind(), line)
		}
		got, err := Unmarshal(line)
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("%s: %+v, %v", line, got, err)
		}
	}
}

// Which fields are left out when zero, and which not: a reader in another language relies on it.
func TestWireForm(t *testing.T) {
	for want, e := range map[string]Event{
		`{"type":"state","state":"training","step":0}`: &State{Phase: Training},
		`{"type":"metric","step":0,"seconds":0,"train":{"loss":2.5,"accuracy":0,"n":1000},"test":{"loss":0,"accuracy":0.5,"n":10}}`: &Metric{
			Train: Measure{Loss: 2.5, N: 1000}, Test: Measure{Accuracy: 0.5, N: 10}},
		`{"type":"weights","step":0,"layer":"conv1","count":1,"height":1,"width":2,"channels":1,"scale":0.5,"pixels":"/4E="}`: &Weights{
			Layer: "conv1", Count: 1, Height: 1, Width: 2, Channels: 1, Scale: 0.5, Pixels: Int8s{-1, -127}},
		`{"type":"end","status":"done","steps":0,"ms_per_step":0,"seconds":0,"backend":"go"}`: &End{Status: Done, Backend: "go"},
	} {
		if got, err := Marshal(e); err != nil || string(got) != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
}

func TestUnmarshalAcceptsUnknownFields(t *testing.T) {
	got, err := Unmarshal([]byte(`{"type":"rate","step":5,"learning_rate":0.1,"why":"the user"}`))
	if err != nil || !reflect.DeepEqual(got, &Rate{Step: 5, LearningRate: 0.1}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// An event of a newer program keeps its place and its text.
func TestUnknownEvent(t *testing.T) {
	r, err := UnmarshalRecord([]byte(`{"type":"surprise", "seq":7, "what":[1, 2]}`))
	if u, ok := r.Event.(*Unknown); err != nil || !ok || u.Type != "surprise" || r.Seq != 7 || !Durable(r.Event) {
		t.Fatalf("%+v, %v", r, err)
	}
	r.Seq = 9
	if line, err := r.Marshal(); err != nil || string(line) != `{"type":"surprise","seq":9,"what":[1,2]}` {
		t.Errorf("%s, %v", line, err)
	}
}

func TestRecord(t *testing.T) {
	r := Record{Seq: 3, Time: time.Date(2027, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("east", 3600)), Event: &Rate{Step: 5, LearningRate: 0.1}}
	const want = `{"type":"rate","seq":3,"time":"2027-01-02T02:04:05.678Z","step":5,"learning_rate":0.1}`
	line, err := r.Marshal()
	if err != nil || string(line) != want {
		t.Errorf("%s, %v", line, err)
	}
	got, err := UnmarshalRecord(line)
	if err != nil || got.Seq != 3 || !got.Time.Equal(r.Time.Truncate(time.Millisecond)) || !reflect.DeepEqual(got.Event, r.Event) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := UnmarshalRecord([]byte(`{"type":"rate","time":"yesterday"}`)); err == nil {
		t.Error("a time that is none")
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	weights := func(sizes, pixels string) string {
		return `{"type":"weights","layer":"l",` + sizes + `,"scale":1,"pixels":"` + pixels + `"}`
	}
	for name, c := range map[string]struct{ line, says string }{
		"nothing":                  {"", "is not JSON"},
		"an array":                 {"[]", "needs an object"},
		"no type":                  {"{}", `no "type"`},
		"null":                     {"null", `no "type"`},
		"a later version":          {`{"type":"start","version":2}`, "version 2"},
		"a word for a number":      {`{"type":"rate","step":"five"}`, "event rate"},
		"bad base64":               {weights(`"count":1,"height":1,"width":1,"channels":1`, "!"), "event weights"},
		"too few pixels":           {weights(`"count":1,"height":2,"width":2,"channels":1`, "AAA="), "2 pixels"},
		"too many pixels":          {weights(`"count":1,"height":1,"width":1,"channels":1`, "AAA="), "2 pixels"},
		"a size of zero":           {weights(`"count":0,"height":1,"width":1,"channels":1`, ""), "0 pixels"},
		"two negative sizes":       {weights(`"count":-1,"height":-2,"width":1,"channels":1`, "AAA="), "2 pixels"},
		"a product that overflows": {weights(`"count":4294967296,"height":4294967296,"width":1,"channels":1`, ""), "pixels"},
	} {
		if e, err := Unmarshal([]byte(c.line)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v does not say %q", name, e, err, c.says)
		}
	}
}

// A log from when recipes named an architecture is read like a current one.
func TestUnmarshalReadsVersion1Recipes(t *testing.T) {
	got, err := Unmarshal([]byte(`{"type":"start","version":1,"recipe":{"version":1,"arch":"vgg","dataset":"mnist","no_dropout":true}}`))
	start, ok := got.(*Start)
	if !ok || start.Recipe.Version != recipe.Version || !strings.HasSuffix(start.Recipe.Net, "batchnorm, relu, mean") {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, e := range all() {
		line, _ := Marshal(e)
		f.Add(line)
	}
	f.Add([]byte(`{"type":"weights","count":3,"height":1,"width":1,"channels":1,"pixels":"AAAA"}`))
	f.Add([]byte(`{"type":"start","version":1,"recipe":null}`))
	f.Add([]byte(`{"type":"start","version":1,"recipe":{"version":1,"arch":"lstm","units":3}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := Unmarshal(line)
		if err != nil {
			return
		}
		again, err := Marshal(e)
		if err != nil {
			t.Fatalf("read from %q, but cannot be written: %v", line, err)
		}
		same, err := Unmarshal(again)
		if err != nil {
			t.Fatalf("%q became %q: %v", line, again, err)
		}
		// Compared as written, since nil and empty lists are one.
		a, _ := json.Marshal(e)
		b, _ := json.Marshal(same)
		if !bytes.Equal(a, b) {
			t.Errorf("%s became %s", a, b)
		}
	})
}
