package x86

import (
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "make testdata/bytes.txt with GNU as and objdump, which need not be there otherwise")

// bytes.txt has a line for each instruction: its bytes, as GNU as encodes them, and its text.
//
//go:embed testdata/bytes.txt
var table string

func general(r Reg) string {
	return [...]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}[r]
}

func place(size string, m Mem) string {
	s := size + " ptr [" + general(m.Base)
	if m.Index != RSP {
		s += "+" + general(m.Index)
	}
	if m.Disp != 0 {
		s += fmt.Sprintf("%+d", m.Disp)
	}
	return s + "]"
}

// instruction is one of the encoder and its text for the assembler.
type instruction struct {
	text string
	put  func(c *Code)
}

// arithmetic names the instructions of type Arith.
var arithmetic = []struct {
	name string
	op   Arith
}{
	{"vaddps", AddPS}, {"vsubps", SubPS}, {"vmulps", MulPS}, {"vdivps", DivPS}, {"vminps", MinPS}, {"vmaxps", MaxPS},
	{"vandps", And}, {"vandnps", AndNot}, {"vorps", Or}, {"vxorps", Xor}, {"vsqrtps", SqrtPS},
	{"vroundps", NearestPS}, {"vroundps", FloorPS}, {"vroundps", CeilPS},
	{"vcmpps", EqualPS}, {"vcmpps", UnorderedPS}, {"vcmpps", UnequalPS}, {"vcmpps", LessPS}, {"vcmpps", LessOrEqualPS},
	{"vcmpps", GreaterOrEqualPS}, {"vcmpps", GreaterPS},
	{"vpaddd", AddInt}, {"vpsubd", SubInt}, {"vpmulld", MulInt}, {"vpminsd", MinInt}, {"vpminud", MinUint}, {"vpmaxsd", MaxInt},
	{"vpmaxud", MaxUint}, {"vpcmpeqd", EqualInt}, {"vpcmpgtd", GreaterInt}, {"vpabsd", AbsInt}, {"vcvtdq2ps", IntToPS}, {"vcvttps2dq", PSToInt},
}

// instructions are all that the encoder has, each with registers from both halves and every form of address.
func instructions() (list []instruction) {
	add := func(put func(c *Code), format string, args ...any) {
		list = append(list, instruction{fmt.Sprintf(format, args...), put})
	}
	regs := []Reg{RAX, RCX, RDX, RBX, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15}
	var memories []Mem
	for i, base := range append(regs, RSP) {
		disp := []int{0, 8, -128, 127, 128, -129, 1 << 20, -1 << 30}[i%8]
		memories = append(memories, At(base, disp), At(base, 0), AtSum(base, regs[(5*i+2)%len(regs)], disp))
	}
	for i, m := range memories {
		r, v, k := regs[(7*i+3)%len(regs)], Vec((5*i+9)%16), Vec((3*i+1)%16)
		add(func(c *Code) { c.Load(r, m) }, "mov %s, %s", general(r), place("qword", m))
		add(func(c *Code) { c.Store(m, r) }, "mov %s, %s", place("qword", m), general(r))
		add(func(c *Code) { c.Load32(r, m) }, "movsxd %s, %s", general(r), place("dword", m))
		add(func(c *Code) { c.Lea(r, m) }, "lea %s, %s", general(r), strings.TrimPrefix(place("", m), " ptr "))
		n := int8(40 * i)
		add(func(c *Code) { c.AddToMem(m, n) }, "add %s, %d", place("qword", m), n)
		add(func(c *Code) { c.LoadVec(v, m) }, "vmovups ymm%d, %s", v, place("ymmword", m))
		add(func(c *Code) { c.StoreVec(m, v) }, "vmovups %s, ymm%d", place("ymmword", m), v)
		add(func(c *Code) { c.Broadcast(v, m) }, "vbroadcastss ymm%d, %s", v, place("dword", m))
		add(func(c *Code) { c.LoadMasked(v, k, m) }, "vmaskmovps ymm%d, ymm%d, %s", v, k, place("ymmword", m))
		add(func(c *Code) { c.StoreMasked(m, k, v) }, "vmaskmovps %s, ymm%d, ymm%d", place("ymmword", m), k, v)
	}
	for i, r := range regs {
		from := regs[(4*i+7)%len(regs)]
		n := []int{1, -1, 127, 128, -128, -129, 1 << 30, -1 << 31}[i%8]
		add(func(c *Code) { c.Move(r, from) }, "mov %s, %s", general(r), general(from))
		add(func(c *Code) { c.LeaCode(r) }, "lea %s, [rip]", general(r))
		add(func(c *Code) { c.Add(r, from) }, "add %s, %s", general(r), general(from))
		add(func(c *Code) { c.Set(r, n) }, "mov %s, %d", general(r), n)
		if r != RAX || n == int(int8(n)) { // the assembler has a shorter form for rax and long numbers
			add(func(c *Code) { c.AddConst(r, n) }, "add %s, %d", general(r), n)
		}
	}
	for i := range 16 {
		to, a, b := Vec(i), Vec((3*i+5)%16), Vec((7*i+2)%16)
		three := func(name string, put func(c *Code, to, a, b Vec)) {
			add(func(c *Code) { put(c, to, a, b) }, "%s ymm%d, ymm%d, ymm%d", name, to, a, b)
		}
		for _, o := range arithmetic {
			name, operands, last := o.name, fmt.Sprintf("ymm%d, ymm%d", to, a), ""
			if o.op.Unary {
				operands = fmt.Sprintf("ymm%d", to)
			}
			if o.op.imm {
				last = fmt.Sprintf(", %d", o.op.constant)
			}
			first := a
			if o.op.Unary {
				first = 0
			}
			m := memories[(3*i+int(o.op.opcode))%len(memories)]
			add(func(c *Code) { c.Arith(o.op, to, first, b) }, "%s %s, ymm%d%s", name, operands, b, last)
			add(func(c *Code) { c.ArithMem(o.op, to, first, m) }, "%s %s, %s%s", name, operands, place("ymmword", m), last)
		}
		add(func(c *Code) { c.Shift(ShiftRight, to, a, byte(2*i)) }, "vpsrld ymm%d, ymm%d, %d", to, a, 2*i)
		add(func(c *Code) { c.Shift(ShiftRightSigned, to, a, byte(2*i)) }, "vpsrad ymm%d, ymm%d, %d", to, a, 2*i)
		add(func(c *Code) { c.Shift(ShiftLeft, to, a, byte(2*i)) }, "vpslld ymm%d, ymm%d, %d", to, a, 2*i)
		add(func(c *Code) { c.Blend(to, a, b, Vec(i/2)) }, "vblendvps ymm%d, ymm%d, ymm%d, ymm%d", to, a, b, i/2)
		add(func(c *Code) { c.MoveVec(to, b) }, "vmovaps ymm%d, ymm%d", to, b)
		three("vunpcklps", (*Code).UnpackLow)
		three("vunpckhps", (*Code).UnpackHigh)
		three("vunpcklpd", (*Code).UnpackLowPairs)
		three("vunpckhpd", (*Code).UnpackHighPairs)
		add(func(c *Code) { c.Zero(to) }, "vxorps ymm%d, ymm%d, ymm%d", to, to, to)
		low, up := byte(i%4), byte(i/4)
		add(func(c *Code) { c.Halves(to, a, b, low, up) }, "vperm2f128 ymm%d, ymm%d, ymm%d, %d", to, a, b, up<<4|low)
	}
	add((*Code).ZeroUpper, "vzeroupper")
	add((*Code).Ret, "ret")
	return list
}

