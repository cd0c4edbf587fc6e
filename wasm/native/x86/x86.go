// Package x86 encodes the few x86-64 instructions that native kernels are made of: AVX and AVX2 on 256-bit registers, and what
// loops and addresses need. It writes bytes and nothing else; package code makes them executable.
//
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2: chapter 2 for the formats, chapters 3 to 5
// for the instructions. Operands are in Intel's order, the destination first.
package x86

import "encoding/binary"

// Reg is a general-purpose register of 64 bits.
type Reg byte

// The general-purpose registers by their numbers.
const (
	RAX Reg = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
)

// Vec is a vector register, 0 to 15: a YMM register of eight float32.
type Vec byte

// Mem is the memory at Base + Index + Disp.
type Mem struct {
	Base  Reg
	Index Reg // RSP for none, as in the encoding
	Disp  int32
}

// At is the memory at base + disp.
func At(base Reg, disp int) Mem { return Mem{base, RSP, int32(disp)} }

// AtSum is the memory at base + index + disp.
func AtSum(base, index Reg, disp int) Mem { return Mem{base, index, int32(disp)} }

// Code is a sequence of instructions.
type Code struct{ Bytes []byte }

func (c *Code) put(b ...byte) { c.Bytes = append(c.Bytes, b...) }

func (c *Code) put32(v int32) { c.Bytes = binary.LittleEndian.AppendUint32(c.Bytes, uint32(v)) }

// modRM puts the operand bytes for a register (or an opcode's extension) and memory: ModR/M, SIB and displacement.
func (c *Code) modRM(reg byte, m Mem) {
	reg = reg & 7 << 3
	base := byte(m.Base) & 7
	mode := byte(0x80)
	switch {
	case m.Disp == 0 && base != 5: // base 5 without a displacement means an address relative to RIP
		mode = 0
	case m.Disp == int32(int8(m.Disp)):
		mode = 0x40
	}
	if m.Index != RSP || base == 4 { // base 4 means that a SIB byte follows
		c.put(mode|reg|4, byte(m.Index)&7<<3|base)
	} else {
		c.put(mode | reg | base)
	}
	switch mode {
	case 0x40:
		c.put(byte(m.Disp))
	case 0x80:
		c.put32(m.Disp)
	}
}

// modReg puts the operand byte for two registers.
func (c *Code) modReg(reg, rm byte) { c.put(0xC0 | reg&7<<3 | rm&7) }

func high(number byte) byte { return number >> 3 & 1 }
