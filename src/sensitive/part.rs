//! Parts of known secrets: a service that quotes the half of a token gives half of it away, and one
//! that quotes a whole certificate quotes more than is worth looking for in one piece.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use super::MASK;
use crate::text::guid::is_guid;

/// A secret is looked for in blocks of so many bytes.
const BLOCK: usize = 4;

/// How many hashes of blocks there are.
const HASHES: usize = 1 << 16;

/// Shorter parts of a secret are not told from other things.
const SHORTEST: usize = 8;

/// Parts of this length are told from other things however long the secret is.
const TELLING: usize = 16;

/// A part of two kinds of letters only, as in ids and names, has to be as long as this.
const PLAIN: usize = 24;

/// Bytes of all secrets of which parts are looked for.
const MOST: usize = 1 << 20;

/// Values of which parts are looked for. They show themselves to nobody.
pub(crate) struct Parts {
    /// The value that a block is from, by its number, and where in it.
    blocks: HashMap<[u8; BLOCK], (usize, usize)>,
    /// Hashes of the blocks: most of a text is none of them, and this says so in no time.
    hashes: Vec<bool>,
    values: Vec<String>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parts({MASK})")
    }
}

impl Parts {
    /// Prepares those of `values` that a machine made: of a sentence, a URL or an id no part is a secret.
    pub(crate) fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let mut parts = Self {
            blocks: HashMap::new(),
            hashes: vec![false; HASHES],
            values: Vec::new(),
        };
        let mut bytes = 0;
        for value in values.filter(|value| is_made_by_a_machine(value)) {
            bytes += value.len();
            if bytes > MOST {
                break;
            }
            for (number, block) in value.as_bytes().chunks_exact(BLOCK).enumerate() {
                let block = [block[0], block[1], block[2], block[3]];
                let place = (parts.values.len(), number * BLOCK);
                parts.hashes[hash(block)] = true;
                parts.blocks.entry(block).or_insert(place);
            }
            parts.values.push(value.to_owned());
        }
        parts
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Where parts of the values stand in `text` that give something away.
    pub(crate) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut tried = 0;
        if self.is_empty() {
            return ranges;
        }
        for (start, window) in bytes.windows(BLOCK).enumerate() {
            let block = [window[0], window[1], window[2], window[3]];
            if start + BLOCK <= tried || !self.hashes[hash(block)] {
                continue;
            }
            let Some(&(value, at)) = self.blocks.get(&block) else {
                continue;
            };
            let value = &self.values[value];
            let range = common(bytes, start, value.as_bytes(), at);
            tried = range.end;
            let whole = text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
            if whole && tells(&text[range.clone()], value.len()) {
                ranges.push(range);
            }
        }
        ranges
    }
}

/// A number below [`HASHES`].
fn hash(block: [u8; BLOCK]) -> usize {
    // Multiplying by an odd number spreads the bits to the upper ones.
    let spread = u32::from_le_bytes(block).wrapping_mul(0x9e37_79b1);
    (spread >> 16) as usize
}

/// How far a block at `at` in `text`, which is that at `from` in `value`, goes on in both of them.
fn common(text: &[u8], at: usize, value: &[u8], from: usize) -> Range<usize> {
    let same = |(a, b): &(&u8, &u8)| a == b;
    let back = text[..at].iter().rev().zip(value[..from].iter().rev());
    let ahead = text[at..].iter().zip(&value[from..]);
    at - back.take_while(same).count()..at + ahead.take_while(same).count()
}

/// Whether a part of a secret of `length` bytes is enough of it, and like nothing else.
fn tells(part: &str, length: usize) -> bool {
    let has = |is: fn(&char) -> bool| part.chars().any(|c| is(&c));
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    let least = length.div_ceil(2).clamp(SHORTEST, TELLING);
    has(char::is_ascii_digit) && part.len() >= if mixed { least } else { PLAIN }
}

fn is_made_by_a_machine(value: &str) -> bool {
    value.len() > SHORTEST + 1
        && !value.contains(|c: char| c.is_whitespace() || c.is_control() || "&;%:{}".contains(c))
        && !value.contains("://")
        && !holds_an_id(value)
}

/// Whether a GUID is part of `value`: it is also somebody's id.
fn holds_an_id(value: &str) -> bool {
    value
        .as_bytes()
        .windows(36)
        .any(|window| std::str::from_utf8(window).is_ok_and(is_guid))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(value: &str, text: &'t str) -> Vec<&'t str> {
        let ranges = Parts::of([value].into_iter()).find(text);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn halves_of_a_secret_are_found() {
        let value = "qX7~kL2mPz9!vB4nRt6w";
        for at in 0..=10 {
            let text = format!("begins with {}, they say", &value[at..at + 10]);
            assert_eq!(found(value, &text), [&value[at..at + 10]], "{at}");
        }
        let long: String = (0..40_000_u32)
            .map(|n| char::from(b"aB3dE5gH7jK9mN1pQ"[(n * n / 7 % 17) as usize]))
            .collect();
        let text = format!("<{long}>");
        assert_eq!(found(&long, &text), [long.as_str()]);
    }

    #[test]
    fn what_others_may_say_too_is_not_found() {
        for (value, text) in [
            ("qX7~kL2mPz9!vB4nRt6w", "qX7~kL2m"),
            ("contoso-prod-2024-k8X", "contoso-prod-2024"),
            (
                "x7c1f0a52-3d84-4e19-9b60-5a2e8d417f33yZ9",
                "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33",
            ),
            (
                "https://login.microsoftonline.com/Contoso7",
                "https://login.microsoftonline.com/Contoso",
            ),
            (
                "AADSTS7000215: Invalid client secret",
                "AADSTS7000215: Invalid",
            ),
            ("sv=2022-11-02&se=2031-03-14T09&sig=x", "2031-03-14T09"),
        ] {
            assert!(found(value, text).is_empty(), "{value}");
        }
    }
}
