package look

import (
	"errors"
	"fmt"
	"math"
	"math/cmplx"
)

// Errors of Eigenvalues.
var (
	ErrNotFinite   = errors.New("look: weights that are not finite numbers")
	ErrNotConverge = errors.New("look: the eigenvalues do not converge")
)

// qrLimit is how many steps of the QR iteration one eigenvalue may take: two or three are usual, and EISPACK gives up after 30.
const qrLimit = 60

// Eigenvalues returns the n eigenvalues of a square matrix [n, n], in no order, complex ones in conjugate pairs. The matrix is balanced
// (Parlett and Reinsch, 1969), brought to Hessenberg form by Householder's reflections, and then taken apart by the QR iteration with
// Francis's double shift (Golub and Van Loan, "Matrix Computations", section 7.5). It takes about 10n³ multiplications: seconds for hundreds of rows.
// A library for this (gonum's mat.Eigen, which comes to the same within 2e-14) would add 163 kB to the trainer's program.
//
// On the way it calls tell, unless that is nil, with how much of 2n is done, and gives up when that returns an error. Other errors are
// ErrNotFinite, ErrNotConverge, or that there are not n×n numbers.
func Eigenvalues(matrix []float32, n int, tell func(done int) error) ([]complex128, error) {
	if n < 0 || len(matrix) != n*n {
		return nil, fmt.Errorf("look: %d numbers are no matrix of %dx%d", len(matrix), n, n)
	}
	h := square{n: n, rows: make([][]float64, n), tell: tell}
	if tell == nil {
		h.tell = func(int) error { return nil }
	}
	for i := range h.rows {
		h.rows[i] = make([]float64, n)
		for j := range n {
			v := float64(matrix[i*n+j])
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, ErrNotFinite
			}
			h.rows[i][j] = v
		}
	}
	h.balance()
	if err := h.reduce(); err != nil {
		return nil, err
	}
	return h.iterate()
}

// SpectralRadius is the largest magnitude of some eigenvalues, 0 of none.
func SpectralRadius(eigenvalues []complex128) float64 {
	radius := 0.0
	for _, e := range eigenvalues {
		radius = max(radius, cmplx.Abs(e))
	}
	return radius
}

// square is a matrix that keeps its eigenvalues while it changes.
type square struct {
	n    int
	rows [][]float64
	tell func(done int) error
}

// balance multiplies columns by powers of two and divides the rows of the same number by them, until each row is about as large as its
// column: rounding errors grow with the largest numbers. Powers of two round nothing.
func (h *square) balance() {
	for again := true; again; {
		again = false
		for i := range h.n {
			column, row := 0.0, 0.0
			for j := range h.n {
				if j != i {
					column += math.Abs(h.rows[j][i])
					row += math.Abs(h.rows[i][j])
				}
			}
			if column == 0 || row == 0 {
				continue
			}
			factor, scaled := 1.0, column
			for ; scaled < row/2; scaled *= 4 {
				factor *= 2
			}
			for ; scaled >= row*2; scaled /= 4 {
				factor /= 2
			}
			if column*factor+row/factor >= 0.95*(column+row) {
				continue
			}
			again = true
			for j := range h.n {
				h.rows[i][j] /= factor
				h.rows[j][i] *= factor
			}
		}
	}
}

// reduce makes the matrix an upper Hessenberg one, with zeros below the first subdiagonal, column by column.
func (h *square) reduce() error {
	v := make([]float64, h.n)
	sums := make([]float64, h.n)
	for k := range h.n - 2 {
		if err := h.tell(k); err != nil {
			return err
		}
		first := k + 1
		for i := first; i < h.n; i++ {
			v[i] = h.rows[i][k]
		}
		beta := reflector(v[first:])
		if beta == 0 {
			continue
		}
		clear(sums)
		for i := first; i < h.n; i++ { // from the left
			for j := k; j < h.n; j++ {
				sums[j] += v[i] * h.rows[i][j]
			}
		}
		for i := first; i < h.n; i++ {
			for j := k; j < h.n; j++ {
				h.rows[i][j] -= beta * v[i] * sums[j]
			}
		}
		for _, row := range h.rows { // and from the right, so that the eigenvalues stay
			apply(row[first:], v[first:], beta)
		}
		for i := first + 1; i < h.n; i++ {
			h.rows[i][k] = 0
		}
	}
	return nil
}

