//! Finds where a JSON object or array ends, without looking at what it says.

#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
))]
mod blocks;

use memchr::memchr2;

/// How deep in brackets a scan is, and whether inside a string.
///
/// Fed piece by piece with the bytes of a value that begins with a bracket.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: u64,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// A scan that starts inside a string, for [`Nesting::leave_string`].
    pub(super) fn inside_string() -> Self {
        Self {
            in_string: true,
            ..Self::default()
        }
    }

    /// Whether the scan is inside a string.
    pub(super) fn is_inside_string(&self) -> bool {
        self.in_string
    }

    /// Reads on in `bytes`; returns the offset just behind the bracket that closes the value.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        #[cfg(any(
            target_arch = "x86_64",
            all(target_arch = "wasm32", target_feature = "simd128")
        ))]
        {
            let (end, scanned) = blocks::advance(self, bytes);
            end.or_else(|| Some(scanned + self.advance_bytewise(&bytes[scanned..])?))
        }
        #[cfg(not(any(
            target_arch = "x86_64",
            all(target_arch = "wasm32", target_feature = "simd128")
        )))]
        self.advance_bytewise(bytes)
    }

    /// [`Nesting::advance`] for any processor.
    fn advance_bytewise(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                at += self.leave_string(&bytes[at..]);
                continue;
            }
            let escaped = std::mem::take(&mut self.escaped);
            match bytes[at] {
                b'"' => self.in_string = !escaped,
                b'\\' => self.escaped = !escaped,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The offset behind the string's closing quote, or the end of `bytes`.
    pub(super) fn leave_string(&mut self, bytes: &[u8]) -> usize {
        let mut at = usize::from(self.escaped && !bytes.is_empty());
        self.escaped &= bytes.is_empty();
        while let Some(found) = memchr2(b'"', b'\\', &bytes[at..]) {
            at += found + 1;
            if bytes[at - 1] == b'"' {
                self.in_string = false;
                return at;
            }
            if at == bytes.len() {
                self.escaped = true;
                return at;
            }
            at += 1;
        }
        bytes.len()
    }
}

/// Where a number or a word ends: at the next comma, bracket or blank.
pub(super) fn word_end(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| {
        matches!(byte, b',' | b':' | b'}' | b']' | b'"') || byte.is_ascii_whitespace()
    })
}

/// Checks that blocks and bytes give the same answer for `bytes`, fed in two pieces.
#[cfg(any(test, fuzzing))]
pub(super) fn compare(bytes: &[u8], cut: usize, depth: u64) {
    let start = || Nesting {
        depth,
        ..Nesting::default()
    };
    let (mut plain, mut fast) = (start(), start());
    let (first, second) = bytes.split_at(cut);
    for piece in [first, second] {
        let expected = plain.advance_bytewise(piece);
        let told = String::from_utf8_lossy(bytes);
        assert_eq!(fast.advance(piece), expected, "{told}");
        if expected.is_some() {
            return;
        }
        let state = |scan: &Nesting| (scan.depth, scan.in_string, scan.escaped);
        assert_eq!(state(&fast), state(&plain), "{told}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = r#"{"a\\":["]}\"",{"b":"\\\\"}],"c":{}} tail"#;

    #[test]
    fn finds_the_end_however_the_bytes_are_cut() {
        let end = VALUE.len() - " tail".len();
        for cut in 0..VALUE.len() {
            let (first, second) = VALUE.as_bytes().split_at(cut);
            let mut nesting = Nesting::default();
            let found = nesting
                .advance(first)
                .or_else(|| nesting.advance(second).map(|at| at + cut));
            assert_eq!(found, Some(end), "cut at {cut}");
        }
    }

    #[test]
    fn an_unfinished_value_has_no_end() {
        assert_eq!(Nesting::default().advance(br#"{"a":"}"#), None);
    }

    #[test]
    fn blocks_and_bytes_agree_on_anything() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut roll = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed >> 40).unwrap() % below
        };
        for round in 0..20_000 {
            // Few kinds of bytes, so that runs of backslashes and brackets are long.
            let kinds: &[u8] = if round % 2 == 0 {
                b"\\\"{}[]x"
            } else {
                b"\\\\\"\"xxxxxxxxxxxxxxxxxxxxx{}"
            };
            let bytes: Vec<u8> = (0..roll(400)).map(|_| kinds[roll(kinds.len())]).collect();
            compare(&bytes, roll(bytes.len() + 1), roll(4) as u64);
        }
    }
}
