package embed

import (
	"cmp"
	"slices"
)

// Neighbours returns for each of the points x, [n, d], which share of its k nearest other points has its class, [n]. Of points at equal distances the
// first are nearer. Where there are fewer than k others, all are neighbours.
func Neighbours(x []float32, n, d, k int, classes []int, tell Tell) ([]float64, error) {
	rows := centred(x, n, d) // which makes products small, so that little is lost in differences of them
	shares, squares := make([]float64, n), make([]float64, n)
	for i, row := range rows {
		squares[i] = dot(row, row)
	}
	k = min(k, n-1)
	for i, row := range rows {
		if i%16 == 0 {
			if err := tell(); err != nil {
				return nil, err
			}
		}
		nearest := make([]neighbour, 0, k+1)
		for j, other := range rows {
			if j == i {
				continue
			}
			one := neighbour{j, squares[j] - 2*dot(row, other)} // and the square of row, which is the same for all
			at, _ := slices.BinarySearchFunc(nearest, one, func(a, b neighbour) int { return cmp.Or(cmp.Compare(a.distance, b.distance), -1) })
			if at < k {
				nearest = slices.Insert(nearest, at, one)[:min(k, len(nearest)+1)]
			}
		}
		for _, near := range nearest {
			if classes[near.point] == classes[i] {
				shares[i] += 1 / float64(k)
			}
		}
	}
	return shares, nil
}

type neighbour struct {
	point    int
	distance float64
}
