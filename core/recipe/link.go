package recipe

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Parameters of links that are no settings.
const (
	besideName = "beside" // has what another net has of its own
	ProofName  = "proof"  // has the result of a run of the recipe, see run.Proof
	TaskName   = "task"   // has the task that the recipe is for, see package task
)

// Query returns the URL form, such as "batch=128&dataset=mnist&…": each field that is not zero one parameter.
func (r Recipe) Query() string {
	v := url.Values{"version": {fmt.Sprint(r.Version)}}
	for i := range Fields {
		if f := &Fields[i]; !f.IsZero(r) {
			v.Set(f.Name, f.Text(r))
		}
	}
	return v.Encode()
}

// QueryBeside returns the URL form of a recipe and of those compared with it, as Beside returns them.
func (r Recipe) QueryBeside(others []Recipe) string {
	query := r.Query()
	for _, other := range others {
		own := url.Values{}
		for _, d := range Differences(r, other) {
			f, _ := Lookup(d.Name)
			own.Set(d.Name, f.Text(other))
		}
		query += "&" + url.Values{besideName: {own.Encode()}}.Encode()
	}
	return query
}

// Link is what a link carries.
type Link struct {
	Recipes []Recipe      // the page's, and those compared with it; none where the link has no settings of its own
	Proof   string        // the value of ProofName, "" for none
	Task    string        // the value of TaskName, "" for none
	Unknown []*FieldError // parameters that are no settings, in order of their names, each with the nearest one; they change nothing
}

// ParseLink reads what QueryBeside writes, and the links of earlier versions. What other sites add to links is ignored, see foreign, and so is
// what is unknown, but that is named. It refuses repeated parameters, what Unmarshal refuses in any of the recipes, and more than MaxBeside.
func ParseLink(query string) (l Link, err error) {
	parts := slices.DeleteFunc(strings.Split(query, "&"), func(part string) bool {
		name, _, _ := strings.Cut(part, "=")
		return foreign(name)
	})
	v, err := url.ParseQuery(strings.Join(parts, "&"))
	if err != nil {
		return l, fmt.Errorf("recipe link: %w", err)
	}
	beside := v[besideName]
	delete(v, besideName)
	l.Proof, l.Task = v.Get(ProofName), v.Get(TaskName)
	delete(v, ProofName)
	delete(v, TaskName)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if !inLinks(name, v.Get("version")) {
			l.Unknown = append(l.Unknown, &FieldError{name, "is not a setting; the nearest is " + Nearest(name)})
			delete(v, name)
		}
	}
	if len(v) == 0 && len(beside) == 0 {
		return l, nil
	}
	r, err := parseQuery(v)
	if err != nil {
		return l, err
	}
	if len(beside) > MaxBeside {
		return l, fmt.Errorf("recipe link: %d nets are to be compared, %d at most can be", len(beside)+1, MaxBeside+1)
	}
	recipes := []Recipe{r}
	for _, text := range beside {
		other, err := r.parseBeside(text)
		if err != nil {
			return l, fmt.Errorf("recipe link: a net to compare: %w", err)
		}
		recipes = append(recipes, other)
	}
	l.Recipes = recipes
	return l, nil
}

// parseQuery reads the parameters of one recipe. It goes by way of JSON, so that links of earlier versions have one reader too.
func parseQuery(v url.Values) (Recipe, error) {
	fields := make(map[string]json.RawMessage, len(v))
	for name, values := range v {
		if len(values) != 1 {
			return Recipe{}, fmt.Errorf("recipe link: %s is given %d times", name, len(values))
		}
		fields[name] = literal(values[0])
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe link: %w", err)
	}
	return Unmarshal(b)
}

// parseBeside reads what a net that is compared with r's has of its own.
func (r Recipe) parseBeside(text string) (Recipe, error) {
	own, err := url.ParseQuery(text)
	if err != nil {
		return Recipe{}, err
	}
	other := r
	for name, values := range own {
		f, ok := Lookup(name)
		if !ok || !f.own || len(values) != 1 {
			return Recipe{}, &FieldError{name, "is not something in which nets that are compared can differ"}
		}
		if err := f.Set(&other, values[0]); err != nil {
			return Recipe{}, err
		}
	}
	return other, other.Validate()
}

// literal returns the JSON of a parameter's value: a number or a truth value as it stands, else a string.
func literal(s string) json.RawMessage {
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		switch v.(type) {
		case float64, bool:
			return json.RawMessage(s)
		}
	}
	quoted, _ := json.Marshal(s) // a string always marshals
	return quoted
}

// foreign reports whether other sites add a parameter to the links that they show: to count visitors.
func foreign(name string) bool {
	return strings.HasPrefix(name, "utm_") || slices.Contains([]string{"fbclid", "gclid", "ref"}, name)
}

// inLinks reports whether links of a version have a parameter of a recipe.
func inLinks(name, version string) bool {
	if _, ok := Lookup(name); ok || name == "version" {
		return true
	}
	return version == "1" && slices.Contains([]string{archName, unitsName, noDropoutName}, name)
}

// Nearest returns the field that a name may be meant for: the one that has it on the command line, or the one that takes the fewest changes of letters.
func Nearest(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	distance := func(f *Field) int {
		if f.flag == name {
			return 0
		}
		return edits(name, f.Name)
	}
	best := &Fields[0]
	for i := range Fields {
		if f := &Fields[i]; distance(f) < distance(best) {
			best = f
		}
	}
	return best.Name
}

// edits is how many letters have to be inserted, left out or replaced to make one text of another (Levenshtein, 1966).
func edits(a, b string) int {
	row := make([]int, len(b)+1) // from the beginning of a to each beginning of b
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for k := range len(b) {
			replaced := left
			if a[i] != b[k] {
				replaced++
			}
			left = row[k+1]
			row[k+1] = min(replaced, row[k]+1, left+1)
		}
	}
	return row[len(b)]
}
