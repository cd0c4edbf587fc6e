// Package native computes matrix products, convolutions and their gradients, and loop nests, in machine code of its own, made at run
// time: 256-bit vectors (AVX2) where WebAssembly has 128. The results have the bits of package emit's kernels, because the sums do: each
// output is one sum in order of k, and each product is rounded before it is added. README.md describes how it is made and how fast it is.
// It knows nothing of the program that its kernels belong to.
//
// It is available on x86-64 under Linux and macOS.
package native
