package ir

import "fmt"

// MatMulShape is a matrix multiplication of f32: C[m,n] = sum over k of A[m,k]·B[k,n], for M x N outputs, K products each.
// A and B may have any strides, so that a transposed operand needs no copy; C's columns are contiguous.
// Each output is one sum in order of k, so it does not depend on blocking, threads or engine.
type MatMulShape struct {
	M, N, K    int
	ARow, ACol int // from A[m,k] to A[m+1,k] and A[m,k+1], in elements
	BRow, BCol int // from B[k,n] to B[k+1,n] and B[k,n+1]
	CRow       int // from C[m,n] to C[m+1,n]
	Batch      int // how many such multiplications, side by side; 1 or more
	ABatch     int // from one of them to the next, in elements
	BBatch     int
	CBatch     int
	Start      Start
	ReLU       bool // C = max(C, 0) at the end
}

// Start is what a sum begins with.
type Start int

// The starts.
const (
	FromZero Start = iota
	FromBias       // a vector of N, one number a column
	FromC          // what C holds already
)

func (s Start) String() string { return [...]string{"", " bias", " +="}[s] }

func (g MatMulShape) String() string {
	relu := ""
	if g.ReLU {
		relu = " relu"
	}
	return fmt.Sprintf("matmul %dx%dx%d a(%d,%d) b(%d,%d) c(%d) batch %d(%d,%d,%d)%s%s", g.M, g.N, g.K,
		g.ARow, g.ACol, g.BRow, g.BCol, g.CRow, g.Batch, g.ABatch, g.BBatch, g.CBatch, g.Start, relu)
}

// Flops is the number of multiplications and additions.
func (g MatMulShape) Flops() int64 { return 2 * int64(g.Batch) * int64(g.M) * int64(g.N) * int64(g.K) }
