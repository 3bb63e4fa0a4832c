//! The anchors of all sentences, looked for in one pass over a text.
//!
//! A run reads a few short texts with several hundred anchors: an automaton takes longer to build than
//! all else that happens at start, and a table of the anchors' ends takes next to nothing.

use std::ops::Range;

/// How many letters at the end of an anchor stand in the table; no anchor is shorter.
pub(super) const TAIL: usize = 3;

/// Bits in the sieve: far more than there are anchors, so that most letters of a text fall through.
const BITS: u32 = 1 << 16;

/// Prepared anchors.
#[derive(Debug)]
pub(super) struct Anchors {
    /// Which tails there are, by their hash.
    sieve: Vec<u64>,
    /// By tail: each anchor in lower case and its number, the longer one first.
    anchors: Vec<(u32, String, usize)>,
}

impl Anchors {
    /// Prepares anchors in lower case; each is called by its place among them.
    pub(super) fn new(anchors: impl Iterator<Item = String>) -> Self {
        let mut anchors: Vec<(u32, String, usize)> = anchors
            .enumerate()
            .filter_map(|(at, anchor)| Some((tail(anchor.as_bytes())?, anchor, at)))
            .collect();
        anchors.sort_by(|one, other| {
            let longer_first = other.1.len().cmp(&one.1.len());
            one.0
                .cmp(&other.0)
                .then(longer_first)
                .then(one.2.cmp(&other.2))
        });
        let mut sieve = vec![0; (BITS / u64::BITS) as usize];
        for (tail, ..) in &anchors {
            let (word, bit) = place(*tail);
            sieve[word] |= bit;
        }
        Self { sieve, anchors }
    }

    /// Calls `found` with the number and the place of every anchor in `text`, in whatever letter case,
    /// in the order of their ends.
    pub(super) fn each(&self, text: &str, mut found: impl FnMut(usize, Range<usize>)) {
        let text = text.as_bytes();
        for end in TAIL..=text.len() {
            let Some(tail) = tail(&text[..end]) else {
                continue;
            };
            let (word, bit) = place(tail);
            if self.sieve[word] & bit == 0 {
                continue;
            }
            let first = self.anchors.partition_point(|(own, ..)| *own < tail);
            let same = self.anchors[first..].iter();
            for (_, anchor, at) in same.take_while(|(own, ..)| *own == tail) {
                let start = end.checked_sub(anchor.len());
                let here =
                    start.filter(|start| text[*start..end].eq_ignore_ascii_case(anchor.as_bytes()));
                if let Some(start) = here {
                    found(*at, start..end);
                }
            }
        }
    }
}

/// The last letters of `text` in lower case.
fn tail(text: &[u8]) -> Option<u32> {
    let last: &[u8; TAIL] = text.last_chunk()?;
    let [a, b, c] = last.map(|byte| byte.to_ascii_lowercase());
    Some(u32::from_be_bytes([0, a, b, c]))
}

/// Where the sieve tells of `tail`: the word, and the bit in it.
fn place(tail: u32) -> (usize, u64) {
    let hash = tail.wrapping_mul(0x9e37_79b1) >> 16;
    ((hash / u64::BITS) as usize, 1 << (hash % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    fn found(anchors: &[&str], text: &str) -> Vec<(usize, usize)> {
        let anchors = Anchors::new(anchors.iter().map(|&anchor| anchor.to_owned()));
        let mut found = Vec::new();
        anchors.each(text, |at, range| found.push((at, range.start)));
        found
    }

    #[test]
    fn every_anchor_is_found_where_it_ends_and_the_longer_one_first() {
        assert_eq!(
            found(&["token", "bad token", "ken is", "token"], "A Bad TOKEN is"),
            [(1, 2), (0, 6), (3, 6), (2, 8)]
        );
        assert_eq!(found(&["abc"], "ab"), []);
        assert_eq!(found(&["über"], "Über über"), [(0, 6)]);
    }
}
