package runs

import (
	"cmp"
	"slices"
	"strings"

	"unpool/core/recipe"
)

// filter is what a user asks for: each word must be in a run's name, net, data, state, note or differences; field:value is about
// one of them, or about a setting of the recipe.
type filter []func(*row) bool

// parse reads a filter. The problem says which word is not understood, "" for none; such a word is ignored.
func parse(text string) (f filter, problem string) {
	for _, word := range strings.Fields(strings.ToLower(text)) {
		name, value, ok := strings.Cut(word, ":")
		if !ok {
			f = append(f, func(r *row) bool { return strings.Contains(r.text, word) })
			continue
		}
		if value == "" {
			continue // it is being typed
		}
		test := field(name, value)
		if test == nil {
			problem = cmp.Or(problem, "Nothing is called “"+name+"” here: try state:done, net:lstm, seed:2 or batch:64.")
			continue
		}
		f = append(f, test)
	}
	return f, problem
}

// field tests one thing about a run; nil for an unknown name.
func field(name, value string) func(*row) bool {
	part := func(of func(*row) string) func(*row) bool {
		return func(r *row) bool { return strings.Contains(strings.ToLower(of(r)), value) }
	}
	switch name {
	case "name":
		return part(func(r *row) string { return r.name })
	case "state":
		return part(func(r *row) string { return string(r.Phase) })
	case "run":
		return func(r *row) bool { return slices.Contains(strings.Split(value, ","), strings.ToLower(r.ID)) }
	case "sweep":
		return func(r *row) bool { return strings.ToLower(r.Sweep) == value }
	case "on":
		return part(func(r *row) string { return r.on })
	case "note":
		return part(func(r *row) string { return r.Note })
	case "net":
		return part(func(r *row) string { return r.entry.Title + "\n" + r.Recipe.Net })
	case "dataset", "data":
		return part(func(r *row) string { return r.data + "\n" + string(r.Recipe.Dataset) })
	}
	for i := range recipe.Fields {
		if f := &recipe.Fields[i]; f.Name == name || f.Flag() == name {
			return func(r *row) bool { return strings.ToLower(f.Text(r.Recipe)) == value }
		}
	}
	return nil
}

func (f filter) match(r *row) bool {
	for _, test := range f {
		if !test(r) {
			return false
		}
	}
	return true
}
