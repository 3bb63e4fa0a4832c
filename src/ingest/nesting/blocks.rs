//! The same scan as [`Nesting::advance_bytewise`], 64 bytes at a time, on processors that can.
//!
//! This is the only unsafe code of the crate. It consists of one call: a function compiled for
//! instructions that not every processor has is called only after asking the processor for all
//! of them. The function itself is safe code on a slice. A test and a fuzz target compare it
//! byte for byte with the plain scan.

use std::arch::x86_64::{
    __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8,
    _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi8,
};

use super::Nesting;

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = 64;

/// Scans the whole blocks of `bytes`, if this processor can.
///
/// Gives where the value ends, or `None` and how many bytes were scanned.
pub(super) fn advance(nesting: &mut Nesting, bytes: &[u8]) -> (Option<usize>, usize) {
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
    let mut inside = if nesting.in_string { u64::MAX } else { 0 };
    let mut escape = u64::from(nesting.escaped);
    let mut depth = nesting.depth;
    for (number, block) in blocks.iter().enumerate() {
        let halves = halves(block);
        let backslashes = equal(halves, b'\\');
        let quotes = equal(halves, b'"') & !escaped(backslashes, &mut escape);
        let strings = prefix_xor(quotes) ^ inside;
        inside = 0_u64.wrapping_sub(strings >> 63);
        if strings == u64::MAX {
            continue;
        }
        // In ASCII the two kinds of brackets differ in one bit only.
        let folded = fold(halves);
        let opens = equal(folded, b'{') & !strings;
        let closes = equal(folded, b'}') & !strings;
        let (up, down) = (
            u64::from(opens.count_ones()),
            u64::from(closes.count_ones()),
        );
        if depth > down {
            depth = depth + up - down;
        } else if let Some(at) = leave(&mut depth, opens, closes) {
            nesting.depth = 0;
            nesting.in_string = false;
            nesting.escaped = false;
            return (Some(number * BLOCK + at), 0);
        }
    }
    nesting.in_string = inside != 0;
    nesting.escaped = escape != 0;
    nesting.depth = depth;
    (None, blocks.len() * BLOCK)
}

/// Walks the brackets of one block; the offset behind the one that closes the value.
fn leave(depth: &mut u64, opens: u64, closes: u64) -> Option<usize> {
    let mut brackets = opens | closes;
    while brackets != 0 {
        let at = brackets.trailing_zeros();
        if opens >> at & 1 == 1 {
            *depth += 1;
        } else {
            *depth = depth.saturating_sub(1);
            if *depth == 0 {
                return Some(at as usize + 1);
            }
        }
        brackets &= brackets - 1;
    }
    None
}

/// The bytes that a backslash stands before, given which bytes are backslashes.
///
/// Of a run of backslashes every second one is itself escaped. Adding the runs that start at an
/// odd place to themselves carries a bit to their end; `escape` carries one to the next block.
fn escaped(backslashes: u64, escape: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    if backslashes == 0 {
        return std::mem::take(escape);
    }
    let backslashes = backslashes & !*escape;
    let follows = backslashes << 1 | *escape;
    let odd_starts = backslashes & !EVEN & !follows;
    let (runs, carried) = odd_starts.overflowing_add(backslashes);
    *escape = u64::from(carried);
    (EVEN ^ (runs << 1)) & follows
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
