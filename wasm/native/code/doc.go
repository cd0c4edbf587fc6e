// Package code makes machine code executable and calls it, without cgo. It knows nothing of what the code does.
//
// Code that it calls runs on the goroutine's own stack, of which Go cannot tell how much is left and in which it finds no frame.
// So the code must be a leaf: it calls nothing and never moves the stack pointer. It may use all registers but RSP and RBP, and
// ends with VZEROUPPER and RET. While it runs Go can neither stop the goroutine nor collect garbage, so it must be short:
// 10 ms at most.
//
// It is available on x86-64 under Linux and macOS.
package code
