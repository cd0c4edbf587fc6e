package sweeps

import (
	"net/url"
	"strings"

	"unpool/app/shell"
	"unpool/core/api"
	"unpool/core/run"
)

// runsOf is the address of the Runs page with the runs of a point that have begun, and with their curves if those are asked for.
func runsOf(runs []api.SweepRun, curves bool) string {
	var ids []string
	for _, r := range runs {
		if r.Phase != run.Empty {
			ids = append(ids, r.ID)
		}
	}
	query := url.Values{"filter": {"run:" + strings.Join(ids, ",")}}
	if curves {
		query.Set("curves", "1")
	}
	return shell.Link(shell.Runs) + "?" + query.Encode()
}
