//go:build linux || darwin

#include "textflag.h"

// func Call(entry uintptr, args unsafe.Pointer)
TEXT ·Call(SB), NOSPLIT, $8-16
	MOVQ entry+0(FP), AX
	MOVQ args+8(FP), DI
	CALL AX
	RET
