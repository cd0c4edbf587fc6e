package run

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"

	"unpool/core/recipe"
)

// MaxMarks is how many marks a Proof has at most.
const MaxMarks = 8

// Proof is what a link carries of an exact run, by which another computer can tell whether it computes the same, and if not, since when.
type Proof struct {
	Weights string // as End.WeightsSHA256
	Marks   []Mark // in order of step
}

// Mark is a short hash of all evaluations up to a step.
type Mark struct {
	Step int
	Hash uint32
}

// Why a run has no Proof.
var (
	ErrNotExact  = errors.New("the run was not exact, so another browser or another number of threads adds numbers in another order")
	ErrUnproven  = errors.New("the run was not trained to its end")
	ErrByHand    = errors.New("the learning rate was changed by hand during the run")
	ErrResumed   = errors.New("the run was trained further after it had ended, so it was measured on all test images in between")
	ErrOtherBits = errors.New("the run was computed by a backend whose numbers are its own")
)

// Proof returns the proof of an exact run that is done, at eight evaluations at most. The errors are ErrNotExact, ErrByHand, ErrResumed,
// ErrOtherBits and, of a run that has yet to end, ErrUnproven.
func (v *View) Proof() (p Proof, err error) {
	switch {
	case v.Start == nil:
		return p, ErrUnproven
	case !v.Start.Recipe.Exact:
		return p, ErrNotExact
	case len(v.Rates) > 0:
		return p, ErrByHand
	case v.resumed():
		return p, ErrResumed
	case !v.Start.SameBits(Where{Backend: "wasm"}):
		return p, ErrOtherBits
	case v.Phase != Done || v.End == nil || v.End.WeightsSHA256 == "":
		return p, ErrUnproven
	}
	all := v.marks()
	n := min(MaxMarks, len(all))
	for i := range n {
		p.Marks = append(p.Marks, all[(i+1)*len(all)/n-1])
	}
	p.Weights = v.End.WeightsSHA256
	return p, nil
}

// resumed reports whether an evaluation before the last was an end's.
func (v *View) resumed() bool {
	return slices.ContainsFunc(v.Metrics[:max(0, len(v.Metrics)-1)], func(m Evaluation) bool { return m.Final })
}

// marks has a mark for each evaluation that the recipe asks for: a sweep may have parked the run elsewhere, and measured it there.
func (v *View) marks() (all []Mark) {
	sum := fnv.New32a()
	for _, m := range v.Metrics {
		if !m.Final && m.Step%v.Start.Recipe.EvalEvery != 0 {
			continue
		}
		for _, bits := range []uint64{uint64(m.Step), math.Float64bits(m.Test.Loss), math.Float64bits(m.Test.Accuracy)} {
			sum.Write(binary.LittleEndian.AppendUint64(nil, bits))
		}
		all = append(all, Mark{m.Step, sum.Sum32()})
	}
	return all
}

// String is the proof's text in links: "WEIGHTS.STEP-HASH.STEP-HASH…".
func (p Proof) String() string {
	var s strings.Builder
	s.WriteString(p.Weights)
	for _, m := range p.Marks {
		fmt.Fprintf(&s, ".%d-%08x", m.Step, m.Hash)
	}
	return s.String()
}

// ParseProof reads what String writes.
func ParseProof(text string) (p Proof, err error) {
	damaged := errors.New("the result that the link carries is damaged: copy the whole link")
	weights, rest, _ := strings.Cut(text, ".")
	if raw, err := hex.DecodeString(weights); err != nil || len(raw) != 32 || weights != strings.ToLower(weights) {
		return p, damaged
	}
	p.Weights = weights
	for part := range strings.SplitSeq(rest, ".") {
		step, hash, _ := strings.Cut(part, "-")
		n, err := strconv.ParseUint(step, 10, 31)
		h, wrong := strconv.ParseUint(hash, 16, 32)
		after := -1
		if k := len(p.Marks); k > 0 {
			after = p.Marks[k-1].Step
		}
		if err != nil || wrong != nil || len(hash) != 8 || int(n) <= after || len(p.Marks) == MaxMarks {
			return Proof{}, damaged
		}
		p.Marks = append(p.Marks, Mark{int(n), uint32(h)})
	}
	return p, nil
}

// Agreement is how far a run agrees with a proof.
type Agreement struct {
	Same      int  // marks that agree, from the first on
	Parted    bool // the next mark does not, or the weights at the end
	Identical bool // all marks and the weights are the same
}

// Check compares a run with the proof of another of the same recipe. The run may be under way.
func (p Proof) Check(v *View) (a Agreement) {
	if v.Start == nil {
		return a
	}
	at, all := 0, v.marks()
	for i, want := range p.Marks {
		for at < len(all) && all[at].Step < want.Step {
			at++
		}
		if at == len(all) {
			break
		}
		last := i == len(p.Marks)-1
		if last && v.Phase.Active() {
			break // the evaluation on all test images may be still to come
		}
		if all[at] != want {
			a.Parted = true
			return a
		}
		a.Same++
	}
	if v.Phase == Done {
		a.Identical = v.End.WeightsSHA256 == p.Weights && a.Same == len(p.Marks)
		a.Parted = !a.Identical
	}
	return a
}

// Query is the run's recipe in a link's form, with its proof where it has one.
func (v *View) Query() string {
	query := v.Start.Recipe.Query()
	if p, err := v.Proof(); err == nil {
		query += "&" + recipe.ProofName + "=" + p.String()
	}
	return query
}
