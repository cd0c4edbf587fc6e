package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	wire "unpool/core/api"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/models"
)

// Filter says which runs are asked for; an empty field selects all.
type Filter struct {
	State   []string `query:"state" enum:"waiting,loading,training,paused,interrupted,parked,done,stopped,failed,unreadable" doc:"phases of runs, any of them"`
	Net     string   `query:"net" maxLength:"4096" doc:"part of the net's name or of its layers"`
	Dataset string   `query:"dataset" maxLength:"4096" doc:"the data set"`
	Text    string   `query:"text" maxLength:"4096" doc:"part of the ID, name, note, net or data set"`
}

func (f *Filter) takes(s run.Summary) bool {
	switch {
	case len(f.State) > 0 && !slices.Contains(f.State, string(s.Phase)), f.Dataset != "" && s.Recipe.Dataset != recipe.Dataset(f.Dataset):
		return false
	case f.Net == "" && f.Text == "":
		return true
	}
	net := models.Title(s.Recipe) + "\n" + s.Recipe.Net
	return contains(net, f.Net) && contains(strings.Join([]string{s.ID, s.Name, s.Note, net, string(s.Recipe.Dataset)}, "\n"), f.Text)
}

// contains is strings.Contains, ignoring case.
func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// place is where a page begins: after a run in the order of a list. It stays where it is while runs come and go.
type place struct {
	created time.Time
	id      string
}

// order is that of lists: the newest first.
func order(a, b place) int { return cmp.Or(b.created.Compare(a.created), cmp.Compare(a.id, b.id)) }

func placeOf(s run.Summary) place { return place{s.Created, s.ID} }

// cursor writes a place for clients, to whom it means nothing.
func (p place) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.created.UTC().Format(time.RFC3339Nano) + " " + p.id))
}

// parseCursor reads what cursor wrote.
func parseCursor(text string) (p place, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		var created string
		created, p.id, _ = strings.Cut(string(b), " ")
		p.created, err = time.Parse(time.RFC3339Nano, created)
	}
	if err == nil {
		err = store.CheckName(p.id)
	}
	if err != nil {
		return p, fmt.Errorf("%.40q is not a cursor: use that of the previous page, and none for the first page", text)
	}
	return p, nil
}

func (s *Server) list(ctx context.Context, in *struct {
	Filter
	Limit  int    `query:"limit" default:"500" minimum:"1" maximum:"1000" doc:"maximum number of runs per page"`
	Cursor string `query:"cursor" maxLength:"1000" doc:"the next of the previous page"`
}) (*answer[wire.List], error) {
	var after place
	if in.Cursor != "" {
		var err error
		if after, err = parseCursor(in.Cursor); err != nil {
			return nil, problem(wire.CodeInvalid, err.Error())
		}
	}
	all, err := s.summaries(ctx)
	if err != nil {
		return nil, s.failed(err)
	}
	slices.SortFunc(all, func(a, b run.Summary) int { return order(placeOf(a), placeOf(b)) })
	list := wire.List{Runs: []run.Summary{}} // none is [] and not null
	for _, sum := range all {
		if in.Cursor != "" && order(after, placeOf(sum)) >= 0 || !in.takes(sum) {
			continue
		}
		if len(list.Runs) == in.Limit {
			list.Next = placeOf(list.Runs[in.Limit-1]).cursor()
			break
		}
		list.Runs = append(list.Runs, sum)
	}
	return &answer[wire.List]{list}, nil
}
