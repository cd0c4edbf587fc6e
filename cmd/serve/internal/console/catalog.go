package console

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/models"
)

// Catalog lists the nets that have a name, with the flags that make their recipes.
func Catalog(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tNET\tDATA\tPARAMETERS\tSETTINGS, IF NOT THE DEFAULTS OF serve train -h")
	for _, e := range models.Catalog {
		r := e.Recipe
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Name, e.Title, r.Dataset, number.Plain(e.Parameters), changedFlags(r))
	}
	return w.Flush()
}

// changedFlags are the flags that set a recipe's fields where they have not their defaults, but for its net and data.
func changedFlags(r recipe.Recipe) string {
	var flags []string
	for _, d := range recipe.Differences(recipe.Default(), r) {
		f, _ := recipe.Lookup(d.Name)
		switch {
		case d.Name == "net" || d.Name == "dataset":
		case f.Kind() == recipe.Truth:
			flags = append(flags, "-"+f.Flag())
		default:
			flags = append(flags, "-"+f.Flag()+" "+f.Text(r))
		}
	}
	return strings.Join(flags, " ")
}
