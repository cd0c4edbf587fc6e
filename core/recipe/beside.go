package recipe

import (
	"fmt"
	"net/url"
)

// MaxBeside is how many nets can be compared with a recipe's.
const MaxBeside = 3

// besideName is the parameter of a link that has what another net has of its own.
const besideName = "beside"

// Beside returns other with everything that decides which images a net sees when: r's data set, batches, seed, length and evaluations. The
// two nets can then be compared step by step. What is left of other is its net and how that is trained.
func (r Recipe) Beside(other Recipe) Recipe {
	for i := range Fields {
		if f := &Fields[i]; f.own {
			f.value(&r).Set(f.value(&other))
		}
	}
	return r
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

// ParseQueryBeside reads what QueryBeside writes. It refuses what ParseQuery refuses in any of the recipes, and more than MaxBeside.
func ParseQueryBeside(query string) (r Recipe, others []Recipe, err error) {
	v, err := url.ParseQuery(query)
	if err != nil {
		return Recipe{}, nil, fmt.Errorf("recipe link: %w", err)
	}
	beside := v[besideName]
	v.Del(besideName)
	if r, err = ParseQuery(v.Encode()); err != nil {
		return Recipe{}, nil, err
	}
	if len(beside) > MaxBeside {
		return Recipe{}, nil, fmt.Errorf("recipe link: %d nets are to be compared, %d at most can be", len(beside)+1, MaxBeside+1)
	}
	for _, text := range beside {
		other, err := r.parseBeside(text)
		if err != nil {
			return Recipe{}, nil, fmt.Errorf("recipe link: a net to compare: %w", err)
		}
		others = append(others, other)
	}
	return r, others, nil
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
