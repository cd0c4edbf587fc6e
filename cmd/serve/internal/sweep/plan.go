package sweep

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"unpool/core/recipe"
)

// Plan is what a sweep is to do.
type Plan struct {
	Fields []string // the recipe's fields that differ, as in the file: the grid's first
	Points []Point  // in order of the file
	Merged int      // points of the file that are left out, since one of Points is the same recipe
	Runs   []Run    // of all points, shuffled: what an interrupted sweep has done is spread over all of it
	Seeds  int      // runs of each point
	Ladder Ladder   // how far they are trained
	Order  []int    // in which points begin: shuffled, as Runs are
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
	p := &Plan{Fields: f.names(), Seeds: f.seeds}
	if f.own != "" && slices.Contains(p.Fields, "dataset") {
		return nil, within("dataset", errors.New("the sweep tries several; leave out -dataset, or this"))
	}
	seen := map[string]bool{}
	for _, values := range f.values() {
		point, err := f.point(p.Fields, values)
		if err != nil {
			return nil, err
		}
		if f.asha != nil && point.Recipe != point.Recipe.Lifted() {
			return nil, errors.New("asha: decides how far a run is trained; leave out stop_at, patience and minutes")
		}
		id := ID(point.Recipe)
		if seen[id] {
			p.Merged++
			continue
		}
		seen[id] = true
		p.Points = append(p.Points, point)
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
	var err error
	if p.Ladder, err = f.ladder(p.Points); err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(1, f.seed))
	random.Shuffle(len(p.Runs), func(i, k int) { p.Runs[i], p.Runs[k] = p.Runs[k], p.Runs[i] })
	begun := make([]bool, len(p.Points))
	for _, r := range p.Runs {
		if !begun[r.Point] {
			begun[r.Point] = true
			p.Order = append(p.Order, r.Point)
		}
	}
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

// draw returns one value of the axis. A number has three significant digits: enough to search with, and to write down.
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

// point makes the recipe with the values. Units and momentum leave it where the net or the optimiser has none, so that a
// grid over several of them is possible; the momentum optimiser has its default where the file says nothing.
func (f *file) point(names []string, values []json.RawMessage) (Point, error) {
	changes := f.change
	for i, name := range names {
		if string(values[i]) == "null" {
			return Point{}, within(name, errors.New("null is not a value"))
		}
		if values[i] != nil {
			changes = set(changes, name, values[i])
		}
	}
	r := f.base
	if err := change(&r, changes); err != nil {
		return Point{}, err
	}
	r.Seed = 1
	if _, ok := r.Dataset.Folder(); ok && f.own == "" {
		return Point{}, within("dataset", errors.New("a sweep file cannot name a folder of this machine, since it may come from elsewhere; name it with -dataset"))
	}
	if err := r.Validate(); err != nil {
		return Point{}, err
	}
	if r.Holdout == 0 {
		return Point{}, within("holdout", errors.New("is 0; a sweep ranks by validation accuracy: "+
			`set aside some training images, such as "change": {"holdout": 5000}`))
	}
	p := Point{Recipe: r}
	for _, name := range names {
		p.Values = append(p.Values, shown(r, changes, name))
	}
	return p, nil
}

// change makes changes to r. They are made in the order of their names, so that "arch" and "net" come before "net.0.maps",
// and "units" after them.
func change(r *recipe.Recipe, changes []field) error {
	changes = slices.SortedFunc(slices.Values(changes), func(a, b field) int { return strings.Compare(a.name, b.name) })
	for _, c := range changes {
		if c.name == "units" && !r.Recurrent() {
			continue
		}
		if err := r.Change(c.name, c.value); err != nil {
			return err
		}
	}
	var named []string
	for _, c := range changes {
		if _, applies := r.Value(c.name); applies {
			named = append(named, c.name)
		}
	}
	r.Settle(named...)
	return nil
}

// shown is in words what a name means for r after changes, "" where r has no such thing.
func shown(r recipe.Recipe, changes []field, name string) string {
	value, applies := r.Value(name)
	if value == nil { // another name for the net, which the net itself does not show
		i := slices.IndexFunc(changes, func(c field) bool { return c.name == name })
		if i < 0 {
			return ""
		}
		return strings.Trim(string(changes[i].value), `"`)
	}
	if !applies {
		return ""
	}
	return cmp.Or(fmt.Sprint(value), "none") // the schedule's empty name
}

// ID is a short name of a recipe's content.
func ID(r recipe.Recipe) string {
	sum := sha256.Sum256([]byte(r.Query()))
	return hex.EncodeToString(sum[:8])
}
