package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"unpool/core/recipe"
)

// Plan is what a sweep is to do.
type Plan struct {
	Fields []string // the recipe's fields that differ, as in the file: the grid's first
	Points []Point  // in order of the file
	Runs   []Run    // of all points, shuffled: what an interrupted sweep has done is spread over all of it
}

// Point is a recipe to try, for several seeds.
type Point struct {
	Recipe recipe.Recipe // with the seed 1
	Values []string      // of Fields; "" for one that the point's net or optimiser does not have
}

// Run is a point with a seed.
type Run struct {
	ID     string // of the recipe's content: the same run has it in every sweep
	Point  int    // its place in Points
	Recipe recipe.Recipe
}

func (f *file) plan() (*Plan, error) {
	n := f.seeds * max(1, f.points) * max(1, len(f.each))
	for _, a := range f.grid {
		if n *= len(a.values); n > MaxRuns {
			break
		}
	}
	if n > MaxRuns {
		return nil, fmt.Errorf("grid, random, each and seeds: more than %d runs; try fewer values, points or seeds", MaxRuns)
	}
	p := &Plan{Fields: f.names()}
	seen := map[string]bool{}
	for _, values := range f.values() {
		point, err := f.point(p.Fields, values)
		if err != nil {
			return nil, err
		}
		if id := ID(point.Recipe); !seen[id] {
			seen[id] = true
			p.Points = append(p.Points, point)
		}
	}
	for i, name := range p.Fields {
		if !slices.ContainsFunc(p.Points, func(p Point) bool { return p.Values[i] != "" }) {
			return nil, fmt.Errorf("%s: none of the nets or optimisers of this sweep has it; leave it out", name)
		}
	}
	for i, point := range p.Points {
		for seed := range f.seeds {
			r := point.Recipe
			r.Seed = uint64(seed + 1)
			p.Runs = append(p.Runs, Run{ID(r), i, r})
		}
	}
	random := rand.New(rand.NewPCG(1, f.seed))
	random.Shuffle(len(p.Runs), func(i, k int) { p.Runs[i], p.Runs[k] = p.Runs[k], p.Runs[i] })
	return p, nil
}

// names are the fields that differ: the grid's, those that are drawn, and those that any change has.
func (f *file) names() (names []string) {
	for _, a := range slices.Concat(f.grid, f.random) {
		names = append(names, a.name)
	}
	return append(names, f.changed()...)
}

// changed are the fields that any of the changes has.
func (f *file) changed() (names []string) {
	for _, change := range f.each {
		for _, c := range change {
			if !slices.Contains(names, c.name) {
				names = append(names, c.name)
			}
		}
	}
	return names
}

// values are those of each point, in order of names: the grid's, with each of them all that is drawn, and with each of
// those all changes. A field that a change does not have is nil there.
func (f *file) values() [][]json.RawMessage {
	drawn := f.drawn()
	if len(f.each) == 0 {
		return drawn
	}
	names := f.changed()
	var all [][]json.RawMessage
	for _, point := range drawn {
		for _, change := range f.each {
			values := make([]json.RawMessage, len(names))
			for _, c := range change {
				values[slices.Index(names, c.name)] = c.value
			}
			all = append(all, slices.Concat(point, values))
		}
	}
	return all
}

// drawn are the grid's values, and with each of them all that is drawn.
func (f *file) drawn() [][]json.RawMessage {
	grid := [][]json.RawMessage{nil}
	for _, a := range f.grid {
		var longer [][]json.RawMessage
		for _, point := range grid {
			for _, v := range a.values {
				longer = append(longer, append(slices.Clone(point), v))
			}
		}
		grid = longer
	}
	if f.points == 0 {
		return grid
	}
	random := rand.New(rand.NewPCG(0, f.seed))
	drawn := make([][]json.RawMessage, f.points)
	for i := range drawn {
		for _, a := range f.random {
			drawn[i] = append(drawn[i], a.draw(random))
		}
	}
	var all [][]json.RawMessage
	for _, point := range grid {
		for _, d := range drawn {
			all = append(all, slices.Concat(point, d))
		}
	}
	return all
}

// draw returns one value of the axis. A number has three digits: enough to search with, and to write down.
func (a axis) draw(random *rand.Rand) json.RawMessage {
	if a.values != nil {
		return a.values[random.IntN(len(a.values))]
	}
	v := a.low + random.Float64()*(a.top-a.low)
	if a.log {
		low, top := math.Log(a.low), math.Log(a.top)
		v = math.Exp(low + (v-a.low)/(a.top-a.low)*(top-low))
	}
	if a.whole {
		v = math.Round(v)
	} else {
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64) // what it wrote itself
	}
	v = min(max(v, a.low), a.top)
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if a.whole {
		text = strconv.FormatFloat(v, 'f', 0, 64)
	}
	return json.RawMessage(text)
}

// point makes the recipe with the values. Units and momentum leave it where the net or the optimiser has none, so
// that a grid over several of them is possible; the momentum optimiser has 0.9 where the file says nothing.
func (f *file) point(names []string, values []json.RawMessage) (Point, error) {
	fields := map[string]json.RawMessage{"seed": json.RawMessage("1")}
	for _, b := range f.base {
		if b.name != "seed" {
			fields[b.name] = b.value
		}
	}
	for i, name := range names {
		if string(values[i]) == "null" {
			return Point{}, fmt.Errorf("%s: null is no value", name)
		}
		if values[i] != nil {
			fields[name] = values[i]
		}
	}
	has := func(name string, part any) error { // reads a field that decides over others
		if text := fields[name]; text != nil && json.Unmarshal(text, part) != nil {
			return fmt.Errorf("%s: %.40s is no name", name, text)
		}
		return nil
	}
	var arch recipe.Arch
	var optimizer recipe.Optimizer
	if err := errors.Join(has("arch", &arch), has("optimizer", &optimizer)); err != nil {
		return Point{}, err
	}
	if !arch.Recurrent() {
		delete(fields, "units")
	}
	switch {
	case optimizer != recipe.Momentum:
		delete(fields, "momentum")
	case fields["momentum"] == nil:
		fields["momentum"] = json.RawMessage("0.9")
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return Point{}, err
	}
	r, err := recipe.Unmarshal(text)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		return Point{}, fmt.Errorf("%s: wants a value of type %s, not a %s", mistyped.Field, mistyped.Type, mistyped.Value)
	case err != nil:
		return Point{}, errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
	case r.Holdout == 0:
		return Point{}, errors.New("holdout: is 0; a sweep ranks by validation accuracy: " +
			`keep back some training images, such as "change": {"holdout": 5000}`)
	}
	p := Point{Recipe: r}
	for _, name := range names {
		p.Values = append(p.Values, shown(name, fields[name]))
	}
	return p, nil
}

// shown is a field's value in words. A recipe leaves out what is zero: that is shown too, but for units and momentum,
// which the net or the optimiser does not have then.
func shown(name string, value json.RawMessage) string {
	if value == nil {
		if name == "units" || name == "momentum" {
			return ""
		}
		for _, f := range reflect.VisibleFields(reflect.TypeFor[recipe.Recipe]()) {
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name && f.Type.Kind() != reflect.String {
				return fmt.Sprint(reflect.Zero(f.Type))
			}
		}
	}
	var text string
	if value != nil && json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	if text == "" {
		return "none" // the schedule's empty name
	}
	return text
}

// ID is a short name of a recipe's content.
func ID(r recipe.Recipe) string {
	sum := sha256.Sum256([]byte(r.Query()))
	return hex.EncodeToString(sum[:8])
}
