package x86

// Arith is an instruction to = a op b on the lanes of 256-bit vectors, whose b may be in memory.
type Arith struct {
	opcodes, prefix, opcode byte
	// Unary instructions have no a: they are to = op b, and a must be 0.
	Unary    bool
	imm      bool // an immediate byte follows
	constant byte
}

// Instructions on float32 and on bits.
var (
	AddPS  = Arith{opcode: 0x58, opcodes: map0F}
	SubPS  = Arith{opcode: 0x5C, opcodes: map0F}
	MulPS  = Arith{opcode: 0x59, opcodes: map0F}
	DivPS  = Arith{opcode: 0x5E, opcodes: map0F}
	MinPS  = Arith{opcode: 0x5D, opcodes: map0F} // where one of two numbers is NaN, or both are zeros, it takes b's
	MaxPS  = Arith{opcode: 0x5F, opcodes: map0F} // so does this
	And    = Arith{opcode: 0x54, opcodes: map0F}
	AndNot = Arith{opcode: 0x55, opcodes: map0F} // the bits of b that a does not have
	Or     = Arith{opcode: 0x56, opcodes: map0F}
	Xor    = Arith{opcode: 0x57, opcodes: map0F}
	SqrtPS = Arith{opcode: 0x51, opcodes: map0F, Unary: true}

	NearestPS = Arith{opcode: 0x08, opcodes: map0F3A, prefix: p66, Unary: true, imm: true, constant: 8} // to even
	FloorPS   = Arith{opcode: 0x08, opcodes: map0F3A, prefix: p66, Unary: true, imm: true, constant: 9}
	CeilPS    = Arith{opcode: 0x08, opcodes: map0F3A, prefix: p66, Unary: true, imm: true, constant: 10}

	// Comparisons make lanes all ones or zeros. A NaN is unequal to everything, and neither less nor greater.
	EqualPS          = Arith{opcode: 0xC2, opcodes: map0F, imm: true, constant: 0x00}
	UnorderedPS      = Arith{opcode: 0xC2, opcodes: map0F, imm: true, constant: 0x03} // a or b is NaN
	UnequalPS        = Arith{opcode: 0xC2, opcodes: map0F, imm: true, constant: 0x04}
	LessPS           = Arith{opcode: 0xC2, opcodes: map0F, imm: true, constant: 0x11}
	LessOrEqualPS    = Arith{opcode: 0xC2, opcodes: map0F, imm: true, constant: 0x12}
	GreaterOrEqualPS = Arith{opcode: 0xC2, opcodes: map0F, imm: true, constant: 0x1D}
	GreaterPS        = Arith{opcode: 0xC2, opcodes: map0F, imm: true, constant: 0x1E}
)

// Instructions on integers of 32 bits.
var (
	AddInt     = Arith{opcode: 0xFE, opcodes: map0F, prefix: p66}
	SubInt     = Arith{opcode: 0xFA, opcodes: map0F, prefix: p66}
	MulInt     = Arith{opcode: 0x40, opcodes: map0F38, prefix: p66}
	MinInt     = Arith{opcode: 0x39, opcodes: map0F38, prefix: p66}
	MinUint    = Arith{opcode: 0x3B, opcodes: map0F38, prefix: p66}
	MaxInt     = Arith{opcode: 0x3D, opcodes: map0F38, prefix: p66}
	MaxUint    = Arith{opcode: 0x3F, opcodes: map0F38, prefix: p66}
	EqualInt   = Arith{opcode: 0x76, opcodes: map0F, prefix: p66}
	GreaterInt = Arith{opcode: 0x66, opcodes: map0F, prefix: p66}
	AbsInt     = Arith{opcode: 0x1E, opcodes: map0F38, prefix: p66, Unary: true}

	IntToPS = Arith{opcode: 0x5B, opcodes: map0F, Unary: true}
	PSToInt = Arith{opcode: 0x5B, opcodes: map0F, prefix: pF3, Unary: true} // towards zero; 1<<31 where it does not fit, or of a NaN
)

// Arith puts an instruction on registers.
func (c *Code) Arith(op Arith, to, a, b Vec) {
	c.three(op.opcodes, op.prefix, op.opcode, to, a, b)
	c.immediate(op)
}

// ArithMem puts an instruction whose b is in memory.
func (c *Code) ArithMem(op Arith, to, a Vec, b Mem) {
	c.vectorMemory(op.opcodes, op.prefix, op.opcode, to, a, b)
	c.immediate(op)
}

func (c *Code) immediate(op Arith) {
	if op.imm {
		c.put(op.constant)
	}
}

// Shift is a shift of each lane by a constant.
type Shift byte

// The shifts, by their opcodes' extensions.
const (
	ShiftRight       Shift = 2 // with zeros
	ShiftRightSigned Shift = 4 // with the sign
	ShiftLeft        Shift = 6
)

// Shift is VPSRLD, VPSRAD or VPSLLD ymm, ymm, imm8.
func (c *Code) Shift(s Shift, to, a Vec, n byte) {
	c.vex(map0F, p66, 0x72, byte(s), byte(to), 0, byte(a))
	c.modReg(byte(s), byte(a))
	c.put(n)
}

// Blend is VBLENDVPS ymm, ymm, ymm, ymm: b's lanes where the mask's sign bit is set, else a's.
func (c *Code) Blend(to, a, b, mask Vec) {
	c.three(map0F3A, p66, 0x4A, to, a, b)
	c.put(byte(mask) << 4)
}

// MoveVec is VMOVAPS ymm, ymm, in the shorter of its two forms.
func (c *Code) MoveVec(to, from Vec) {
	if from >= 8 && to < 8 {
		c.three(map0F, none, 0x29, from, 0, to)
		return
	}
	c.three(map0F, none, 0x28, to, 0, from)
}
