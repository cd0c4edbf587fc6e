package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"unpool/cmd/serve/internal/jobs"
	"unpool/core/data"
	"unpool/core/recipe"
)

// A run is looked into: the pictures and arrays are there, are of the right shapes, and belong together.
func TestLook(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	const net = "conv 3x3x4, relu, pool 2, conv 3x3x5, relu"
	if _, stderr, code := cli(t, t.Context(), "train", "-net", net, "-dataset", "mnist", "-batch", "32", "-steps", "4", "-eval-every", "2", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	look := func(args ...string) (to string) {
		t.Helper()
		to = filepath.Join(t.TempDir(), "new", "look")
		stdout, stderr, code := cli(t, t.Context(), append([]string{"look", dir, "-o", to}, args...)...)
		if code != exitDone || strings.TrimSpace(stdout) != filepath.Join(to, "README.md") {
			t.Fatalf("%q: exit code %d, %q, %q", args, code, stdout, stderr)
		}
		return to
	}
	read := func(to, name string) []byte {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	array := func(to, name string, shape ...int) []float32 {
		t.Helper()
		var a tensor.Dense
		if err := a.ReadNpy(bytes.NewReader(read(to, name+".npy"))); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.Shape(), tensor.Shape(shape)) {
			t.Fatalf("%s is %v, want %v", name, a.Shape(), shape)
		}
		return a.Data().([]float32)
	}
	picture := func(to, name string) {
		t.Helper()
		if _, err := png.Decode(bytes.NewReader(read(to, name+".png"))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := xml.Unmarshal(read(to, name+".svg"), new(struct{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(string(read(to, "README.md")), "]("+name+".png)") {
			t.Errorf("the page does not show %s", name)
		}
	}

	to := look("maps", "-image", "7", "-step", "2")
	page := string(read(to, "README.md"))
	for _, want := range []string{"after step 2", "Test image 7, of the class 9", "| 9 | "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	before, after := array(to, "conv1", 28, 28, 4), array(to, "relu1", 28, 28, 4)
	for i := range before {
		if after[i] != max(before[i], 0) {
			t.Fatalf("relu1 makes %g of %g", after[i], before[i])
		}
	}
	array(to, "logits", 10)
	picture(to, "relu2")
	picture(to, "image")
	if svg := string(read(to, "relu1.svg")); !strings.Contains(svg, "<title>relu1</title>") || !strings.Contains(svg, ">0</text>") {
		t.Errorf("the document has no title, or no scale from 0: %.300s", svg)
	}

	// Covered place by place.
	covered := look("occlusion", "-image", "7", "-step", "2", "-cover", "4", "-stride", "3")
	sums, chances := array(covered, "sums", 10, 10), array(covered, "chances", 10, 10, 10)
	if largest, smallest := slices.Max(sums), slices.Min(sums); largest == smallest {
		t.Errorf("each place changes the sum by %g", largest)
	}
	for i := range 100 {
		total := float32(0)
		for _, p := range chances[10*i : 10*i+10] {
			total += p
		}
		if total < 0.999 || total > 1.001 {
			t.Errorf("at place %d the probabilities add up to %g", i, total)
		}
	}
	array(covered, "answers", 10, 10)
	array(covered, "contributing", 28, 28, 1)
	for _, name := range []string{"image", "sums", "chances", "contributing"} {
		picture(covered, name)
	}
	if page := string(read(covered, "README.md")); !strings.Contains(page, "of relu2, summed") || !strings.Contains(page, "](answers.svg)") || !strings.Contains(page, "4 by 4 pixels") {
		t.Errorf("the page says\n%s", page)
	}
	rows := look("occlusion", "-image", "7", "-rows", "-layer", "relu1", "-map", "2")
	array(rows, "sums", 28, 1)
	if page := string(read(rows, "README.md")); !strings.Contains(page, "Map 2 of relu1") || !strings.Contains(page, "7 pixels high") {
		t.Errorf("the page says\n%s", page)
	}

	// All images are classified.
	classified := look("mistakes", "-step", "2")
	counted := float32(0)
	for _, n := range array(classified, "confusion", 10, 10) {
		counted += n
	}
	if counted != 10000 {
		t.Errorf("%g images are in the matrix", counted)
	}
	picture(classified, "worst")
	picture(classified, "surest")
	if page := string(read(classified, "README.md")); !strings.Contains(page, " of 10,000 test images are classified wrongly") || !strings.Contains(page, "](calibration.svg)") || !strings.Contains(page, "| true class | 0 |") {
		t.Errorf("the page says\n%s", page)
	}
	if svg := string(read(classified, "calibration.svg")); !strings.Contains(svg, "<circle") {
		t.Errorf("the diagram has no point: %.300s", svg)
	}

	// Images are laid out.
	embedded := look("embedding", "-layer", "relu1", "-images", "90")
	array(embedded, "components", 90, 2)
	if positions := array(embedded, "tsne", 90, 2); slices.Max(positions) <= 0 || slices.Min(positions) >= 0 {
		t.Errorf("they are at %v", positions)
	}
	if page := string(read(embedded, "README.md")); !strings.Contains(page, "means over 2 neighbouring positions") || !strings.Contains(page, "whose 784 features are nearest") {
		t.Errorf("the page says\n%s", page)
	}
	if svg := string(read(embedded, "tsne.svg")); strings.Count(svg, "a3.2 3.2") == 0 || !strings.Contains(svg, ">9</text>") {
		t.Errorf("the picture is %.300s", svg)
	}
	if lines := strings.Count(string(read(embedded, "embedding.csv")), "\n"); lines != 91 {
		t.Errorf("the table has %d lines", lines)
	}

	// Each layer has a probe, from the image to the logits.
	probed := look("probes", "-images", "200")
	for i, share := range array(probed, "probes", 7, 2) {
		if share < 0.2 || share > 1 {
			t.Errorf("accuracy %d is %g", i, share)
		}
	}
	if page := string(read(probed, "README.md")); !strings.Contains(page, "| relu1 | 784 | 2 |") || !strings.Contains(page, "200 test images") {
		t.Errorf("the page says\n%s", page)
	}
	if svg := string(read(probed, "probes.svg")); strings.Count(svg, "<circle") != 14 {
		t.Errorf("the chart is %.300s", svg)
	}

	// Its features are tried on other pictures, which are divided into those to train on and those to test on.
	other := t.TempDir()
	writePictures(t, func(path string, content func(io.Writer) error) {
		split, path, _ := strings.Cut(path, "/")
		file := filepath.Join(other, filepath.Dir(path), split+filepath.Base(path))
		var b bytes.Buffer
		if err := errors.Join(content(&b), os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, b.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
	})
	transferred := look("transfer", "-to", "folder:"+other, "-images", "18", "-seeds", "2")
	for i, share := range array(transferred, "transfer", 4, 3, 2) {
		if share < 0 || share > 1 {
			t.Errorf("accuracy %d is %g", i, share)
		}
	}
	page = string(read(transferred, "README.md"))
	for _, want := range []string{"Its images become 28 by 28 pixels in gray, as the net reads them; it has 3 classes", "what relu2 outputs: ", "always for 200 steps of 32 images", "| 1 | 3 | ", "| all | 18 | ", "Against random features, they are "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if svg := string(read(transferred, "transfer.svg")); strings.Count(svg, "<circle") != 12 || !strings.Contains(svg, ">training images a class<") {
		t.Errorf("the chart is %.300s", svg)
	}
	if lines := strings.Count(string(read(transferred, "transfer.csv")), "\n"); lines != 1+4*2 {
		t.Errorf("the table has %d lines", lines)
	}

	// The second of a comparison is as it is alone, and the difference is that of the two.
	for name, c := range map[string]struct{ against, alone []string }{
		"image": {[]string{"-against-image", "8"}, []string{"-image", "8", "-step", "2"}},
		"step":  {[]string{"-against", "@4"}, []string{"-image", "7", "-step", "4"}},
		"both":  {[]string{"-against", dir + "@last", "-against-image", "8"}, []string{"-image", "8"}},
	} {
		to, alone := look(append([]string{"maps", "-image", "7", "-step", "2"}, c.against...)...), look(append([]string{"maps"}, c.alone...)...)
		first, second, difference := array(to, "relu1", 28, 28, 4), array(to, "relu1-other", 28, 28, 4), array(to, "relu1-difference", 28, 28, 4)
		if !slices.Equal(first, after) || !slices.Equal(second, array(alone, "relu1", 28, 28, 4)) {
			t.Errorf("%s: the two are not what each is alone", name)
		}
		for i := range difference {
			if difference[i] != second[i]-first[i] {
				t.Fatalf("%s: the difference of %g and %g is %g", name, first[i], second[i], difference[i])
			}
		}
		for _, name := range []string{"relu2", "relu2-other", "relu2-difference", "image-other"} {
			picture(to, name)
		}
	}

	// A picture gives what its image does.
	mnist, err := jobs.NewImages("", "", io.Discard).Open(t.Context(), recipe.MNIST, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	var nine bytes.Buffer
	if err := png.Encode(&nine, &image.Gray{Pix: mnist.Test.Images[7*784 : 8*784], Stride: 28, Rect: image.Rect(0, 0, 28, 28)}); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(t.TempDir(), "nine.png")
	if err := os.WriteFile(own, nine.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	to = look("maps", "-image", own, "-step", "2", "-against-image", own)
	if page := string(read(to, "README.md")); !strings.Contains(page, "The picture nine.png.") || !strings.Contains(page, "compared with the picture nine.png") {
		t.Errorf("of the picture the page says:\n%s", page)
	}
	if !slices.Equal(after, array(to, "relu1", 28, 28, 4)) || !slices.Equal(after, array(to, "relu1-other", 28, 28, 4)) {
		t.Error("a test image as a picture gives something else")
	}

	to = look("deconv", "-images", "100", "-against-image", "1")
	for _, name := range []string{"relu1", "relu1-untrained", "relu2", "relu2-untrained", "relu2-methods", "relu2-other-methods"} {
		picture(to, name)
	}
	methods := array(to, "relu2-methods", 2, 5, 28, 28, 1)
	if slices.Equal(methods[:784], methods[5*784:6*784]) || slices.Equal(methods[:784], methods[784:2*784]) || slices.Equal(methods, array(to, "relu2-other-methods", 2, 5, 28, 28, 1)) {
		t.Error("two methods, two nets or two images give the same")
	}
	for _, want := range []string{"| Integrated gradients | ", "| Guided backpropagation | ", "of 100 test images", "Test image 1, of the class 2"} {
		if page := string(read(to, "README.md")); !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	trained, untrained := array(to, "relu2", 5, 9, 28, 28, 1), array(to, "relu2-untrained", 5, 9, 28, 28, 1)
	if slices.Equal(trained, untrained) {
		t.Error("training has changed nothing")
	}
	if rows := strings.Count(string(read(to, "relu2.md")), "\n| "); rows != 5*9+2 {
		t.Errorf("the table of the strongest has %d rows", rows)
	}
	if to := look("deconv", "-images", "20", "-layer", "pool1"); len(array(to, "pool1", 4, 9, 28, 28, 1)) == 0 {
		t.Error("no projections")
	}
	to = look("deconv", "-layer", "relu2", "-map", "3", "-images", "50", "-among", "train", "-against", "@0")
	array(to, "relu2-other-untrained", 1, 9, 28, 28, 1)
	if page := string(read(to, "README.md")); !strings.Contains(page, "of 50 training images") || !strings.Contains(page, "map 3 of relu2 reaches") {
		t.Errorf("the page about one map on the training images:\n%s", page)
	}

	to = look("filters")
	picture(to, "filters")
	values := array(to, "filters", 3, 4, 3, 3, 1)
	if slices.Equal(values[:36], values[72:]) || !strings.Contains(string(read(to, "README.md")), "0, 2, 4") {
		t.Errorf("the filters through training: %v\n%s", values, read(to, "README.md"))
	}

	picture(to, "spectrum")
	total := float32(0)
	for _, v := range array(to, "spectrum", 32, 32) {
		total += v / (32 * 32)
	}
	if total < 0.999 || total > 1.001 {
		t.Errorf("the spectrum is %g on average", total)
	}
	page = string(read(to, "README.md"))
	for _, want := range []string{"| Dead filters | no | ", "below 0.01", "| Aliasing | no | – |", "above 3 ", "Zeiler and Fergus", "filters.csv"} {
		if !strings.Contains(page, want) {
			t.Errorf("the diagnosis does not say %q:\n%s", want, page)
		}
	}
	if lines, err := csv.NewReader(bytes.NewReader(read(to, "filters.csv"))).ReadAll(); err != nil || len(lines) != 1+4 ||
		!slices.Equal(lines[0], []string{"filter", "rms", "dead", "dominating", "middle", "aliasing"}) || lines[1][5] != "" {
		t.Errorf("the table of filters is %q, %v", lines, err)
	}
	to = look("filters", "-layer", "conv2")
	picture(to, "conv2")
	kernels := array(to, "conv2", 5, 4, 3, 3)
	order := strings.Split(strings.Fields(string(read(to, "conv2-order.csv")))[2], ",") // of map 2
	energy := func(in string) (sum float32) {
		i, err := strconv.Atoi(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range kernels[(2*4+i)*9 : (2*4+i+1)*9] {
			sum += v * v
		}
		return sum
	}
	if len(order) != 5 || order[0] != "2" || !slices.IsSortedFunc(order[1:], func(a, b string) int { return cmp.Compare(energy(b), energy(a)) }) {
		t.Errorf("the kernels of map 2 are in the order %q", order)
	}

	table := func(to, name string) [][]string {
		t.Helper()
		rows, err := csv.NewReader(bytes.NewReader(read(to, name+".csv"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	to = look("stats", "-step", "2")
	if rows := table(to, "statistics"); len(rows) != 3 || rows[2][0] != "relu2" || rows[2][7] != "5" {
		t.Errorf("the table of layers is %q", rows)
	}
	if rows := table(to, "maps"); len(rows) != 1+4+5 || rows[9][0] != "relu2" || rows[9][1] != "4" {
		t.Errorf("the table of maps is %q", rows)
	}
	if rows := table(to, "histograms"); len(rows) < 20 {
		t.Errorf("the histograms are %q", rows)
	}
	picture(to, "relu1-histogram")
	if page := string(read(to, "README.md")); !strings.Contains(page, "All 31,360,000 activations are counted") || strings.Contains(page, "other net") {
		t.Errorf("the page about statistics is\n%s", page)
	}
	for _, against := range []string{"@2", dir + "@2"} {
		to = look("stats", "-against", against)
		picture(to, "relu2-histogram")
		page := string(read(to, "README.md"))
		for _, want := range []string{"after step 2.\n", "It is compared with the run", "The differences, for the layers that both nets have", " points | 0 |", "and of the other net's"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page about statistics does not say %q:\n%s", want, page)
			}
		}
	}

	for _, c := range []struct {
		says string
		args []string
	}{
		{"needs a run", []string{"maps"}},
		{`correspondence, ablation, transfer, report, not "dream"`, []string{"dream", "-o", "x"}},
		{"there is no test image 10000", []string{"maps", "-image", "10000", "-o", "x"}},
		{"-images: 0 is less than 1", []string{"deconv", "-images", "0", "-o", "x"}},
		{`no layer "conv9"; it has conv1, relu1, pool1, conv2, relu2, logits`, []string{"deconv", "-layer", "conv9", "-o", filepath.Join(t.TempDir(), "x")}},
		{`no filters "relu1"; it has those of conv1, conv2`, []string{"filters", "-layer", "relu1", "-o", filepath.Join(t.TempDir(), "x")}},
		{`no stored weights "3"; it has last, best and 0, 2, 4`, []string{"maps", "-step", "3", "-o", "x"}},
		{"file exists", []string{"stats", "-o", t.TempDir()}},
		{`no stored weights "3"; it has last`, []string{"stats", "-against", "@3", "-o", filepath.Join(t.TempDir(), "x")}},
		{"shows every stored step already", []string{"filters", "-against", "@2", "-o", "x"}},
		{"not with stats", []string{"stats", "-against-image", "2", "-o", "x"}},
		{`-image: "seven" is neither a number nor a picture that can be read: seven: cannot be opened`, []string{"maps", "-image", "seven", "-o", "x"}},
		{"look_test.go: is not a picture", []string{"deconv", "-against-image", "look_test.go", "-o", "x"}},
		{"-against-image: there is no test image 10000", []string{"maps", "-against-image", "10000", "-o", "x"}},
		{"another data set after -to", []string{"transfer", "-o", "x"}},
		{"-to works with transfer and report, not with maps", []string{"maps", "-to", "mnist", "-o", "x"}},
		{"-seeds: 0 is less than 1", []string{"transfer", "-to", "mnist", "-seeds", "0", "-o", "x"}},
		{"cannot be opened", []string{"transfer", "-to", "folder:" + filepath.Join(dir, "none"), "-o", filepath.Join(t.TempDir(), "x")}},
		{"with -layer", []string{"deconv", "-map", "2", "-o", "x"}},
		{"no map 5; they are numbered from 0 to 4", []string{"deconv", "-layer", "relu2", "-map", "5", "-images", "20", "-o", filepath.Join(t.TempDir(), "x")}},
		{"no map 9; they are numbered from 0 to 4", []string{"occlusion", "-layer", "relu2", "-map", "9", "-stride", "9", "-o", filepath.Join(t.TempDir(), "x")}},
		{"-cover 29, -stride 1: the image is only 28 pixels wide", []string{"occlusion", "-cover", "29", "-o", filepath.Join(t.TempDir(), "x")}},
		{`no layer "relu9"`, []string{"occlusion", "-layer", "relu9", "-o", filepath.Join(t.TempDir(), "x")}},
		{"numbers of pixels from 1", []string{"occlusion", "-stride", "0", "-o", "x"}},
		{"rows follows a recurrent layer, and look: not recurrent", []string{"rows", "-o", filepath.Join(t.TempDir(), "x")}},
		{"not with occlusion", []string{"occlusion", "-against", "@2", "-o", "x"}},
		{`test or train, not "all"`, []string{"deconv", "-among", "all", "-o", "x"}},
	} {
		_, stderr, code := cli(t, t.Context(), append([]string{"look", dir}, c.args...)...)
		if code != exitUsage || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: exit code %d, %q does not say %q", c.args, code, stderr, c.says)
		}
	}
	if _, stderr, code := cli(t, t.Context(), "look", t.TempDir(), "maps", "-o", "x"); code != exitUsage || !strings.Contains(stderr, "contains no run") {
		t.Errorf("an empty folder: exit code %d, %q", code, stderr)
	}
}

// A recurrent net's weights are shown by gate, and those of a first layer with too large a stride with what to do.
func TestLookFilters(t *testing.T) {
	look := func(net string, args ...string) (page, to string) {
		t.Helper()
		dir, to := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "look")
		if _, stderr, code := cli(t, t.Context(), "train", "-net", net, "-dataset", "mnist", "-batch", "16", "-steps", "1", "-eval-every", "1", "-out", dir); code != exitDone {
			t.Fatal(stderr)
		}
		if _, stderr, code := cli(t, t.Context(), append([]string{"look", dir, "filters", "-o", to}, args...)...); code != exitDone {
			t.Fatal(stderr)
		}
		text, err := os.ReadFile(filepath.Join(to, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text), to
	}
	page, _ := look("conv 7x7x8 stride 4, relu")
	for _, want := range []string{"| Aliasing | **yes** | ", "above 0.67", `-net "conv 7x7x8 stride 2, relu"`, "A stride of 2 instead of 4"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	page, to := look("gru 6 both")
	for _, name := range []string{"gru-candidate", "gru-reset", "gru-backward-update"} {
		for file, shape := range map[string][]int{"-input": {6, 28}, "-recurrent": {6, 6}, "-eigenvalues": {6, 2}} {
			var a tensor.Dense
			body, err := os.ReadFile(filepath.Join(to, name+file+".npy"))
			if err == nil {
				err = a.ReadNpy(bytes.NewReader(body))
			}
			if err != nil || !slices.Equal(a.Shape(), tensor.Shape(shape)) {
				t.Errorf("%s%s: %v, %v", name, file, a.Shape(), err)
			}
		}
		for _, file := range []string{"-input.png", "-recurrent.png", "-recurrent.svg", "-eigenvalues.svg"} {
			if body, err := os.ReadFile(filepath.Join(to, name+file)); err != nil || len(body) == 0 || !strings.Contains(page, "("+name+file+")") {
				t.Errorf("%s%s is not there, or not on the page: %v", name, file, err)
			}
		}
	}
}

// A recurrent net is followed through an image, and beside it an earlier step of its own.
func TestLookRows(t *testing.T) {
	dir, to := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "look")
	train := []string{"train", "-net", "gru 6 both sequence, lstm 5", "-dataset", "mnist", "-batch", "16", "-steps", "2", "-eval-every", "1", "-out", dir}
	if _, stderr, code := cli(t, t.Context(), train...); code != exitDone {
		t.Fatal(stderr)
	}
	look := func(args ...string) (stderr string, code int) {
		_, stderr, code = cli(t, t.Context(), append([]string{"look", dir, "rows"}, args...)...)
		return stderr, code
	}
	if stderr, code := look("-o", to, "-image", "7", "-layer", "gru", "-map", "8", "-against", "@0"); code != exitDone {
		t.Fatal(stderr)
	}
	page, err := os.ReadFile(filepath.Join(to, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for file, shape := range map[string][]int{
		"gru-state": {28, 6}, "gru-backward-update": {28, 6}, "gru-candidate": {28, 6}, "other-state": {28, 6}, "answers": {28, 10}, "gradients": {28}, "across": {28, 200}, "means": {28, 10},
	} {
		var a tensor.Dense
		body, err := os.ReadFile(filepath.Join(to, file+".npy"))
		if err == nil {
			err = a.ReadNpy(bytes.NewReader(body))
		}
		if err != nil || !slices.Equal(a.Shape(), tensor.Shape(shape)) {
			t.Errorf("%s: %v, %v", file, a.Shape(), err)
		}
	}
	for _, file := range []string{"image.png", "gru-state.png", "gru-backward-reset.png", "other-state.png", "unit-gates.svg", "unit-state.svg", "answers.svg", "gradients.svg", "across.png", "means.png"} {
		if body, err := os.ReadFile(filepath.Join(to, file)); err != nil || len(body) == 0 || !strings.Contains(string(page), "("+file+")") {
			t.Errorf("%s is not there, or not on the page: %v", file, err)
		}
	}
	for _, want := range []string{"The layer gru reads the image row by row, in 28 steps.", "counted from 1, the answer is ", "In the other net from row ", "## Unit 8"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	for says, args := range map[string][]string{"no unit 5, but 5 units": {"-layer", "lstm2", "-map", "5"}, `no such layer: "rnn"`: {"-layer", "rnn"}, "not recurrent: logits": {"-layer", "logits"}} {
		if stderr, code := look(append(args, "-o", filepath.Join(t.TempDir(), "x"))...); code != exitUsage || !strings.Contains(stderr, says) {
			t.Errorf("%q: exit code %d, %q does not say %q", args, code, stderr, says)
		}
	}
}
