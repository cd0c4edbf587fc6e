package recipe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"unpool/models/net"
)

func TestDefault(t *testing.T) {
	r := Default()
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	if r.Momentum != 0 {
		t.Errorf("Adam has a momentum of %v", r.Momentum)
	}
}

// Each field of Recipe is in the table, once, and each line of the table can be shown and asked for.
func TestTableIsComplete(t *testing.T) {
	at := map[any]string{}
	names, flags := map[string]bool{}, map[string]bool{}
	group, done := "", map[string]bool{}
	r := &Recipe{}
	for i := range Fields {
		f := &Fields[i]
		if at[f.at(r)] != "" || names[f.Name] || flags[f.Flag()] {
			t.Errorf("%s: there are two of it", f.Name)
		}
		at[f.at(r)], names[f.Name], flags[f.Flag()] = f.Name, true, true
		if f.Group != group {
			if done[f.Group] {
				t.Errorf("%s: the group %s is in two parts", f.Name, f.Group)
			}
			group, done[f.Group] = f.Group, true
		}
		if f.Label == "" || f.Help == "" || strings.HasSuffix(f.Help, ".") {
			t.Errorf("%s: label %q, help %q", f.Name, f.Label, f.Help)
		}
		if number := f.Kind() == Whole || f.Kind() == Real; number != (f.Range() != "") {
			t.Errorf("%s is a %s with the range %q", f.Name, f.Kind(), f.Range())
		}
		if other, ok := Lookup(f.only.field); f.only.field != "" && (!ok || reflect.ValueOf(other).Pointer() >= reflect.ValueOf(f).Pointer()) {
			t.Errorf("%s: %q does not come before it", f.Name, f.only.field)
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Recipe]()) {
		if field.Name != "Version" && !field.Anonymous && at[reflect.ValueOf(r).Elem().FieldByIndex(field.Index).Addr().Interface()] == "" {
			t.Errorf("the table has no %s", field.Name)
		}
	}
}

// values are texts for a field, and what is not a value of it.
func values(f *Field) (good, bad []string) {
	switch f.Kind() {
	case Text:
		return []string{"dense 5, relu", "lstm 3 both"}, []string{"", "dence 5", "dense 5, lstm 3"}
	case One:
		for _, c := range f.Choices {
			good = append(good, c.Value)
		}
		return good, []string{"wishful", good[0] + " "}
	case Truth:
		return []string{"true", "false"}, []string{"perhaps", ""}
	case Real:
		middle := fmt.Sprint((f.Low + f.High) / 3)
		return []string{middle, "5e-1"}, []string{"", "NaN", "a third", fmt.Sprint(2*f.High + 1), fmt.Sprint(f.Low - 1), "+Inf"}
	}
	return []string{number(f.Low), number(f.High)}, []string{"", "1.5", "0x1", "12 ", number(f.Low - 1), number(f.High + 1)}
}

// Images are the data set's, unless size and colour ask for others; a folder's are those found when it was read.
func TestTask(t *testing.T) {
	for _, c := range []struct {
		set    Dataset
		change func(*Recipe)
		want   net.Task
	}{
		{MNIST, nil, net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10}},
		{CIFAR10RGB, nil, net.Task{Height: 32, Width: 32, Channels: 3, Classes: 10}},
		{EMNISTLetters, nil, net.Task{Height: 28, Width: 28, Channels: 1, Classes: 26}},
		{EMNISTBalanced, nil, net.Task{Height: 28, Width: 28, Channels: 1, Classes: 47}},
		{CIFAR10RGB, func(r *Recipe) { r.Size, r.Colour = 40, Gray }, net.Task{Height: 40, Width: 40, Channels: 1, Classes: 10}},
		{MNIST, func(r *Recipe) { r.Colour = RGB }, net.Task{Height: 28, Width: 28, Channels: 3, Classes: 10}},
		{MNIST, func(r *Recipe) { r.Fit(64, 3, 2) }, net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10}},
		{Folder("pets"), nil, net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10}},
		{Folder("pets"), func(r *Recipe) { r.Fit(64, 3, 2) }, net.Task{Height: 64, Width: 64, Channels: 3, Classes: 2}},
	} {
		r := Default()
		r.Dataset = c.set
		if c.change != nil {
			c.change(&r)
		}
		if got := r.Task(); got != c.want || r.Validate() != nil {
			t.Errorf("%s, %d pixels, %q: %+v, want %+v, %v", c.set, r.Size, r.Colour, got, c.want, r.Validate())
		}
	}
}

