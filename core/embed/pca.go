// Package embed lays out points of many dimensions in the plane: principal components, t-SNE, and how well classes are apart among nearest
// neighbours. It is mathematics on numbers, and knows no nets and no images. The same numbers give the same picture.
package embed

import (
	"cmp"
	"math"
	"slices"

	"unpool/core/random"
)

// Tell is called between two stretches of a computation, which gives up when it returns an error.
type Tell func() error

// The block of vectors that the iteration keeps has some more than are wanted, so that the last of these converge, too.
const (
	spare       = 10
	mostRounds  = 60
	convergence = 1e-5 // of the eigenvalues, relative to the largest
	rounding    = 1e-10
)

// PCA returns where points x, [n, d], lie along their first k principal components, [n, k], and which share of their variance each explains, [k].
// Components beyond the rank of the points are zeros. The signs are those with which the largest coordinate of each component is positive.
//
// It finds the eigenvectors of the smaller of the two matrices of products, [d, d] of the coordinates or [n, n] of the points, by subspace
// iteration (Golub and Van Loan, "Matrix Computations", section 8.2.4), which takes min(n, d)²(max(n, d)/2 + k times a few dozen) multiplications.
func PCA(x []float32, n, d, k int, tell Tell) (scores, shares []float64, err error) {
	rows := centred(x, n, d)
	byPoint := n < d
	if !byPoint {
		rows = transposed(rows, d)
	}
	m := len(rows)
	matrix := make([][]float64, m)
	total := 0.0
	for i := range rows {
		if i%16 == 0 {
			if err := tell(); err != nil {
				return nil, nil, err
			}
		}
		matrix[i] = make([]float64, m)
		for j := range i + 1 {
			matrix[i][j] = dot(rows[i], rows[j])
			matrix[j][i] = matrix[i][j]
		}
		total += matrix[i][i]
	}
	values, vectors, err := leading(matrix, min(k, m), tell)
	if err != nil {
		return nil, nil, err
	}
	scores, shares = make([]float64, n*k), make([]float64, k)
	for c, vector := range vectors {
		if values[c] <= rounding*values[0] { // there are no more
			break
		}
		shares[c] = values[c] / total
		along := make([]float64, n)
		if byPoint {
			for i, v := range vector {
				along[i] = v * math.Sqrt(values[c])
			}
		} else {
			for j, v := range vector {
				for i, value := range rows[j] {
					along[i] += v * float64(value)
				}
			}
		}
		sign := 1.0
		if at := slices.MaxFunc(along, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) }); at < 0 {
			sign = -1
		}
		for i, v := range along {
			scores[i*k+c] = sign * v
		}
	}
	return scores, shares, nil
}

// centred are the points with their mean at zero.
func centred(x []float32, n, d int) [][]float32 {
	mean := make([]float64, d)
	for i, v := range x[:n*d] {
		mean[i%d] += float64(v) / float64(n)
	}
	rows := make([][]float32, n)
	for i := range rows {
		rows[i] = make([]float32, d)
		for j, v := range x[i*d : (i+1)*d] {
			rows[i][j] = float32(float64(v) - mean[j])
		}
	}
	return rows
}

func transposed(rows [][]float32, d int) [][]float32 {
	columns := make([][]float32, d)
	for j := range columns {
		columns[j] = make([]float32, len(rows))
		for i := range rows {
			columns[j][i] = rows[i][j]
		}
	}
	return columns
}

// dot adds in four sums, each of which need not wait for the others.
func dot[T float32 | float64](a, b []T) float64 {
	var s [4]float64
	b = b[:len(a)]
	for ; len(a) >= 4; a, b = a[4:], b[4:] {
		s[0] += float64(a[0]) * float64(b[0])
		s[1] += float64(a[1]) * float64(b[1])
		s[2] += float64(a[2]) * float64(b[2])
		s[3] += float64(a[3]) * float64(b[3])
	}
	for i, v := range a {
		s[0] += float64(v) * float64(b[i])
	}
	return s[0] + s[1] + s[2] + s[3]
}

// leading are the k largest eigenvalues of a symmetric matrix without negative ones, the largest first, with their eigenvectors.
func leading(matrix [][]float64, k int, tell Tell) (values []float64, vectors [][]float64, err error) {
	m := len(matrix)
	stream := random.Stream(1)
	block := make([][]float64, min(m, k+spare))
	for c := range block {
		block[c] = make([]float64, m)
		for i := range m {
			block[c][i] = stream.Uniform()
		}
	}
	orthonormalise(block)
	for range mostRounds {
		if err := tell(); err != nil {
			return nil, nil, err
		}
		images := make([][]float64, len(block))
		small := make([][]float64, len(block))
		for c, v := range block {
			images[c] = make([]float64, m)
			for i, row := range matrix {
				images[c][i] = dot(row, v)
			}
		}
		for c := range block {
			small[c] = make([]float64, len(block))
			for e := range block {
				small[c][e] = dot(block[c], images[e])
			}
		}
		now, turn := jacobi(small)
		for c := range block {
			block[c] = make([]float64, m)
			for e, weight := range turn[c] {
				for i, v := range images[e] {
					block[c][i] += weight * v
				}
			}
		}
		orthonormalise(block)
		done := values != nil
		for c := range k {
			done = done && math.Abs(now[c]-values[c]) <= convergence*now[0]
		}
		if values = now; done {
			break
		}
	}
	return values[:k], block[:k], nil
}

// orthonormalise makes vectors of length 1 at right angles to each other, by Gram and Schmidt, twice; those that depend on others become zeros.
func orthonormalise(block [][]float64) {
	for c, v := range block {
		before := math.Sqrt(dot(v, v))
		for range 2 {
			for _, other := range block[:c] {
				along := dot(v, other)
				for i := range v {
					v[i] -= along * other[i]
				}
			}
		}
		length := math.Sqrt(dot(v, v))
		for i := range v {
			if length > 1e-12*before {
				v[i] /= length
			} else {
				v[i] = 0
			}
		}
	}
}

// jacobi are the eigenvalues of a small symmetric matrix, which it overwrites, the largest first, with their eigenvectors as rows (Golub and Van Loan,
// section 8.5).
func jacobi(a [][]float64) (values []float64, vectors [][]float64) {
	n := len(a)
	v := make([][]float64, n)
	for i := range v {
		v[i] = make([]float64, n)
		v[i][i] = 1
	}
	for range 60 {
		off, diagonal := 0.0, 0.0
		for i := range n {
			diagonal += a[i][i] * a[i][i]
			for j := range i {
				off += a[i][j] * a[i][j]
			}
		}
		if off <= 1e-30*diagonal {
			break
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				rotate(a, v, p, q)
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a[j][j], a[i][i]) })
	for _, i := range order {
		values, vectors = append(values, a[i][i]), append(vectors, v[i])
	}
	return values, vectors
}

// rotate makes the element at p, q zero.
func rotate(a, v [][]float64, p, q int) {
	if a[p][q] == 0 {
		return
	}
	tau := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(tau) + math.Hypot(1, tau))
	if tau < 0 {
		t = -t
	}
	c := 1 / math.Hypot(1, t)
	s := t * c
	for i := range a {
		a[i][p], a[i][q] = c*a[i][p]-s*a[i][q], s*a[i][p]+c*a[i][q]
	}
	for i := range a {
		a[p][i], a[q][i] = c*a[p][i]-s*a[q][i], s*a[p][i]+c*a[q][i]
		v[p][i], v[q][i] = c*v[p][i]-s*v[q][i], s*v[p][i]+c*v[q][i]
	}
}
