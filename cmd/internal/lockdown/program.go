package lockdown

// Room: cmd. From the list of calls to the program that the kernel runs before each of them, and its hash.

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"golang.org/x/net/bpf"
)

// Verdicts of a seccomp program (linux/seccomp.h).
const (
	verdictKill  = 0x80000000
	verdictErrno = 0x00050000
	verdictAllow = 0x7fff0000
)

// Offsets in what the program is given (struct seccomp_data); arguments are little-endian on both processors.
const (
	offsetNumber    = 0
	offsetProcessor = 4
	offsetArguments = 16
)

// Processor is one that there is a filter for, by its Go name.
type Processor string

// The processors.
const (
	AMD64 Processor = "amd64"
	ARM64 Processor = "arm64"
)

// Published is the filter of one processor, to compare with what the kernel runs.
type Published struct {
	Processor Processor `json:"processor"`
	SHA256    string    `json:"sha256"` // of its instructions as the kernel keeps them, eight bytes each, in hexadecimal digits
	Length    int       `json:"instructions"`
}

// Filters are those of this build. They don't depend on Config: what differs between servers is Landlock's.
func Filters() ([]Published, error) {
	var all []Published
	for _, p := range []Processor{AMD64, ARM64} {
		program, err := assemble(p)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(encode(program))
		all = append(all, Published{p, hex.EncodeToString(sum[:]), len(program)})
	}
	return all, nil
}

// encode is the program as the kernel has it in memory (struct sock_filter, little-endian).
func encode(program []bpf.RawInstruction) []byte {
	var b []byte
	for _, i := range program {
		b = binary.LittleEndian.AppendUint16(b, i.Op)
		b = append(b, i.Jt, i.Jf)
		b = binary.LittleEndian.AppendUint32(b, i.K)
	}
	return b
}

func assemble(p Processor) ([]bpf.RawInstruction, error) {
	program := instructions(p)
	raw, err := bpf.Assemble(program)
	if err != nil {
		return nil, fmt.Errorf("the filter for %s: %w", p, err)
	}
	return raw, nil
}

// instructions asks for one call after the other; the kernel remembers which ones are allowed whatever their arguments.
func instructions(p Processor) []bpf.Instruction {
	processor := uint32(processorAMD64)
	if p == ARM64 {
		processor = processorARM64
	}
	program := []bpf.Instruction{
		bpf.LoadAbsolute{Off: offsetProcessor, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: processor, SkipTrue: 1},
		bpf.RetConstant{Val: verdictKill}, // the numbers would mean something else
		bpf.LoadAbsolute{Off: offsetNumber, Size: 4},
	}
	for _, c := range calls() {
		program = append(program, only(c.number(p), c.block(p))...)
	}
	for _, c := range absent() {
		program = append(program, only(c.number(p), []bpf.Instruction{bpf.RetConstant{Val: verdictErrno | errAbsent}})...)
	}
	return append(program, bpf.RetConstant{Val: verdictErrno | errPermission})
}

// only runs a block that returns, if the call has this number. Blocks are short enough for a jump: Assemble would say.
func only(number uint32, block []bpf.Instruction) []bpf.Instruction {
	return append([]bpf.Instruction{bpf.JumpIf{Cond: bpf.JumpEqual, Val: number, SkipFalse: uint8(len(block))}}, block...) //nolint:gosec // as said
}

func (c call) number(p Processor) uint32 {
	if p == ARM64 {
		return c.arm64
	}
	return c.amd64
}

// block decides on a call whose number is known.
func (c call) block(p Processor) []bpf.Instruction {
	allow := bpf.RetConstant{Val: verdictAllow}
	if len(c.ways) == 0 {
		return []bpf.Instruction{allow}
	}
	var block []bpf.Instruction
	for _, w := range c.ways {
		block = append(block, w.instructions(p)...)
	}
	return append(block, bpf.RetConstant{Val: verdictErrno | errPermission})
}

// instructions allow what fits, and else go on behind.
func (w way) instructions(p Processor) []bpf.Instruction {
	const test = 3 // instructions for one half
	var halves []half
	for _, c := range w {
		halves = append(halves, c.halves(p)...)
	}
	var program []bpf.Instruction
	for i, h := range halves {
		behind := (len(halves)-i-1)*test + 1 // what is left of the tests, and the allowing
		program = append(program,
			bpf.LoadAbsolute{Off: h.offset, Size: 4},
			bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: h.mask},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: h.want, SkipFalse: uint8(behind)}, //nolint:gosec // a dozen at most
		)
	}
	return append(program, bpf.RetConstant{Val: verdictAllow})
}

// half is 32 bits of an argument, which is what a program can load.
type half struct{ offset, mask, want uint32 }

func (c condition) halves(p Processor) []half {
	ignore := c.ignore.amd64
	if p == ARM64 {
		ignore = c.ignore.arm64
	}
	low := uint32(offsetArguments + 8*c.argument)           //nolint:gosec // six arguments
	parts := []half{{low, ^uint32(ignore), uint32(c.want)}} //nolint:gosec // the lower half
	if upper := ^uint32(ignore >> 32); upper != 0 {         //nolint:gosec // the upper half
		parts = append(parts, half{low + 4, upper, uint32(c.want >> 32)}) //nolint:gosec // as above
	}
	return parts
}
