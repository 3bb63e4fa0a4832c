//! Finds where a JSON object or array ends, without looking at what it says.

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
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                at += self.leave_string(&bytes[at..]);
                continue;
            }
            match bytes[at] {
                b'"' => self.in_string = true,
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
}
