package look

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"unpool/core/data"
	"unpool/core/guard"
	"unpool/core/recipe"
)

// keyVersion is raised when an analysis comes to give another result for the same key.
const keyVersion = 2

// Key names all that the result of an analysis of the net on a data set depends on: equal keys, equal results. with is what the
// analysis was asked, as JSON has it.
func (n *Net) Key(d *data.Dataset, analysis string, with ...any) (string, error) {
	weights, err := n.hash()
	if err != nil {
		return "", err
	}
	key, err := json.Marshal(struct {
		Version, Step                    int
		Recipe                           recipe.Recipe
		Weights, Data, Backend, Analysis string
		With                             []any
	}{keyVersion, n.Step, n.Recipe, weights, d.Hash(), n.backend.Description(), analysis, with})
	return string(key), err
}

// hash is the SHA-256 of the weights.
func (n *Net) hash() (string, error) {
	weights := n.values
	if weights == nil {
		weights = n.initial
	}
	hash := sha256.New()
	err := guard.Protect(func() error {
		for _, path := range slices.Sorted(maps.Keys(weights)) {
			fmt.Fprintln(hash, path)
			if err := weights[path].ConstBytes(func(b []byte) { hash.Write(b) }); err != nil {
				return err
			}
		}
		return nil
	})
	return hex.EncodeToString(hash.Sum(nil)), err
}
