package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"unpool/cmd/serve/internal/programs"
	"unpool/core/atomicfile"
	"unpool/core/results"
)

// write makes the tables, the curves and the figures of all results.
func (r *reproduction) write() error {
	if err := os.MkdirAll(r.to, 0o755); err != nil {
		return err
	}
	all, err := r.results()
	if err != nil {
		return err
	}
	var rows []results.Row
	for _, res := range all {
		rows = append(rows, res.row)
	}
	table, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		return err
	}
	var page strings.Builder
	page.WriteString("# Results\n\n`go run ./cmd/serve reproduce` makes the runs and writes such a folder: " +
		"the tables below, each run's events (`.jsonl`), and the figures.\n\n")
	if err := results.Markdown(&page, rows); err != nil {
		return err
	}
	if err := r.figures(&page, all); err != nil {
		return err
	}
	if err := r.readme(rows); err != nil {
		return err
	}
	return errors.Join(
		atomicfile.WriteBytes(filepath.Join(r.to, "results.json"), append(table, '\n')),
		atomicfile.WriteBytes(filepath.Join(r.to, "README.md"), []byte(page.String())))
}

// The tables in the source tree's README stand between these lines.
const (
	tableBegins = "<!-- the results, written by serve reproduce -->\n"
	tableEnds   = "<!-- end of the results -->\n"
)

// readme puts the tables into the README of the source tree, if the results go there.
func (r *reproduction) readme(rows []results.Row) error {
	root, err := programs.Root(".")
	if err != nil {
		return nil
	}
	if to, err := filepath.Abs(r.to); err != nil || filepath.Join(root, "public", "results") != to {
		return err
	}
	path := filepath.Join(root, "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), tableBegins)
	_, after, closed := strings.Cut(rest, tableEnds)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the tables: it needs the lines %q and %q", path, tableBegins, tableEnds)
	}
	var tables strings.Builder
	if err := results.Tables(&tables, rows, "public/results/"); err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, []byte(before+tableBegins+tables.String()+tableEnds+after))
}
