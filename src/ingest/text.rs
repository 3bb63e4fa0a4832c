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

#[cfg(test)]
mod tests {
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
