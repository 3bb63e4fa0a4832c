//! Many words looked for at once, in any letter case. A run over thousands of recordings knows
//! thousands of secrets in a dozen spellings each: an automaton of them takes hundreds of megabytes,
//! the words themselves in order take a few.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// The first bytes of a word, by which it is looked up; shorter words are not looked for.
pub(crate) const SHORTEST: usize = 6;

/// Those bytes as a number.
const BEGINNING: u64 = (1 << (8 * SHORTEST)) - 1;

/// Words in lower case, in order.
#[derive(Default)]
pub(crate) struct Needles {
    /// All words, one behind the other.
    bytes: Vec<u8>,
    /// Where each word ends.
    ends: Vec<usize>,
    /// The longest other word that a word begins with.
    shorter: Vec<Option<usize>>,
    /// The words with one beginning.
    by_beginning: HashMap<u64, Range<usize>>,
    /// Which hashes beginnings have: most of a text has none of them, and this says so in no time.
    hashes: Vec<bool>,
}

impl Needles {
    pub(crate) fn new(words: impl Iterator<Item = String>) -> Self {
        let words: BTreeSet<String> = words
            .filter(|word| word.len() >= SHORTEST)
            .map(|word| word.to_ascii_lowercase())
            .collect();
        let mut needles = Self::default();
        // Those that the word before begins with, and that word, each longer than the one before it.
        let mut around: Vec<usize> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let begins = |other: &usize| word.as_bytes().starts_with(needles.word(*other));
            while around.last().is_some_and(|other| !begins(other)) {
                around.pop();
            }
            needles.shorter.push(around.last().copied());
            around.push(at);
            needles.bytes.extend(word.as_bytes());
            needles.ends.push(needles.bytes.len());
            let beginning = word.bytes().take(SHORTEST).fold(0, pushed);
            let own = needles.by_beginning.entry(beginning).or_insert(at..at);
            own.end = at + 1;
        }
        let size = (16 * needles.by_beginning.len()).next_power_of_two();
        needles.hashes = vec![false; size];
        for beginning in needles.by_beginning.keys() {
            needles.hashes[hash(*beginning, size)] = true;
        }
        needles
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn word(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[at]]
    }

    /// Where words stand in `text`: of several the first, of those the longest, none touching another.
    pub(crate) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let text = text.as_bytes();
        let mut found: Vec<Range<usize>> = Vec::new();
        if self.is_empty() {
            return found;
        }
        let mut beginning = 0;
        let mut behind = 0;
        for (at, byte) in text.iter().enumerate() {
            beginning = pushed(beginning, *byte);
            let Some(start) = (at + 1).checked_sub(SHORTEST) else {
                continue;
            };
            if start < behind || !self.hashes[hash(beginning, self.hashes.len())] {
                continue;
            }
            let Some(words) = self.by_beginning.get(&beginning) else {
                continue;
            };
            if let Some(length) = self.longest(words.clone(), &text[start..]) {
                behind = start + length;
                found.push(start..behind);
            }
        }
        found
    }

    /// The length of the longest of `words`, which are in order, that `text` begins with.
    fn longest(&self, words: Range<usize>, text: &[u8]) -> Option<usize> {
        // The last word that is not behind `text` in that order begins with all that `text` begins with.
        let (mut low, mut high) = (words.start, words.end);
        // How much of the words on either side is known to be that of `text`.
        let (mut below, mut above) = (SHORTEST, SHORTEST);
        let mut last = None;
        while low < high {
            let middle = usize::midpoint(low, high);
            let word = self.word(middle);
            let same = alike(word, text, below.min(above));
            let is_behind = match (word.get(same), text.get(same)) {
                (Some(own), Some(other)) => *own > other.to_ascii_lowercase(),
                (own, _) => own.is_some(),
            };
            if is_behind {
                (high, above) = (middle, same);
            } else {
                (low, below) = (middle + 1, same);
                last = Some((middle, same));
            }
        }
        let (mut at, same) = last?;
        while self.word(at).len() > same {
            at = self.shorter[at]?;
        }
        Some(self.word(at).len())
    }
}

/// A beginning without its first byte, and with `byte`.
fn pushed(beginning: u64, byte: u8) -> u64 {
    (beginning << 8 | u64::from(byte.to_ascii_lowercase())) & BEGINNING
}

/// A number below `size`, which is a power of two.
fn hash(beginning: u64, size: usize) -> usize {
    // Multiplying by an odd number spreads the bits to the upper ones.
    let spread = beginning.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    usize::try_from(spread).unwrap_or_default() & (size - 1)
}

/// How many bytes of `word` and `text` are the same, of which the first `known` are.
fn alike(word: &[u8], text: &[u8], known: usize) -> usize {
    let rest = word.iter().zip(text).skip(known);
    known
        + rest
            .take_while(|(a, b)| **a == b.to_ascii_lowercase())
            .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(words: &[&str], text: &'t str) -> Vec<&'t str> {
        let needles = Needles::new(words.iter().map(|word| (*word).to_owned()));
        let ranges = needles.find(text);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn of_words_at_one_place_the_longest_is_found_in_any_case() {
        let words = ["secret", "secret-1", "secret-12345", "secret-2x", "Überall"];
        for (text, expected) in [
            ("a SECRET-1234 b", vec!["SECRET-1"]),
            ("secret-12345secret-2y", vec!["secret-12345", "secret"]),
            ("secre secret-2", vec!["secret"]),
            ("secret-0secret-2x", vec!["secret", "secret-2x"]),
            ("es ist ÜberALL", vec!["ÜberALL"]),
            ("", vec![]),
            ("secre", vec![]),
        ] {
            assert_eq!(found(&words, text), expected, "{text}");
        }
        assert_eq!(found(&["short"], "a short one"), Vec::<&str>::new());
        assert_eq!(found(&[], "secret"), Vec::<&str>::new());
    }

    #[test]
    fn what_is_found_is_what_an_automaton_finds() {
        let mut state = 7_u64;
        let mut letters = |count: usize| -> String {
            let mut next = || {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                char::from(b"abA"[usize::try_from(state >> 33).unwrap() % 3])
            };
            (0..count).map(|_| next()).collect()
        };
        for round in 0..200 {
            let words: Vec<String> = (0..40)
                .map(|at| letters(SHORTEST + (at + round) % 9))
                .collect();
            let text = letters(400);
            let automaton = aho_corasick::AhoCorasick::builder()
                .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                .ascii_case_insensitive(true)
                .build(&words)
                .unwrap();
            let expected: Vec<Range<usize>> =
                automaton.find_iter(&text).map(|hit| hit.range()).collect();
            assert_eq!(Needles::new(words.into_iter()).find(&text), expected);
        }
    }
}
