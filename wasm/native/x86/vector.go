package x86

// Opcode maps and prefixes, as the VEX prefix numbers them.
const (
	map0F   = 1
	map0F38 = 2
	map0F3A = 3

	none = 0
	p66  = 1
	pF3  = 2
)

// vex puts a VEX prefix for 256-bit vectors and an opcode. W is zero in all of them. The prefix is two bytes long where it can be.
func (c *Code) vex(opcodes, prefix, opcode, reg, v, index, base byte) {
	r, x, b := high(reg)^1, high(index)^1, high(base)^1
	rest := ^v&15<<3 | 1<<2 | prefix
	if opcodes == map0F && x == 1 && b == 1 {
		c.put(0xC5, r<<7|rest, opcode)
		return
	}
	c.put(0xC4, r<<7|x<<6|b<<5|opcodes, rest, opcode)
}

// three puts an instruction on three registers.
func (c *Code) three(opcodes, prefix, opcode byte, to, a, b Vec) {
	c.vex(opcodes, prefix, opcode, byte(to), byte(a), 0, byte(b))
	c.modReg(byte(to), byte(b))
}

// vectorMemory puts an instruction on a register, or two, and memory.
func (c *Code) vectorMemory(opcodes, prefix, opcode byte, r, v Vec, m Mem) {
	index := m.Index
	if index == RSP {
		index = 0
	}
	c.vex(opcodes, prefix, opcode, byte(r), byte(v), byte(index), byte(m.Base))
	c.modRM(byte(r), m)
}

// LoadVec is VMOVUPS ymm, m256.
func (c *Code) LoadVec(r Vec, m Mem) { c.vectorMemory(map0F, none, 0x10, r, 0, m) }

// StoreVec is VMOVUPS m256, ymm.
func (c *Code) StoreVec(m Mem, r Vec) { c.vectorMemory(map0F, none, 0x11, r, 0, m) }

// Broadcast is VBROADCASTSS ymm, m32.
func (c *Code) Broadcast(r Vec, m Mem) { c.vectorMemory(map0F38, p66, 0x18, r, 0, m) }

// LoadMasked is VMASKMOVPS ymm, ymm, m256: lanes whose mask has no sign bit become zero, and their memory is not touched.
func (c *Code) LoadMasked(r, mask Vec, m Mem) { c.vectorMemory(map0F38, p66, 0x2C, r, mask, m) }

// StoreMasked is VMASKMOVPS m256, ymm, ymm: it does not touch the memory of lanes whose mask has no sign bit.
func (c *Code) StoreMasked(m Mem, mask, r Vec) { c.vectorMemory(map0F38, p66, 0x2E, r, mask, m) }

// Zero is VXORPS of a register with itself.
func (c *Code) Zero(r Vec) { c.three(map0F, none, 0x57, r, r, r) }

// UnpackLow and UnpackHigh are VUNPCKLPS and VUNPCKHPS ymm, ymm, ymm.
func (c *Code) UnpackLow(to, a, b Vec)  { c.three(map0F, none, 0x14, to, a, b) }
func (c *Code) UnpackHigh(to, a, b Vec) { c.three(map0F, none, 0x15, to, a, b) }

// UnpackLowPairs and UnpackHighPairs are VUNPCKLPD and VUNPCKHPD ymm, ymm, ymm.
func (c *Code) UnpackLowPairs(to, a, b Vec)  { c.three(map0F, p66, 0x14, to, a, b) }
func (c *Code) UnpackHighPairs(to, a, b Vec) { c.three(map0F, p66, 0x15, to, a, b) }

// Halves is VPERM2F128 ymm, ymm, ymm, imm8: to's lower half is half low of a (0, 1) and b (2, 3), its upper half is half up.
func (c *Code) Halves(to, a, b Vec, low, up byte) {
	c.three(map0F3A, p66, 0x06, to, a, b)
	c.put(up<<4 | low)
}

// ZeroUpper is VZEROUPPER: code that uses 128-bit registers the old way is slow until it has been done.
func (c *Code) ZeroUpper() { c.put(0xC5, 0xF8, 0x77) }
