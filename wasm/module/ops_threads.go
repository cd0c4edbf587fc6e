package module

// Threads: atomic access to a shared memory. Addresses must be multiples of the width.
var (
	MemoryAtomicNotify  = MemOp{define("memory.atomic.notify", "ii:i", 4, 0, 0xfe, 0x00)}
	MemoryAtomicWait32  = MemOp{define("memory.atomic.wait32", "iiI:i", 4, 0, 0xfe, 0x01)}
	MemoryAtomicWait64  = MemOp{define("memory.atomic.wait64", "iII:i", 8, 0, 0xfe, 0x02)}
	AtomicFence         = Op{define("atomic.fence", ":", 0, 0, 0xfe, 0x03, 0x00)}
	I32AtomicLoad       = MemOp{define("i32.atomic.load", "i:i", 4, 0, 0xfe, 0x10)}
	I64AtomicLoad       = MemOp{define("i64.atomic.load", "i:I", 8, 0, 0xfe, 0x11)}
	I32AtomicLoad8U     = MemOp{define("i32.atomic.load8_u", "i:i", 1, 0, 0xfe, 0x12)}
	I32AtomicLoad16U    = MemOp{define("i32.atomic.load16_u", "i:i", 2, 0, 0xfe, 0x13)}
	I64AtomicLoad8U     = MemOp{define("i64.atomic.load8_u", "i:I", 1, 0, 0xfe, 0x14)}
	I64AtomicLoad16U    = MemOp{define("i64.atomic.load16_u", "i:I", 2, 0, 0xfe, 0x15)}
	I64AtomicLoad32U    = MemOp{define("i64.atomic.load32_u", "i:I", 4, 0, 0xfe, 0x16)}
	I32AtomicStore      = MemOp{define("i32.atomic.store", "ii:", 4, 0, 0xfe, 0x17)}
	I64AtomicStore      = MemOp{define("i64.atomic.store", "iI:", 8, 0, 0xfe, 0x18)}
	I32AtomicStore8     = MemOp{define("i32.atomic.store8", "ii:", 1, 0, 0xfe, 0x19)}
	I32AtomicStore16    = MemOp{define("i32.atomic.store16", "ii:", 2, 0, 0xfe, 0x1a)}
	I64AtomicStore8     = MemOp{define("i64.atomic.store8", "iI:", 1, 0, 0xfe, 0x1b)}
	I64AtomicStore16    = MemOp{define("i64.atomic.store16", "iI:", 2, 0, 0xfe, 0x1c)}
	I64AtomicStore32    = MemOp{define("i64.atomic.store32", "iI:", 4, 0, 0xfe, 0x1d)}
	I32AtomicRmwAdd     = MemOp{define("i32.atomic.rmw.add", "ii:i", 4, 0, 0xfe, 0x1e)}
	I64AtomicRmwAdd     = MemOp{define("i64.atomic.rmw.add", "iI:I", 8, 0, 0xfe, 0x1f)}
	I32AtomicRmwSub     = MemOp{define("i32.atomic.rmw.sub", "ii:i", 4, 0, 0xfe, 0x25)}
	I64AtomicRmwSub     = MemOp{define("i64.atomic.rmw.sub", "iI:I", 8, 0, 0xfe, 0x26)}
	I32AtomicRmwAnd     = MemOp{define("i32.atomic.rmw.and", "ii:i", 4, 0, 0xfe, 0x2c)}
	I64AtomicRmwAnd     = MemOp{define("i64.atomic.rmw.and", "iI:I", 8, 0, 0xfe, 0x2d)}
	I32AtomicRmwOr      = MemOp{define("i32.atomic.rmw.or", "ii:i", 4, 0, 0xfe, 0x33)}
	I64AtomicRmwOr      = MemOp{define("i64.atomic.rmw.or", "iI:I", 8, 0, 0xfe, 0x34)}
	I32AtomicRmwXor     = MemOp{define("i32.atomic.rmw.xor", "ii:i", 4, 0, 0xfe, 0x3a)}
	I64AtomicRmwXor     = MemOp{define("i64.atomic.rmw.xor", "iI:I", 8, 0, 0xfe, 0x3b)}
	I32AtomicRmwXchg    = MemOp{define("i32.atomic.rmw.xchg", "ii:i", 4, 0, 0xfe, 0x41)}
	I64AtomicRmwXchg    = MemOp{define("i64.atomic.rmw.xchg", "iI:I", 8, 0, 0xfe, 0x42)}
	I32AtomicRmwCmpxchg = MemOp{define("i32.atomic.rmw.cmpxchg", "iii:i", 4, 0, 0xfe, 0x48)}
	I64AtomicRmwCmpxchg = MemOp{define("i64.atomic.rmw.cmpxchg", "iII:I", 8, 0, 0xfe, 0x49)}
)
