// Package native computes matrix products, convolutions and their gradients in machine code of its own, made at run time: 256-bit
// vectors (AVX2) where WebAssembly has 128. The results have the bits of package emit's kernels, because the sums do: each output is
// one sum in order of k, and each product is rounded before it is added. README.md tells how it is made and what it reaches.
//
// It is there on x86-64 under Linux and macOS.
package native
