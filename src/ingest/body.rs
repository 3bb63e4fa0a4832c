//! Bodies as they come out of a recording, made readable.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::exchange::Body;

/// Base64 with or without padding, and whatever bits a careless writer left at the end.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How long a text must be before its sudden end is taken for a recorder's limit.
const LIMITS_START_AT: usize = 1_000_000;

/// Undoes base64, also with blanks inside; `None` where it is none.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut symbols: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    for symbol in &mut symbols {
        match symbol {
            b'-' => *symbol = b'+',
            b'_' => *symbol = b'/',
            _ => {}
        }
    }
    FORGIVING.decode(symbols).ok()
}

/// A body recorded as text; the recorder's remark tells when it is only the beginning.
pub(super) fn from_text(text: String, remark: Option<&str>) -> Body {
    if text.is_empty() {
        return match remark {
            Some(remark) => Body::NotRecorded(Some(remark.to_owned())),
            None => Body::Empty,
        };
    }
    let json = text.trim_start().starts_with(['{', '[']);
    if json && (remark.is_some() || text.len() >= LIMITS_START_AT) && ends_early(&text) {
        let reason = match remark {
            Some(remark) => remark.to_owned(),
            None => format!("the recording ends after {} bytes", text.len()),
        };
        return Body::Cut(text, reason);
    }
    Body::Text(text)
}

/// Whether `text` is JSON whose end is missing.
fn ends_early(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// A body recorded as bytes: text in any charset, or binary.
pub(super) fn from_bytes(bytes: Vec<u8>, remark: Option<&str>) -> Body {
    let size = bytes.len() as u64;
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => from_text(text, remark),
        _ => Body::Binary(size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_forgiven_blanks_and_padding() {
        assert_eq!(from_base64("eyJh Ijox\nfQ==").unwrap(), br#"{"a":1}"#);
        assert_eq!(from_base64("eyJhIjoxfQ").unwrap(), br#"{"a":1}"#);
        assert_eq!(from_base64("?"), None);
    }

    #[test]
    fn a_cut_body_is_told() {
        let reason = "Request bodies are not included.";
        let remark = Some(reason);
        assert_eq!(
            from_text("{\"a\":".to_owned(), remark),
            Body::Cut("{\"a\":".to_owned(), reason.to_owned())
        );
        assert_eq!(
            from_text("{}".to_owned(), remark),
            Body::Text("{}".to_owned())
        );
        let long = format!("{{\"a\":\"{}", "x".repeat(1 << 20));
        assert!(matches!(from_text(long, None), Body::Cut(..)));
    }
}
