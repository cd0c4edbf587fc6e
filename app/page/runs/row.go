package runs

import (
	"cmp"
	"strings"

	"unpool/app/client"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
)

// row is a run as in the table: what is computed from its summary once.
type row struct {
	client.Run
	entry   models.Entry // that its recipe is one of
	name    string       // the user's, or the net's title
	on      string       // "on" and the server's name; "" for this browser's
	data    string
	differs string // from the catalog's recipe, in words
	text    string // everything that words are searched in, in lower case
}

// newRow computes a row; server is what the server is called.
func newRow(s client.Run, server string) *row {
	r := &row{Run: s, entry: models.Describe(s.Recipe), data: s.Recipe.Dataset.Title()}
	r.name = cmp.Or(s.Name, r.entry.Title)
	if s.Place == protocol.OnServer {
		r.on = "on " + server
	}
	if s.Phase == run.Unreadable {
		r.entry, r.data = models.Entry{}, ""
		r.name = cmp.Or(s.Name, "Run "+s.ID)
		r.text = strings.ToLower(r.name + "\n" + string(s.Phase))
		return r
	}
	var differs []string
	for _, d := range recipe.Differences(r.entry.Recipe, s.Recipe) {
		f, _ := recipe.Lookup(d.Name)
		differs = append(differs, words.Value(f, s.Recipe))
	}
	r.differs = strings.Join(differs, ", ")
	r.text = strings.ToLower(strings.Join([]string{r.name, r.entry.Title, s.Recipe.Net, r.data, string(s.Recipe.Dataset), string(s.Phase), s.Note, r.differs, r.on}, "\n"))
	return r
}

// same reports whether the row is still that of a summary.
func (r *row) same(s client.Run) bool {
	return r.Last == s.Last && r.Phase == s.Phase && r.Worker == s.Worker && r.Label == s.Label && r.Bytes == s.Bytes
}

// element is the run's ref as elements of the page have it.
func (r *row) element() string { return r.Ref().Element() }

// accuracy is a measure's in words.
func accuracy(m run.Measure) string { return number.Share(m.Accuracy) }

// under reports whether a run is being trained.
func under(r *row) bool { return r.Phase.Active() }
