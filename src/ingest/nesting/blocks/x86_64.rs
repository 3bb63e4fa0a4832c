//! With AVX2 and a multiplication without carries, where the processor has them.
//!
//! This is the only unsafe code of the crate. It consists of one call: a function compiled for
//! instructions that not every processor has is called only after asking the processor for all
//! of them. The function itself is safe code on a slice.

use std::arch::x86_64::{
    __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8,
    _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi8,
};

use super::{BLOCK, Nesting, Scan};

/// Scans the whole blocks of `bytes`, if this processor can.
///
/// Gives where the value ends, or `None` and how many bytes were scanned.
pub(in super::super) fn advance(nesting: &mut Nesting, bytes: &[u8]) -> (Option<usize>, usize) {
    if bytes.len() < BLOCK
        || !is_x86_feature_detected!("avx2")
        || !is_x86_feature_detected!("pclmulqdq")
        || !is_x86_feature_detected!("popcnt")
        || !is_x86_feature_detected!("bmi1")
    {
        return (None, 0);
    }
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the processor was just asked for every feature that `scan` is compiled for.
    unsafe {
        scan(nesting, bytes)
    }
}

#[target_feature(enable = "avx2,pclmulqdq,popcnt,bmi1")]
fn scan(nesting: &mut Nesting, bytes: &[u8]) -> (Option<usize>, usize) {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let mut scan = Scan::of(nesting);
    for (number, block) in blocks.iter().enumerate() {
        let halves = halves(block);
        let ends = scan.ends(equal(halves, b'"'), equal(halves, b'\\'));
        let strings = scan.strings(prefix_xor(ends));
        if strings == u64::MAX {
            continue;
        }
        // In ASCII the two kinds of brackets differ in one bit only.
        let folded = fold(halves);
        let opens = equal(folded, b'{') & !strings;
        let closes = equal(folded, b'}') & !strings;
        if let Some(at) = scan.pass(opens, closes) {
            *nesting = Nesting::default();
            return (Some(number * BLOCK + at), 0);
        }
    }
    scan.hand_back(nesting);
    (None, blocks.len() * BLOCK)
}

/// For every bit whether the number of set bits up to it is odd.
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(bits: u64) -> u64 {
    let product =
        _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

#[target_feature(enable = "avx2")]
fn halves(block: &[u8; BLOCK]) -> [__m256i; 2] {
    let (words, _) = block.as_chunks::<8>();
    let word = |at: usize| i64::from_le_bytes(words[at]);
    [
        _mm256_set_epi64x(word(3), word(2), word(1), word(0)),
        _mm256_set_epi64x(word(7), word(6), word(5), word(4)),
    ]
}

#[target_feature(enable = "avx2")]
fn fold(halves: [__m256i; 2]) -> [__m256i; 2] {
    let bit = _mm256_set1_epi8(0x20);
    [
        _mm256_or_si256(halves[0], bit),
        _mm256_or_si256(halves[1], bit),
    ]
}

/// Which of the 64 bytes are `byte`.
#[target_feature(enable = "avx2")]
fn equal(halves: [__m256i; 2], byte: u8) -> u64 {
    let wanted = _mm256_set1_epi8(byte.cast_signed());
    let mask = |half| _mm256_movemask_epi8(_mm256_cmpeq_epi8(half, wanted)).cast_unsigned();
    u64::from(mask(halves[0])) | u64::from(mask(halves[1])) << 32
}
