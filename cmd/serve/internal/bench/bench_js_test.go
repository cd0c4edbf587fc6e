//go:build js

package bench

import (
	"os"
	"testing"
)

// The table, in the browser that runs this test.
func TestTable(t *testing.T) {
	if err := All(t.Context(), 40, false, Print(os.Stdout)); err != nil {
		t.Fatal(err)
	}
}
