//go:build js

package bench

import (
	"flag"
	"os"
	"testing"
)

var lines = flag.Bool("json", false, "print one row per line as JSON")

// The tables, in the browser that runs this test.

func TestTable(t *testing.T) {
	if err := All(t.Context(), 40, false, false, Print[Row](os.Stdout, Header, *lines)); err != nil {
		t.Fatal(err)
	}
}

func TestFirstTable(t *testing.T) {
	if err := AllFirst(t.Context(), false, Print[First](os.Stdout, FirstHeader, *lines)); err != nil {
		t.Fatal(err)
	}
}

func TestEstimateTable(t *testing.T) {
	if err := Estimates(t.Context(), 7, Print[Estimate](os.Stdout, EstimateHeader, *lines)); err != nil {
		t.Fatal(err)
	}
}
