package host

import "golang.org/x/sys/unix"

// hugePages asks for large pages, which spare kernels that walk through many megabytes most address translations.
// It is a request: the system may not have them.
func hugePages(b []byte) { unix.Madvise(b, unix.MADV_HUGEPAGE) }
