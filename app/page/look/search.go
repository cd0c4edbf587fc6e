package look

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
)

// few is how many images a search that takes a second or two goes through.
const few = 1000

// search says which images are searched for those in which a map is strongest.
type search struct {
	link     string // in the page's address
	training bool   // the training images, and not the test images
	all      bool   // and not only the first few
}

// searches are those that there are, the usual one first.
var searches = []search{{"", false, false}, {"test", false, true}, {"train-1000", true, false}, {"train", true, true}}

// searchOf is the one of a link.
func searchOf(link string) search {
	for _, s := range searches {
		if s.link == link {
			return s
		}
	}
	return searches[0]
}

// count is how many images are searched.
func (s search) count(m *protocol.Maps) int {
	there := there(m, s.training)
	if s.all {
		return there
	}
	return min(few, there)
}

// there is how many images there are.
func there(m *protocol.Maps, training bool) int {
	if training {
		return m.Training
	}
	return m.Images
}

// images names images, test images or those of the training.
func images(training bool) string {
	if training {
		return "training images"
	}
	return "test images"
}

// says names them, as in "all 10 000 test images".
func (s search) says(m *protocol.Maps) string {
	text := number.Int(s.count(m)) + " " + images(s.training)
	if s.count(m) == there(m, s.training) {
		text = "all " + text
	}
	return text
}

// menu chooses a search, by an element of an ID.
func (s search) menu(id string, m *protocol.Maps, chosen func(search)) app.UI {
	var options []app.UI
	for _, one := range searches {
		if !one.all || one.count(m) > few { // else it is the one before
			options = append(options, web.Option(one.link).Selected(one.training == s.training && one.count(m) == s.count(m)).Text(one.says(m)))
		}
	}
	return field(id, "Search",
		app.Select().ID(id).OnChange(func(_ app.Context, e app.Event) { chosen(searchOf(web.Chosen(e))) }).Body(options...),
	)
}