// Whatever a field may be comes back from a text, from JSON and from a link, and what it may not be is refused by its name.
func TestEveryField(t *testing.T) {
	for i := range Fields {
		f := &Fields[i]
		base := Default()
		base.Size = net.MaxSide // which leaves room for the largest shift and cutout
		if f.only.value != "" { // the default net meets the conditions of nets
			other, _ := Lookup(f.only.field)
			value := f.only.value
			if value == folder {
				value += "pets"
			}
			other.mustSet(&base, value)
		}
		good, bad := values(f)
		for _, text := range append(good, f.Default) {
			r := base
			if err := f.Set(&r, text); err != nil {
				t.Errorf("%s = %q: %v", f.Name, text, err)
				continue
			}
			same(t, r)
			again := base
			if err := f.Set(&again, f.Text(r)); err != nil || again != r {
				t.Errorf("%s = %q: its text %q gives %+v, %v", f.Name, text, f.Text(r), again, err)
			}
			value, err := json.Marshal(f.at(&r))
			if err != nil {
				t.Fatal(err)
			}
			changed := base
			if err := changed.Change(f.Name, value); err != nil || changed != r {
				t.Errorf("%s to %s: %+v, %v", f.Name, value, changed, err)
			}
			if v, ok := r.Value(f.Name); !ok || fmt.Sprint(v) != fmt.Sprint(f.value(&r)) {
				t.Errorf("%s: its value is %v, %v", f.Name, v, ok)
			}
		}
		for _, text := range bad {
			r := base
			err := f.Set(&r, text)
			if err == nil {
				err = r.Validate()
			}
			if err == nil || !strings.HasPrefix(err.Error(), f.Name+": ") {
				t.Errorf("%s = %q: the error is %v", f.Name, text, err)
			}
		}
	}
}

func TestWords(t *testing.T) {
	r := Default()
	r.Optimizer, r.Momentum, r.Flip, r.LearningRate = Momentum, 0.5, true, 1e-4
	for name, want := range map[string]string{
		"optimizer": "SGD with momentum", "momentum": "0.5", "flip": "true", "learning_rate": "0.0001", "schedule": "constant",
		"batch": "128", "net": r.Net,
	} {
		if f, _ := Lookup(name); f.Words(r) != want {
			t.Errorf("%s is %q, want %q", name, f.Words(r), want)
		}
	}
}

func TestSettle(t *testing.T) {
	r := Default()
	r.Optimizer = Momentum
	plain := r
	if r.Settle(); r.Momentum != 0.9 {
		t.Errorf("momentum %v", r.Momentum)
	}
	if plain.Settle("momentum"); plain.Momentum != 0 {
		t.Errorf("a momentum of 0 that was named became %v", plain.Momentum)
	}
	r.Optimizer = SGD
	named := r
	if r.Settle(); r.Momentum != 0 {
		t.Errorf("SGD has momentum %v", r.Momentum)
	}
	if named.Settle("momentum"); named.Validate() == nil {
		t.Error("a momentum that was named for SGD is ignored")
	}
	r.FilterRMS = 0.1
	if r.Settle(); r.FilterRMS != 0.1 {
		t.Errorf("the limit of a net with filters became %v", r.FilterRMS)
	}
	r.Net = "gru 8"
	const want = `filter_rms: applies only with convolutions; leave it out for "gru 8"`
	if err := r.Validate(); err == nil || err.Error() != want {
		t.Errorf("a limit without filters: %v, want %s", err, want)
	}
	if r.Settle(); r.FilterRMS != 0 {
		t.Errorf("a net without filters has the limit %v", r.FilterRMS)
	}
}

func TestChange(t *testing.T) {
	for _, c := range []struct{ net, name, value, want string }{
		{"conv 3x3x8, relu", "net.0.maps", "16", "conv 3x3x16, relu"},
		{"gru 8 sequence, lstm 4", "units", "16", "gru 16 sequence, lstm 16"},
		{"gru 8", "net", `"Dense 5 , RELU"`, "dense 5, relu"},
		{"gru 8", "arch", `"lstm"`, "lstm 8"},
		{"dense 8", "arch", `"rnn"`, "rnn 128"},
		{"gru 8, dropout 0.5", "no_dropout", "true", "gru 8"},
		{"gru 8, dropout 0.5", "no_dropout", "false", "gru 8, dropout 0.5"},
	} {
		r := Default()
		r.Net = c.net
		if err := r.Change(c.name, json.RawMessage(c.value)); err != nil || r.Net != c.want {
			t.Errorf("%s, %s to %s: %s, %v, want %s", c.net, c.name, c.value, r.Net, err, c.want)
		}
		if !MayChange(c.name) {
			t.Errorf("%s may not be changed", c.name)
		}
	}
	for _, c := range []struct{ name, value, says string }{
		{"net.7.maps", "1", `net.7.maps: there is no layer "7"`},
		{"net.0.unitz", "1", `net.0.unitz: layer 1, "conv 3x3x16": has no field "unitz"`},
		{"units", "1", "units: the net has no recurrent layers"},
		{"units", `"many"`, `units: "many" is not a whole number`},
		{"arch", `"alexnet"`, "arch: version 1 has no architecture"},
		{"arch", "1", "arch: 1 is not a name"},
		{"no_dropout", "1", "no_dropout: 1 is not true or false"},
		{"batch", "1.5", "batch: 1.5 is not a whole number"},
		{"color", "1", "color: is not a setting of a run"},
	} {
		r := Default()
		err := r.Change(c.name, json.RawMessage(c.value))
		if _, ok := err.(*FieldError); !ok || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s to %s: %v does not say %q", c.name, c.value, err, c.says)
		}
	}
	if MayChange("color") || MayChange("version") {
		t.Error("color or version may be changed")
	}
	r := Default()
	if v, ok := r.Value("net.0.maps"); v != 16 || !ok {
		t.Errorf("the first layer has %v maps, %v", v, ok)
	}
	if _, ok := r.Value("units"); ok {
		t.Error("a net without cells has units")
	}
	if _, ok := r.Value("momentum"); ok {
		t.Error("Adam has a momentum")
	}
}