func TestBytes(t *testing.T) {
	list := instructions()
	if *update {
		assemble(t, list)
	}
	want := map[string]string{}
	for line := range strings.Lines(table) {
		bytes, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		want[text] = bytes
	}
	seen := map[string]bool{}
	for _, i := range list {
		var c Code
		i.put(&c)
		if got := hex.EncodeToString(c.Bytes); got != want[i.text] {
			t.Errorf("%s is %s, want %s", i.text, got, want[i.text])
		}
		seen[i.text] = true
	}
	if len(seen) != len(want) {
		t.Errorf("%d instructions, %d in the table", len(seen), len(want))
	}
}

// assemble writes the table.
func assemble(t *testing.T, list []instruction) {
	t.Helper()
	dir := t.TempDir()
	source, object := filepath.Join(dir, "a.s"), filepath.Join(dir, "a.o")
	text := ".intel_syntax noprefix\n"
	for _, i := range list {
		text += i.text + "\n"
	}
	if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("as", "-o", object, source).CombinedOutput(); err != nil {
		t.Fatalf("as: %v\n%s", err, out)
	}
	out, err := exec.Command("objdump", "-d", "-w", "--insn-width=15", object).Output()
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^\s+[0-9a-f]+:\t([0-9a-f ]+?)\s*\t`)
	found := line.FindAllStringSubmatch(string(out), -1)
	if len(found) != len(list) {
		t.Fatalf("%d lines of objdump for %d instructions", len(found), len(list))
	}
	table = ""
	done := map[string]bool{}
	for i, f := range found {
		if entry := strings.ReplaceAll(f[1], " ", "") + "\t" + list[i].text + "\n"; !done[entry] {
			done[entry] = true
			table += entry
		}
	}
	if err := os.WriteFile("testdata/bytes.txt", []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A jump back lands where it should, near or far, and padding fills what it is asked to.
func TestJumpNotZero(t *testing.T) {
	for _, n := range []int{0, 100, 126, 127, 200} {
		var c Code
		c.Ret()
		top := c.Here()
		for range n {
			c.Ret()
		}
		c.JumpNotZero(top)
		var to int
		switch b := c.Bytes[top+n:]; b[0] {
		case 0x75: // JNZ rel8
			to = len(c.Bytes) + int(int8(b[1]))
		case 0x0F: // JNZ rel32
			to = len(c.Bytes) + int(int32(uint32(b[2])|uint32(b[3])<<8|uint32(b[4])<<16|uint32(b[5])<<24))
		}
		if to != top {
			t.Errorf("over %d bytes it goes to %d, want %d", n, to, top)
		}
		if far := len(c.Bytes) - top - n; (far == 6) != (n > 126) {
			t.Errorf("over %d bytes it has %d bytes", n, far)
		}
	}
}

// The address of code or data is counted from the instruction's end.
func TestSetLea(t *testing.T) {
	for _, n := range []int{0, 1, 1000} {
		var c Code
		c.Ret()
		lea := c.LeaCode(R15)
		for range n {
			c.Ret()
		}
		c.SetLea(lea)
		if to := lea + int(binary.LittleEndian.Uint32(c.Bytes[lea-4:])); to != len(c.Bytes) {
			t.Errorf("over %d bytes it goes to %d, want %d", n, to, len(c.Bytes))
		}
	}
}

func TestAlign(t *testing.T) {
	for n := range 40 {
		c := Code{Bytes: make([]byte, n)}
		c.Align(32)
		if len(c.Bytes)%32 != 0 || len(c.Bytes) >= n+32 {
			t.Errorf("%d bytes became %d", n, len(c.Bytes))
		}
	}
}