// reflector makes v the vector of Householder's reflection I - beta v vᵀ, which turns what v was into a multiple of the first axis. beta
// is 0 where there is nothing to turn.
func reflector(v []float64) (beta float64) {
	largest, rest := 0.0, 0.0
	for i, x := range v {
		largest = max(largest, math.Abs(x))
		if i > 0 {
			rest = max(rest, math.Abs(x))
		}
	}
	if rest == 0 {
		return 0
	}
	squares := 0.0
	for i := range v {
		v[i] /= largest
		squares += v[i] * v[i]
	}
	norm := math.Sqrt(squares)
	head := v[0] + math.Copysign(norm, v[0]) // of the same sign, so that nothing cancels
	for i := range v[1:] {
		v[i+1] /= head
	}
	v[0] = 1
	return math.Abs(head) / norm
}

// apply reflects a row, or the part of it that v is about.
func apply(row, v []float64, beta float64) {
	sum := 0.0
	for j, x := range v {
		sum += row[j] * x
	}
	sum *= beta
	for j, x := range v {
		row[j] -= sum * x
	}
}

// iterate takes the eigenvalues of a Hessenberg matrix off its lower end, one or two at a time.
func (h *square) iterate() (all []complex128, err error) {
	norm := 0.0
	for _, row := range h.rows {
		for _, x := range row {
			norm += math.Abs(x)
		}
	}
	steps := 0
	for high := h.n - 1; high >= 0; {
		if err := h.tell(2*h.n - 1 - high); err != nil {
			return nil, err
		}
		low := h.split(high, norm)
		switch high - low {
		case 0:
			all = append(all, complex(h.rows[high][high], 0))
		case 1:
			a, b := pair(h.rows[low][low], h.rows[low][high], h.rows[high][low], h.rows[high][high])
			all = append(all, a, b)
		default:
			if steps++; steps > qrLimit {
				return nil, ErrNotConverge
			}
			h.step(low, high, steps)
			continue
		}
		high, steps = low-1, 0
	}
	return all, nil
}

// split finds the first row of the last block of a matrix up to row high that no longer depends on what is before it, its subdiagonal
// number being negligible.
func (h *square) split(high int, norm float64) (low int) {
	const epsilon = 0x1p-52
	for low = high; low > 0; low-- {
		beside := math.Abs(h.rows[low-1][low-1]) + math.Abs(h.rows[low][low])
		if beside == 0 {
			beside = norm
		}
		if math.Abs(h.rows[low][low-1]) <= epsilon*beside {
			h.rows[low][low-1] = 0
			return low
		}
	}
	return 0
}

// pair are the eigenvalues of the matrix with rows a, b and c, d.
func pair(a, b, c, d float64) (complex128, complex128) {
	half := (a - d) / 2
	middle := (a + d) / 2
	inside := half*half + b*c
	if inside < 0 {
		root := math.Sqrt(-inside)
		return complex(middle, root), complex(middle, -root)
	}
	// The smaller root of the difference to d comes by division, since a subtraction would cancel.
	far := half + math.Copysign(math.Sqrt(inside), half)
	if far == 0 {
		return complex(d, 0), complex(d, 0)
	}
	return complex(d+far, 0), complex(d-b*c/far, 0)
}

// step is one of Francis's: two steps of the QR iteration, shifted by the eigenvalues of the lower right corner, in real numbers, on the
// block of rows low to high, which are three at least. What is outside of the block would change too, but the eigenvalues do not depend on it.
func (h *square) step(low, high, count int) {
	r := h.rows
	sum := r[high-1][high-1] + r[high][high]
	product := r[high-1][high-1]*r[high][high] - r[high-1][high]*r[high][high-1]
	if count%10 == 0 { // a cycle, which other shifts leave
		size := math.Abs(r[high][high-1]) + math.Abs(r[high-1][high-2])
		sum, product = 1.5*size, size*size
	}
	v := [3]float64{
		r[low][low]*r[low][low] + r[low][low+1]*r[low+1][low] - sum*r[low][low] + product,
		r[low+1][low] * (r[low][low] + r[low+1][low+1] - sum),
		r[low+1][low] * r[low+2][low+1],
	}
	for k := low; k < high; k++ {
		last := min(k+2, high) // of the rows that are reflected
		u := v[:last-k+1]
		if k > low {
			for i := range u {
				u[i] = r[k+i][k-1]
			}
		}
		if beta := reflector(u); beta != 0 {
			for j := max(low, k-1); j <= high; j++ {
				dot := 0.0
				for i, x := range u {
					dot += x * r[k+i][j]
				}
				dot *= beta
				for i, x := range u {
					r[k+i][j] -= dot * x
				}
			}
			for i := low; i <= min(k+3, high); i++ {
				apply(r[i][k:last+1], u, beta)
			}
		}
		if k > low {
			for i := k + 1; i <= last; i++ {
				r[i][k-1] = 0
			}
		}
	}
}
