// Package native computes matrix products, convolutions and their gradients in machine code of its own, made at run time: 256-bit
// vectors (AVX2) where WebAssembly has 128. The results have the bits of package emit's kernels, because the sums do: each output is
// one sum in order of k, and each product is rounded before it is added. README.md describes how it is made and how fast it is.
//
// It is available on x86-64 under Linux and macOS.
package native
