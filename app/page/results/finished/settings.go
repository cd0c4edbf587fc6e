package finished

import (
	"fmt"

	"unpool/app/ui/words"
	"unpool/core/run"
	"unpool/models"
)

// Settings say how a net's run was made, and how to repeat it.
func Settings(e models.Entry, start *run.Start, seconds float64) []words.Setting {
	r := start.Recipe
	return append(words.Settings(start, seconds),
		words.Setting{Name: "On the command line", Text: fmt.Sprintf("go run ./cmd/serve train %s -eval %s -seed %d", e.Name, r.Eval, r.Seed)})
}
