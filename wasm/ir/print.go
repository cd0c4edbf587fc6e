package ir

import (
	"fmt"
	"math"
	"strings"
)

func (b *Buffer) String() string { return fmt.Sprintf("%%%d", b.ID) }

// String prints the whole program: its buffers and its kernels.
func (p *Program) String() string {
	var s strings.Builder
	for _, b := range p.Buffers {
		place := [...]string{"temp", "input", "output", "const"}[b.Place]
		fmt.Fprintf(&s, "%v %s %v[%d]", b, place, b.Type, b.Len)
		switch {
		case b.Of != nil:
			fmt.Fprintf(&s, " of %v", b.Of)
		case b.Place == Temp:
			fmt.Fprintf(&s, " at %d", b.Offset)
		default:
			fmt.Fprintf(&s, " slot %d", b.Slot)
		}
		if b.Replaces != nil {
			fmt.Fprintf(&s, " may replace %v", b.Replaces)
		}
		s.WriteByte('\n')
	}
	printKernels(&s, "", p.Kernels)
	return s.String()
}

func printKernels(s *strings.Builder, indent string, kernels []Kernel) {
	for _, k := range kernels {
		for line := range strings.Lines(strings.TrimSuffix(k.String(), "\n") + "\n") {
			s.WriteString(indent + line)
		}
	}
}

func (k *If) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "if %v\n", k.Cond)
	printKernels(&s, "  ", k.Then)
	s.WriteString("else\n")
	printKernels(&s, "  ", k.Else)
	return s.String()
}

func (k *While) String() string {
	var s strings.Builder
	s.WriteString("while\n")
	printKernels(&s, "  ", k.Test)
	fmt.Fprintf(&s, "do %v\n", k.Cond)
	printKernels(&s, "  ", k.Body)
	return s.String()
}

// String prints the nest with loops named i, j, k, …; expressions that are used several times get a name.
func (n *Nest) String() string {
	uses := map[*Expr]int{}
	n.Walk(func(e *Expr) {
		for _, a := range e.Args {
			uses[a]++
		}
		if e.At.Dynamic != nil {
			uses[e.At.Dynamic]++
		}
	})
	for _, a := range n.Accs {
		uses[a.Init]++
		uses[a.Step]++
	}
	for _, st := range n.Stores {
		uses[st.Value]++
	}
	p := &printer{uses: uses, names: map[*Expr]string{}}
	fmt.Fprintf(&p.out, "nest %v", n.Dims)
	if len(n.Reduce) > 0 {
		fmt.Fprintf(&p.out, " reduce %v", n.Reduce)
	}
	if n.Serial {
		p.out.WriteString(" serial")
	}
	p.out.WriteByte('\n')
	for i, a := range n.Accs {
		p.line("acc%d: %v = %s", i, a.Type, p.expr(a.Init))
	}
	for i, a := range n.Accs {
		p.line("acc%d <- %s", i, p.expr(a.Step))
	}
	for _, st := range n.Stores {
		p.line("%v%s = %s", st.Buf, p.index(st.At), p.expr(st.Value))
	}
	return p.out.String()
}

type printer struct {
	out   strings.Builder
	uses  map[*Expr]int
	names map[*Expr]string
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.out, "  "+format+"\n", args...)
}

func (p *printer) index(at Index) string {
	s := at.Affine.String()
	if at.Dynamic != nil {
		s = p.expr(at.Dynamic) + " + " + s
	}
	return "[" + s + "]"
}

func (a Affine) String() string {
	var terms []string
	for i, s := range a.Strides {
		if name := loopName(i); s == 1 {
			terms = append(terms, name)
		} else if s != 0 {
			terms = append(terms, fmt.Sprintf("%d%s", s, name))
		}
	}
	if a.Base != 0 || len(terms) == 0 {
		terms = append(terms, fmt.Sprint(a.Base))
	}
	return strings.Join(terms, "+")
}

func loopName(i int) string {
	if i < 16 {
		return string(rune('i' + i))
	}
	return fmt.Sprintf("i%d", i)
}

func (p *printer) expr(e *Expr) string {
	if name, ok := p.names[e]; ok {
		return name
	}
	s := ""
	switch e.Op {
	case Constant:
		return e.value()
	case Load:
		s = e.Buf.String() + p.index(e.At)
	case Position:
		return "(" + e.At.Affine.String() + ")"
	case Accumulator:
		return fmt.Sprintf("acc%d", e.Acc)
	default:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = p.expr(a)
		}
		s = e.Op.String()
		if e.Op == Convert || e.Op == Bitcast {
			s += "." + e.Type.String()
		}
		s += "(" + strings.Join(args, ", ") + ")"
	}
	if p.uses[e] > 1 {
		name := fmt.Sprintf("x%d", len(p.names))
		p.names[e] = name
		p.line("%s = %s", name, s)
		return name
	}
	return s
}

func (e *Expr) value() string {
	switch {
	case e.Type == F64:
		return fmt.Sprint(math.Float64frombits(e.Bits))
	case e.Type.Float():
		return fmt.Sprint(math.Float32frombits(uint32(e.Bits)))
	case e.Type == Bool:
		return fmt.Sprint(e.Bits != 0)
	case e.Type.Unsigned():
		return fmt.Sprint(e.Bits & (1<<(8*e.Type.Size()-1)<<1 - 1))
	}
	return fmt.Sprint(int64(e.Bits))
}
