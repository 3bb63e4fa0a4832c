//! The same scan as [`Nesting::advance_bytewise`], 64 bytes at a time: what is the same for every
//! processor. Which of the bytes are quotes, backslashes and brackets is asked with the instructions of
//! one, in `x86_64.rs` and `wasm32.rs`. A test and a fuzz target compare it byte for byte with the plain
//! scan.

#[cfg(target_arch = "wasm32")]
mod wasm32;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "wasm32")]
pub(super) use wasm32::advance;
#[cfg(target_arch = "x86_64")]
pub(super) use x86_64::advance;

use super::Nesting;

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// A scan from block to block; of 64 bytes, each bit of a mask tells something of one.
struct Scan {
    inside: u64,
    escape: u64,
    depth: u64,
}

impl Scan {
    fn of(nesting: &Nesting) -> Self {
        Self {
            inside: if nesting.in_string { u64::MAX } else { 0 },
            escape: u64::from(nesting.escaped),
            depth: nesting.depth,
        }
    }

    /// The quotes that begin or end a string.
    #[inline]
    fn ends(&mut self, quotes: u64, backslashes: u64) -> u64 {
        quotes & !escaped(backslashes, &mut self.escape)
    }

    /// The bytes inside of strings, given before which bytes there is an odd number of their ends.
    #[inline]
    fn strings(&mut self, odd: u64) -> u64 {
        let strings = odd ^ self.inside;
        self.inside = 0_u64.wrapping_sub(strings >> 63);
        strings
    }

    /// Goes on behind the brackets of a block; the offset behind the one that closes the value.
    #[inline]
    fn pass(&mut self, opens: u64, closes: u64) -> Option<usize> {
        let (up, down) = (
            u64::from(opens.count_ones()),
            u64::from(closes.count_ones()),
        );
        if self.depth > down {
            self.depth = self.depth + up - down;
            return None;
        }
        leave(&mut self.depth, opens, closes)
    }

    /// The scan goes on elsewhere, behind the last block.
    fn hand_back(self, nesting: &mut Nesting) {
        nesting.depth = self.depth;
        nesting.in_string = self.inside != 0;
        nesting.escaped = self.escape != 0;
    }
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
