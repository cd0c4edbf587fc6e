package finished

import (
	"fmt"
	"strings"

	"unpool/core/number"
	"unpool/core/results"
	"unpool/models/net"
)

// Comparison is nets whose test accuracies belong on one chart.
type Comparison struct {
	Name string // of the choice
	Rows []Row
	Text string // what the comparison shows, in a sentence
}

// Comparisons are those that the course report makes, of what there is: its recurrent nets and its CNN on MNIST, and 128, 64
// and 32 units of each recurrent net.
func (t Table) Comparisons() []Comparison {
	rows := map[string]Row{}
	for _, g := range t.Groups {
		for _, r := range g.Rows {
			rows[r.Entry.Name] = r
		}
	}
	pick := func(names ...string) (found []Row) {
		for _, name := range names {
			if r, ok := rows[name]; ok {
				found = append(found, r)
			}
		}
		return found
	}
	var all []Comparison
	if nets := pick("mnist-rnn-128", "mnist-lstm-128", "mnist-gru-128", "mnist-cnn"); len(nets) > 1 {
		all = append(all, Comparison{"RNN, LSTM, GRU and CNN", nets, race(nets)})
	}
	for _, kind := range net.CellKinds {
		name := fmt.Sprintf("mnist-%s-", kind)
		if sizes := pick(name+"128", name+"64", name+"32"); len(sizes) > 1 {
			title := strings.ToUpper(string(kind)) + " by units"
			all = append(all, Comparison{title, sizes, cost(sizes)})
		}
	}
	return all
}

// race says when each net passes results.Mark, the first seed's run for each.
func race(rows []Row) string {
	var parts []string
	for _, r := range rows {
		part := r.Entry.Title + " never does"
		if step := r.Runs[0].Mark; step > 0 {
			part = fmt.Sprintf("%s after %s steps", r.Entry.Title, number.Int(step))
		}
		parts = append(parts, part)
	}
	return fmt.Sprintf("Test accuracy passes %s, the course report’s for its plain RNN: %s.", percent(results.Mark), list(parts))
}

// cost says what fewer units cost: the steps to 97 % and the best, the first seed's run for each.
func cost(rows []Row) string {
	var parts []string
	for _, r := range rows {
		to := "never reach 97" + number.Thin + "%"
		if near := r.Runs[0].Near; near > 0 {
			to = fmt.Sprintf("reach 97%s%% after %s steps", number.Thin, number.Int(near))
		}
		best := r.Runs[0].Best
		units, _ := r.Entry.Recipe.Value("units")
		parts = append(parts, fmt.Sprintf("%v units %s (best %s at step %s)", units, to, percent(best.Accuracy), number.Int(best.Step)))
	}
	return list(parts) + "."
}
