package main

import (
	"context"

	"unpool/core/checkpoint"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
)

// holding are the events of the run in a folder that no resumption superseded.
func holding(dir string) ([]run.Event, error) {
	runs, name, err := folder.Of(dir)
	if err != nil {
		return nil, err
	}
	log, err := runs.Read(context.Background(), name, 1)
	return events(run.Holding(log)), err
}

// readLog are the events in a file.
func readLog(path string) ([]run.Event, error) {
	log, err := folder.ReadFile(path)
	return events(log), err
}

func events(log []run.Record) (all []run.Event) {
	for _, r := range log {
		all = append(all, r.Event)
	}
	return all
}

// load reads a checkpoint of the run in a folder.
func load(dir, name string) (*checkpoint.Checkpoint, error) {
	runs, id, err := folder.Of(dir)
	if err != nil {
		return nil, err
	}
	return store.Load(context.Background(), runs, id, name)
}
