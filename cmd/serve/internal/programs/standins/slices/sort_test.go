package slices

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortsAsTheLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 70 {
		numbers := make([]float64, n)
		for i := range numbers {
			numbers[i] = float64(random.IntN(10)) // with equal ones
			if numbers[i] == 9 {
				numbers[i] = math.NaN()
			}
		}
		got, want := slices.Clone(numbers), slices.Clone(numbers)
		pdqsortOrdered(got, 0, n, 0)
		slices.Sort(want)
		if slices.CompareFunc(got, want, cmp.Compare) != 0 {
			t.Errorf("%v sorts to %v, want %v", numbers, got, want)
		}

		type pair struct{ key, at int }
		pairs := make([]pair, n)
		for i := range pairs {
			pairs[i] = pair{random.IntN(5), i}
		}
		byKey := func(a, b pair) int { return cmp.Compare(a.key, b.key) }
		stable, wantPairs := slices.Clone(pairs), slices.Clone(pairs)
		stableCmpFunc(stable, n, byKey)
		slices.SortStableFunc(wantPairs, byKey)
		if !slices.Equal(stable, wantPairs) {
			t.Errorf("%v sorts to %v, want %v", pairs, stable, wantPairs)
		}
	}
}

func TestSortsTheGivenPart(t *testing.T) {
	got := []int{5, 4, 3, 2, 1}
	pdqsortCmpFunc(got, 1, 4, 0, cmp.Compare[int])
	if want := []int{5, 2, 3, 4, 1}; !slices.Equal(got, want) {
		t.Errorf("the middle of three sorts to %v, want %v", got, want)
	}
}
