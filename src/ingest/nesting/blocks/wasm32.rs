//! With the vectors of WebAssembly, which are there or the module is refused: nothing has to be asked
//! when it runs.

use std::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, u64x2, v128, v128_or};

use super::{BLOCK, Nesting, Scan};

/// Scans the whole blocks of `bytes`.
///
/// Gives where the value ends, or `None` and how many bytes were scanned.
pub(in super::super) fn advance(nesting: &mut Nesting, bytes: &[u8]) -> (Option<usize>, usize) {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let mut scan = Scan::of(nesting);
    for (number, block) in blocks.iter().enumerate() {
        let quarters = quarters(block);
        let ends = scan.ends(equal(quarters, b'"'), equal(quarters, b'\\'));
        let strings = scan.strings(prefix_xor(ends));
        if strings == u64::MAX {
            continue;
        }
        // In ASCII the two kinds of brackets differ in one bit only.
        let bit = i8x16_splat(0x20);
        let folded = quarters.map(|quarter| v128_or(quarter, bit));
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
fn prefix_xor(mut bits: u64) -> u64 {
    if bits == 0 {
        return 0;
    }
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

fn quarters(block: &[u8; BLOCK]) -> [v128; 4] {
    let (words, _) = block.as_chunks::<8>();
    let word = |at: usize| u64::from_le_bytes(words[at]);
    [0, 2, 4, 6].map(|at| u64x2(word(at), word(at + 1)))
}

/// Which of the 64 bytes are `byte`.
fn equal(quarters: [v128; 4], byte: u8) -> u64 {
    let wanted = i8x16_splat(byte.cast_signed());
    let mask = |at: usize| u64::from(i8x16_bitmask(i8x16_eq(quarters[at], wanted)));
    mask(0) | mask(1) << 16 | mask(2) << 32 | mask(3) << 48
}
