package client

import (
	"encoding/json"
	"slices"

	"unpool/core/recipe"
	"unpool/models"
)

// Served are the data sets that the site's server has or would have, see httpd.Set; nil until it has answered.
type Served []ServedSet

// ServedSet is one of them.
type ServedSet struct {
	Name recipe.Dataset
	From string // "" where it is missing
}

// ServedSets is where a site says which they are.
const ServedSets = "api/data.json"

// Read takes up what the server has answered, unless that says nothing about data sets.
func (s *Served) Read(text string, err error) {
	sets := Served{}
	if err == nil && json.Unmarshal([]byte(text), &sets) == nil {
		*s = sets
	}
}

// Have reports whether the server has a data set.
func (s Served) Have(set recipe.Dataset) bool {
	return slices.ContainsFunc(s, func(one ServedSet) bool { return one.Name == set && one.From != "" })
}

// Reach reports whether the page can get a data set, as far as it knows: the menu has nets on it, the server has it, or the user's files are it.
func (s Served) Reach(set recipe.Dataset, files *Data) bool {
	return slices.ContainsFunc(models.Catalog, func(e models.Entry) bool { return e.Recipe.Dataset == set }) || s.Have(set) || files.Are(set)
}
