package command

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"strings"

	"unpool/core/recipe"
)

// RecipeFlags defines a flag for each field of a recipe, set to write into r.
func RecipeFlags(flags *flag.FlagSet, r *recipe.Recipe) {
	for i := range recipe.Fields {
		f := &recipe.Fields[i]
		flags.Var(fieldFlag{f, r}, f.Flag(), flagHelp(f))
	}
}

// flagHelp says what a field's flag is for, with its argument in back quotes as package flag expects it.
func flagHelp(f *recipe.Field) string {
	help := f.Help
	if f.Kind() == recipe.One {
		var names []string
		for _, c := range f.Choices {
			names = append(names, cmp.Or(c.Value, `""`))
		}
		help += "; one of " + strings.Join(names, ", ")
	}
	if f.Name == datasetName { // only here: a recipe from elsewhere may not name one
		help += OwnPictures + "; see -split"
	}
	if only := f.Only(); only != "" {
		help += fmt.Sprintf("; only with %s, where the default is %s", only, f.Default)
	}
	switch f.Kind() {
	case recipe.Truth:
		return help
	case recipe.One:
		return "`name`: " + help
	case recipe.Text:
		return fmt.Sprintf("`%s`: %s", cmp.Or(f.Unit, "text"), help)
	}
	return fmt.Sprintf("`%s` from %s: %s", cmp.Or(f.Unit, "number"), f.Range(), help)
}

const datasetName = "dataset"

// OwnPictures says in the help of a flag how one's own pictures are named.
const OwnPictures = ", or folder:PATH for a folder or zip with folders train and test, each with a folder of pictures per class"

// DatasetFlag defines a flag that names a data set. Its help begins with "`name` of".
func DatasetFlag(flags *flag.FlagSet, name string, to *recipe.Dataset, help string) {
	flags.Func(name, "`name` of "+help, func(text string) error {
		*to = recipe.Dataset(text)
		return knownDataset(text)
	})
}

// knownDataset reports whether a text names a data set, and if not, what may be meant.
func knownDataset(text string) error {
	name := recipe.Dataset(text)
	_, known := name.Info()
	if _, own := name.Folder(); known || own {
		return nil
	}
	var names []string
	for _, info := range recipe.Datasets {
		names = append(names, string(info.Name))
	}
	return fmt.Errorf("is no data set; use one of %s, or %s for your own pictures in a folder or zip of that name",
		strings.Join(names, ", "), recipe.Folder(text))
}

// fieldFlag is a field of a recipe as a flag's value.
type fieldFlag struct {
	field  *recipe.Field
	recipe *recipe.Recipe
}

func (v fieldFlag) String() string {
	if v.field == nil || v.field.IsZero(*v.recipe) { // package flag asks for the text of a zero value, and prints no default that is ""
		return ""
	}
	return v.field.Text(*v.recipe)
}

func (v fieldFlag) Set(text string) error {
	var field *recipe.FieldError
	if err := v.field.Set(v.recipe, text); errors.As(err, &field) {
		return errors.New(field.Problem)
	}
	if v.field.Name == datasetName {
		return knownDataset(text)
	}
	return nil
}

func (v fieldFlag) IsBoolFlag() bool { return v.field.Kind() == recipe.Truth }

// InFlags describes a recipe's problems in one line, by the names of the flags.
func InFlags(err error) error {
	if err == nil {
		return nil
	}
	problems := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		problems = joined.Unwrap()
	}
	var text []string
	for _, p := range problems {
		var wrong *recipe.FieldError
		if !errors.As(p, &wrong) {
			text = append(text, p.Error())
			continue
		}
		name := wrong.Field
		if f, ok := recipe.Lookup(name); ok {
			name = f.Flag()
		}
		text = append(text, "-"+name+": "+wrong.Problem)
	}
	return Usage("%s", strings.Join(text, "; "))
}
