package look

import (
	"cmp"
	"errors"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"
)

// ordered sorts eigenvalues by their real part and then their imaginary one, as far as rounding lets them differ.
func ordered(all []complex128) []complex128 {
	slices.SortFunc(all, func(a, b complex128) int {
		if d := real(a) - real(b); math.Abs(d) > 1e-5 {
			return cmp.Compare(d, 0)
		}
		return cmp.Compare(imag(a), imag(b))
	})
	return all
}

// Matrices whose eigenvalues are known.
func TestKnownEigenvalues(t *testing.T) {
	for name, c := range map[string]struct {
		matrix    []float32
		want      []complex128
		tolerance float64
	}{
		"empty":    {nil, nil, 0},
		"one":      {[]float32{-3}, []complex128{-3}, 0},
		"zeros":    {make([]float32, 25), make([]complex128, 5), 0},
		"identity": {[]float32{1, 0, 0, 0, 1, 0, 0, 0, 1}, []complex128{1, 1, 1}, 0},
		"diagonal": {[]float32{3, 0, 0, 0, -1e20, 0, 0, 0, 1e-20}, []complex128{-1e20, 1e-20, 3}, 1e-7},
		"triangular": {[]float32{
			1, 5, -7, 2,
			0, -2, 3, 9,
			0, 0, 4, 1,
			0, 0, 0, 8,
		}, []complex128{-2, 1, 4, 8}, 0},
		// A turn by 90 degrees, and one around an axis: a cycle of three.
		"turn":  {[]float32{0, -1, 1, 0}, []complex128{-1i, 1i}, 1e-15},
		"cycle": {[]float32{0, 0, 1, 1, 0, 0, 0, 1, 0}, []complex128{complex(-0.5, -math.Sqrt(3)/2), complex(-0.5, math.Sqrt(3)/2), 1}, 1e-14},
		// The companion of (x-1)(x-2)(x-3)(x-4)(x-5), and of (x²+1)(x²-2x+5).
		"companion": {[]float32{
			15, -85, 225, -274, 120,
			1, 0, 0, 0, 0,
			0, 1, 0, 0, 0,
			0, 0, 1, 0, 0,
			0, 0, 0, 1, 0,
		}, []complex128{1, 2, 3, 4, 5}, 1e-10},
		"complex companion": {[]float32{
			2, -6, 2, -5,
			1, 0, 0, 0,
			0, 1, 0, 0,
			0, 0, 1, 0,
		}, []complex128{-1i, 1i, 1 - 2i, 1 + 2i}, 1e-13},
		// A Jordan block of three: such eigenvalues are right to the third root of what a number is rounded to.
		"defective": {[]float32{2, 1, 0, 0, 2, 1, 0, 0, 2}, []complex128{2, 2, 2}, 1e-5},
		// [1 2; 3 4] and [0 -4; 1 0], with something in the corner above.
		"blocks": {[]float32{
			1, 2, 7, 8,
			3, 4, 9, -5,
			0, 0, 0, -4,
			0, 0, 1, 0,
		}, []complex128{complex((5-math.Sqrt(33))/2, 0), -2i, 2i, complex((5+math.Sqrt(33))/2, 0)}, 1e-14},
		// Rows and columns of very different sizes: those of [1 2; 3 4] again.
		"badly scaled": {[]float32{1, 2 * (1 << 30), 3.0 / (1 << 30), 4}, []complex128{complex((5-math.Sqrt(33))/2, 0), complex((5+math.Sqrt(33))/2, 0)}, 1e-15},
	} {
		n := int(math.Sqrt(float64(len(c.matrix))))
		got, err := Eigenvalues(c.matrix, n, nil)
		if err != nil || len(got) != n {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		for i, e := range ordered(got) {
			if !(cmplx.Abs(e-c.want[i]) <= c.tolerance*max(1, cmplx.Abs(c.want[i]))) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

// Of random matrices of all sizes the eigenvalues are n, come in conjugate pairs, have the traces of the matrix and its square as sums,
// and each makes the matrix less itself singular.
func TestRandomEigenvalues(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 4, 5, 8, 13, 32, 64} {
		matrix := make([]float32, n*n)
		trace, square := 0.0, 0.0
		for i := range matrix {
			matrix[i] = float32(random.NormFloat64() / math.Sqrt(float64(n)))
		}
		for i := range n {
			trace += float64(matrix[i*n+i])
			for j := range n {
				square += float64(matrix[i*n+j]) * float64(matrix[j*n+i])
			}
		}
		all, err := Eigenvalues(matrix, n, nil)
		if err != nil || len(all) != n {
			t.Fatalf("%d: %v, %v", n, all, err)
		}
		sum, squares := complex128(0), complex128(0)
		for _, e := range all {
			sum, squares = sum+e, squares+e*e
			if imag(e) != 0 && !slices.Contains(all, cmplx.Conj(e)) {
				t.Errorf("%d: %v is there without its conjugate", n, e)
			}
			if s := singular(matrix, n, e); !(s < 1e-12) {
				t.Errorf("%d: with %v taken off the smallest singular value is %.1g", n, e, s)
			}
		}
		if d := cmplx.Abs(sum-complex(trace, 0)) + cmplx.Abs(squares-complex(square, 0)); !(d < 1e-12*float64(n)) {
			t.Errorf("%d: the sums of the eigenvalues and of their squares are off by %.1g", n, d)
		}
		if s := singular(matrix, n, all[0]+0.1i); s < 1e-6 {
			t.Errorf("%d: the test finds that any number is an eigenvalue: %.1g", n, s)
		}
	}
}

// singular bounds the smallest singular value of a matrix less a number on its diagonal, from above: it is the length of what the
// matrix makes of a vector of length 1, which inverse iteration finds.
func singular(matrix []float32, n int, less complex128) float64 {
	a := make([][]complex128, n)
	for i := range a {
		a[i] = make([]complex128, n)
		for j := range n {
			a[i][j] = complex(float64(matrix[i*n+j]), 0)
		}
		a[i][i] -= less
	}
	x := make([]complex128, n)
	for i := range x {
		x[i] = complex(1, float64(i%3))
	}
	for range 3 {
		x = solve(a, x)
		length := 0.0
		for _, v := range x {
			length = math.Hypot(length, cmplx.Abs(v))
		}
		for i := range x {
			x[i] /= complex(length, 0)
		}
	}
	norm := 0.0
	for i := range a {
		sum := complex128(0)
		for j := range x {
			sum += a[i][j] * x[j]
		}
		norm = math.Hypot(norm, cmplx.Abs(sum))
	}
	return norm
}

// solve is Gauss's elimination with pivots, which takes a tiny number for one that is zero.
func solve(matrix [][]complex128, right []complex128) []complex128 {
	n := len(right)
	a, x := make([][]complex128, n), slices.Clone(right)
	for i := range a {
		a[i] = slices.Clone(matrix[i])
	}
	for k := range n {
		best := k
		for i := k; i < n; i++ {
			if cmplx.Abs(a[i][k]) > cmplx.Abs(a[best][k]) {
				best = i
			}
		}
		a[k], a[best], x[k], x[best] = a[best], a[k], x[best], x[k]
		if cmplx.Abs(a[k][k]) < 1e-17 {
			a[k][k] = 1e-17
		}
		for i := k + 1; i < n; i++ {
			factor := a[i][k] / a[k][k]
			for j := k; j < n; j++ {
				a[i][j] -= factor * a[k][j]
			}
			x[i] -= factor * x[k]
		}
	}
	for k := n - 1; k >= 0; k-- {
		for j := k + 1; j < n; j++ {
			x[k] -= a[k][j] * x[j]
		}
		x[k] /= a[k][k]
	}
	return x
}

// The eigenvalues of an orthogonal matrix are on the unit circle.
func TestSpectralRadius(t *testing.T) {
	const n = 40
	matrix := make([]float32, n*n) // turns of pairs of axes, by different angles
	for i := 0; i < n; i += 2 {
		sin, cos := math.Sincos(float64(i + 1))
		matrix[i*n+i], matrix[i*n+i+1], matrix[(i+1)*n+i], matrix[(i+1)*n+i+1] = float32(cos), float32(-sin), float32(sin), float32(cos)
	}
	all, err := Eigenvalues(matrix, n, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if math.Abs(cmplx.Abs(e)-1) > 1e-7 {
			t.Errorf("%v has the magnitude %g", e, cmplx.Abs(e))
		}
	}
	if r := SpectralRadius(all); math.Abs(r-1) > 1e-7 {
		t.Errorf("the radius is %g", r)
	}
	if r := SpectralRadius([]complex128{1, -2, 1 + 1i}); r != 2 {
		t.Errorf("the radius is %g", r)
	}
	if r := SpectralRadius(nil); r != 0 {
		t.Errorf("the radius of nothing is %g", r)
	}
}

func TestNoEigenvalues(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := Eigenvalues([]float32{1, 2, float32(bad), 4}, 2, nil); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	for _, n := range []int{-2, 1, 3} {
		if _, err := Eigenvalues(make([]float32, 4), n, nil); err == nil {
			t.Errorf("4 numbers as a matrix of %dx%d: no error", n, n)
		}
	}
}

// What is done only grows, to less than all of it, and an error ends it.
func TestEigenvaluesTell(t *testing.T) {
	const n = 20
	random := rand.New(rand.NewPCG(9, 10))
	matrix := make([]float32, n*n)
	for i := range matrix {
		matrix[i] = float32(random.NormFloat64())
	}
	last := -1
	if _, err := Eigenvalues(matrix, n, func(done int) error {
		if done < last || done >= 2*n {
			t.Errorf("%d after %d", done, last)
		}
		last = done
		return nil
	}); err != nil || last < 2*n-2 {
		t.Errorf("it ends at %d: %v", last, err)
	}
	enough := errors.New("enough")
	for _, at := range []int{3, n + 3} {
		if _, err := Eigenvalues(matrix, n, func(done int) error {
			if done >= at {
				return enough
			}
			return nil
		}); !errors.Is(err, enough) {
			t.Errorf("stopped at %d: %v", at, err)
		}
	}
}
