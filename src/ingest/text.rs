//! Bytes → text, saying what it cost.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::WINDOWS_1252;

/// What was done to bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// They were read as Windows-1252.
    Guessed,
    /// That many were replaced by U+FFFD.
    Replaced(usize),
}

impl Loss {
    /// The kind of the note that tells it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Guessed => "charset-guessed",
            Self::Replaced(_) => "bytes-replaced",
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guessed => f.write_str("it is not UTF-8; it was read as Windows-1252"),
            Self::Replaced(count) => write!(f, "{count} bytes that are not UTF-8 were replaced"),
        }
    }
}

/// The text in `bytes`: UTF-8, or Windows-1252 where nothing in it looks like UTF-8.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Loss>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), None);
    }
    let (mut replaced, mut multibyte) = (0, false);
    for chunk in bytes.utf8_chunks() {
        multibyte |= !chunk.valid().is_ascii();
        replaced += chunk.invalid().len();
    }
    if multibyte {
        (
            String::from_utf8_lossy(bytes),
            Some(Loss::Replaced(replaced)),
        )
    } else {
        (
            WINDOWS_1252.decode_without_bom_handling(bytes).0,
            Some(Loss::Guessed),
        )
    }
}

/// `text` without the colours and links of a terminal.
pub(super) fn uncoloured(text: String) -> String {
    if !text.contains(ESCAPES) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once(ESCAPES) {
        out.push_str(before);
        rest = behind_sequence(behind);
    }
    out.push_str(rest);
    out
}

/// What begins a control sequence: Escape, and the sign that some viewers show for it.
const ESCAPES: [char; 2] = ['\u{1b}', '\u{241b}'];

/// Longest link that a terminal is told of, in bytes.
const MAX_LINK: usize = 4 << 10;

/// What follows a control sequence of a terminal, behind its first character.
fn behind_sequence(text: &str) -> &str {
    if let Some(link) = text.strip_prefix(']') {
        // It ends with a bell, or with Escape and a backslash.
        let ends = |c: char| c == '\u{7}' || ESCAPES.contains(&c);
        let end = link.find(ends).filter(|at| *at <= MAX_LINK);
        let behind = end
            .and_then(|at| link[at..].strip_prefix(ends))
            .unwrap_or(text);
        return behind.strip_prefix('\\').unwrap_or(behind);
    }
    let Some(sequence) = text.strip_prefix('[') else {
        return text;
    };
    let parameters = sequence
        .bytes()
        .take_while(|byte| (0x20..0x40).contains(byte))
        .count();
    let behind = &sequence[parameters..];
    behind
        .strip_prefix(|c: char| ('@'..='~').contains(&c))
        .unwrap_or(behind)
}

#[cfg(test)]
mod tests {
    #[test]
    fn colours_and_links_are_taken_off() {
        let colours = "\u{1b}[33mWARNING\u{1b}[0m: \u{241b}[1;31ma\u{1b}[0m\u{1b}";
        assert_eq!(super::uncoloured(colours.to_owned()), "WARNING: a");
        let link = "see \u{1b}]8;;https://contoso.com\u{1b}\\this\u{1b}]8;;\u{7} page";
        assert_eq!(super::uncoloured(link.to_owned()), "see this page");
    }

    use super::*;

    #[test]
    fn one_wrong_byte_does_not_spoil_the_rest() {
        assert_eq!(decode("é".as_bytes()), (Cow::Borrowed("é"), None));
        assert_eq!(decode(b"caf\xe9").0, "café");
        let (text, loss) = decode(b"\xc3\xa9 \xff");
        assert_eq!(
            (text.as_ref(), loss),
            ("é \u{fffd}", Some(Loss::Replaced(1)))
        );
    }
}
