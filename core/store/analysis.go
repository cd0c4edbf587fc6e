package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// What the analyses of a run that are kept beside it may take together. The oldest make room.
const (
	maxAnalyses   = 24
	analysesBytes = 8 << 20
)

// analysis is the artifact's content.
type analysis[T any] struct {
	Key    string `json:"key"`
	Result T      `json:"result"`
}

// Analysed returns the result of an analysis of a run's net: what is kept beside the run, or else what analyse computes, which is then kept
// where that is possible, as JSON. s is nil where nothing is kept. The key names all that the result depends on, so that what is kept is never out of date; it may take a while to make.
// A result that does not fit is computed anew: files may come from anywhere.
func Analysed[T any](ctx context.Context, s Store, id string, keyOf func() (string, error), fits func(T) bool, analyse func() (T, error)) (result T, err error) {
	if s == nil {
		return analyse()
	}
	key, err := keyOf()
	if err != nil {
		return result, err
	}
	all, err := analysesOf(ctx, s, id)
	if err == nil {
		for _, a := range all {
			if strings.HasSuffix(a.Name, analysisSuffix(key)) {
				if kept, err := readAnalysis[T](ctx, s, id, a.Name); err == nil && kept.Key == key && fits(kept.Result) {
					return kept.Result, nil
				}
			}
		}
	}
	if result, err = analyse(); err != nil {
		return result, err
	}
	_ = keepAnalysis(ctx, s, id, key, analysis[T]{key, result}) // or it is computed again
	return result, nil
}

const analysisPrefix = "analysis-"

// isAnalysis reports whether an artifact is an analysis. A run's file leaves those out, for they can be computed again.
func isAnalysis(name string) bool { return strings.HasPrefix(name, analysisPrefix) }

// analysisSuffix is what the name of an analysis ends in. Its number comes before, by which they are in order of age.
func analysisSuffix(key string) string {
	hash := sha256.Sum256([]byte(key))
	return "-" + hex.EncodeToString(hash[:16]) + ".json"
}

// analysesOf are those of a run, the oldest first.
func analysesOf(ctx context.Context, s Store, id string) ([]Artifact, error) {
	all, err := s.Artifacts(ctx, id)
	return slices.DeleteFunc(all, func(a Artifact) bool { return !isAnalysis(a.Name) }), err
}

func readAnalysis[T any](ctx context.Context, s Store, id, name string) (a analysis[T], err error) {
	f, err := s.Get(ctx, id, name)
	if err != nil {
		return a, err
	}
	defer f.Close() // only read from
	err = json.NewDecoder(io.LimitReader(f, analysesBytes)).Decode(&a)
	return a, err
}

func keepAnalysis(ctx context.Context, s Store, id, key string, of any) error {
	text, err := json.Marshal(of)
	if err != nil || len(text) > analysesBytes {
		return err
	}
	w, err := s.Open(ctx, id)
	if err != nil {
		return err
	}
	defer w.Close() // nothing is to be written any more
	all, err := analysesOf(ctx, s, id)
	if err != nil {
		return err
	}
	number, count, bytes := 1, len(all), int64(len(text))
	for _, a := range all {
		digits, _, _ := strings.Cut(strings.TrimPrefix(a.Name, analysisPrefix), "-")
		last, _ := strconv.Atoi(digits)
		number, bytes = max(number, last+1), bytes+a.Size
	}
	for _, a := range all {
		useless := strings.HasSuffix(a.Name, analysisSuffix(key)) // or it would have been taken
		if !useless && count < maxAnalyses && bytes <= analysesBytes {
			continue
		}
		if err := w.Remove(a.Name); err != nil {
			return err
		}
		count, bytes = count-1, bytes-a.Size
	}
	return w.Put(fmt.Sprintf("%s%06d%s", analysisPrefix, number, analysisSuffix(key)), func(to io.Writer) error {
		_, err := to.Write(text)
		return err
	})
}
