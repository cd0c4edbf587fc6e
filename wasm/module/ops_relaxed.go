package module

// Relaxed SIMD: results may differ between machines in stated ways. A relaxed_madd may or may not round its product.
var (
	I8x16RelaxedSwizzle           = Op{define("i8x16.relaxed_swizzle", "vv:v", 0, 0, 0xfd, 0x80, 0x02)}
	I32x4RelaxedTruncF32x4S       = Op{define("i32x4.relaxed_trunc_f32x4_s", "v:v", 0, 0, 0xfd, 0x81, 0x02)}
	I32x4RelaxedTruncF32x4U       = Op{define("i32x4.relaxed_trunc_f32x4_u", "v:v", 0, 0, 0xfd, 0x82, 0x02)}
	I32x4RelaxedTruncF64x2SZero   = Op{define("i32x4.relaxed_trunc_f64x2_s_zero", "v:v", 0, 0, 0xfd, 0x83, 0x02)}
	I32x4RelaxedTruncF64x2UZero   = Op{define("i32x4.relaxed_trunc_f64x2_u_zero", "v:v", 0, 0, 0xfd, 0x84, 0x02)}
	F32x4RelaxedMadd              = Op{define("f32x4.relaxed_madd", "vvv:v", 0, 0, 0xfd, 0x85, 0x02)}
	F32x4RelaxedNmadd             = Op{define("f32x4.relaxed_nmadd", "vvv:v", 0, 0, 0xfd, 0x86, 0x02)}
	F64x2RelaxedMadd              = Op{define("f64x2.relaxed_madd", "vvv:v", 0, 0, 0xfd, 0x87, 0x02)}
	F64x2RelaxedNmadd             = Op{define("f64x2.relaxed_nmadd", "vvv:v", 0, 0, 0xfd, 0x88, 0x02)}
	I8x16RelaxedLaneselect        = Op{define("i8x16.relaxed_laneselect", "vvv:v", 0, 0, 0xfd, 0x89, 0x02)}
	I16x8RelaxedLaneselect        = Op{define("i16x8.relaxed_laneselect", "vvv:v", 0, 0, 0xfd, 0x8a, 0x02)}
	I32x4RelaxedLaneselect        = Op{define("i32x4.relaxed_laneselect", "vvv:v", 0, 0, 0xfd, 0x8b, 0x02)}
	I64x2RelaxedLaneselect        = Op{define("i64x2.relaxed_laneselect", "vvv:v", 0, 0, 0xfd, 0x8c, 0x02)}
	F32x4RelaxedMin               = Op{define("f32x4.relaxed_min", "vv:v", 0, 0, 0xfd, 0x8d, 0x02)}
	F32x4RelaxedMax               = Op{define("f32x4.relaxed_max", "vv:v", 0, 0, 0xfd, 0x8e, 0x02)}
	F64x2RelaxedMin               = Op{define("f64x2.relaxed_min", "vv:v", 0, 0, 0xfd, 0x8f, 0x02)}
	F64x2RelaxedMax               = Op{define("f64x2.relaxed_max", "vv:v", 0, 0, 0xfd, 0x90, 0x02)}
	I16x8RelaxedQ15mulrS          = Op{define("i16x8.relaxed_q15mulr_s", "vv:v", 0, 0, 0xfd, 0x91, 0x02)}
	I16x8RelaxedDotI8x16I7x16S    = Op{define("i16x8.relaxed_dot_i8x16_i7x16_s", "vv:v", 0, 0, 0xfd, 0x92, 0x02)}
	I32x4RelaxedDotI8x16I7x16AddS = Op{define("i32x4.relaxed_dot_i8x16_i7x16_add_s", "vvv:v", 0, 0, 0xfd, 0x93, 0x02)}
)
