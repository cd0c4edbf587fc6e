package x86

import "encoding/binary"

// rex puts the prefix of an instruction on 64-bit registers.
func (c *Code) rex(reg, index, base byte) {
	c.put(0x48 | high(reg)<<2 | high(index)<<1 | high(base))
}

// memory puts an instruction on a 64-bit register and memory.
func (c *Code) memory(opcode byte, r Reg, m Mem) {
	c.rex(byte(r), byte(m.Index), byte(m.Base))
	c.put(opcode)
	c.modRM(byte(r), m)
}

// Load is MOV r64, m64.
func (c *Code) Load(r Reg, m Mem) { c.memory(0x8B, r, m) }

// Store is MOV m64, r64.
func (c *Code) Store(m Mem, r Reg) { c.memory(0x89, r, m) }

// Lea is LEA r64, m.
func (c *Code) Lea(r Reg, m Mem) { c.memory(0x8D, r, m) }

// LeaCode is LEA r64, [RIP + …]: the address of a place in the code, which SetLea is told later. It returns the instruction's place.
func (c *Code) LeaCode(r Reg) (instruction int) {
	c.rex(byte(r), 0, 0)
	c.put(0x8D, byte(r)&7<<3|5)
	c.put32(0)
	return len(c.Bytes)
}

// SetLea lets an instruction of LeaCode give the address of the next instruction, or of data that stand there.
func (c *Code) SetLea(instruction int) {
	binary.LittleEndian.PutUint32(c.Bytes[instruction-4:], uint32(len(c.Bytes)-instruction))
}

// Load32 is MOVSXD r64, m32: the number is signed.
func (c *Code) Load32(r Reg, m Mem) { c.memory(0x63, r, m) }

// Move is MOV r64, r64.
func (c *Code) Move(to, from Reg) {
	c.rex(byte(from), 0, byte(to))
	c.put(0x89)
	c.modReg(byte(from), byte(to))
}

// Set is MOV r64, imm32: the number is signed.
func (c *Code) Set(r Reg, v int) {
	c.rex(0, 0, byte(r))
	c.put(0xC7)
	c.modReg(0, byte(r))
	c.put32(int32(v))
}

// Add is ADD r64, r64.
func (c *Code) Add(to, from Reg) {
	c.rex(byte(from), 0, byte(to))
	c.put(0x01)
	c.modReg(byte(from), byte(to))
}

// AddConst is ADD r64, imm: the number is signed and has 32 bits at most.
func (c *Code) AddConst(r Reg, v int) {
	c.rex(0, 0, byte(r))
	if v == int(int8(v)) {
		c.put(0x83)
		c.modReg(0, byte(r))
		c.put(byte(v))
		return
	}
	c.put(0x81)
	c.modReg(0, byte(r))
	c.put32(int32(v))
}

// AddToMem is ADD m64, imm8: the number is signed.
func (c *Code) AddToMem(m Mem, v int8) {
	c.rex(0, byte(m.Index), byte(m.Base))
	c.put(0x83)
	c.modRM(0, m)
	c.put(byte(v))
}

// Here is the place of the next instruction, for JumpNotZero.
func (c *Code) Here() int { return len(c.Bytes) }

// Align puts instructions that do nothing until the next one stands at a multiple of n bytes from the code's start.
func (c *Code) Align(n int) {
	for pad := -len(c.Bytes) & (n - 1); pad > 0; {
		some := min(pad, len(nops))
		c.put(nops[some-1]...)
		pad -= some
	}
}

// nops are the recommended forms of NOP, by length; Intel's manual, volume 2, under NOP.
var nops = [...][]byte{
	{0x90},
	{0x66, 0x90},
	{0x0F, 0x1F, 0x00},
	{0x0F, 0x1F, 0x40, 0x00},
	{0x0F, 0x1F, 0x44, 0x00, 0x00},
	{0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00},
	{0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00},
	{0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
	{0x66, 0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
}

// JumpNotZero is JNZ to a place before: it jumps if the last addition's result was not zero.
func (c *Code) JumpNotZero(to int) {
	if near := to - len(c.Bytes) - 2; near >= -128 {
		c.put(0x75, byte(near))
		return
	}
	c.put(0x0F, 0x85)
	c.put32(int32(to - len(c.Bytes) - 4))
}

// Ret is RET.
func (c *Code) Ret() { c.put(0xC3) }
