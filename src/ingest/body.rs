//! Bodies as they come out of a recording, made readable.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::coding::{self, Decoded};
use crate::exchange::{Body, Headers};

/// Base64 with or without padding, and whatever bits a careless writer left at the end.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How long a text must be before its sudden end is taken for a recorder's limit.
const LIMITS_START_AT: usize = 1_000_000;

/// Undoes base64, also with blanks inside or in pieces as a JSON array; `None` where it is none.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    if text.trim_start().starts_with('[') {
        let pieces: Vec<String> = serde_json::from_str(text).ok()?;
        let pieces: Option<Vec<Vec<u8>>> = pieces.iter().map(|piece| from_symbols(piece)).collect();
        return pieces.map(|pieces| pieces.concat());
    }
    from_symbols(text)
}

fn from_symbols(text: &str) -> Option<Vec<u8>> {
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
pub(crate) fn from_text(text: String, remark: Option<&str>) -> Body {
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
        return Body::Cut(text.into(), reason);
    }
    Body::Text(text.into())
}

/// Whether `text` is JSON whose end is missing.
fn ends_early(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// A body recorded as bytes whose codings are undone: text in any charset, or binary.
pub(crate) fn from_bytes(bytes: Vec<u8>, headers: &Headers, remark: Option<&str>) -> Body {
    let kind = headers
        .get("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let named = kind
        .split_once("charset=")
        .map(|(_, name)| name.trim_matches(['"', '\'', ' ']))
        .and_then(|name| name.split([';', ',']).next())
        .and_then(|name| Encoding::for_label(name.as_bytes()));
    if let Some((encoding, _)) = Encoding::for_bom(&bytes) {
        let (text, _, replaced) = encoding.decode(&bytes);
        return respelt(from_text(text.into_owned(), remark), encoding, replaced);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return from_text(text, remark),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let textual = ["text", "json", "xml", "html", "javascript", "urlencoded"];
    let encoding = named.unwrap_or(WINDOWS_1252);
    let is_text = named.is_some() || textual.iter().any(|word| kind.contains(word));
    let (text, replaced) = encoding.decode_without_bom_handling(&bytes);
    if is_text && !text.contains('\0') {
        respelt(from_text(text.into_owned(), remark), encoding, replaced)
    } else {
        Body::Binary(bytes.len() as u64)
    }
}

/// A body that was read from bytes of `encoding`, of which some may have been replaced.
fn respelt(body: Body, encoding: &'static Encoding, replaced: bool) -> Body {
    let Body::Text(text) = body else { return body };
    let mut how = Vec::new();
    if encoding != UTF_8 {
        how.push(format!("in UTF-8 instead of {}", encoding.name()));
    } else if !replaced {
        how.push("without the byte order mark".to_owned());
    }
    if replaced {
        how.push(format!("with U+FFFD for what is no {}", encoding.name()));
    }
    let how = how.join(", ");
    Body::Respelt(text, how)
}

/// The bytes of a request's body that Fiddler wrote as base64, saying so in a field of its own.
pub(crate) fn from_fiddler(body: &str, headers: &Headers) -> Option<Vec<u8>> {
    let coding = headers.get("fiddler-encoding")?.trim();
    let is_base64 = coding.eq_ignore_ascii_case("base64");
    is_base64.then(|| from_base64(body)).flatten()
}

/// The bytes of a packed body that a recorder wrote as one character each.
pub(crate) fn packed_text(text: &str) -> Option<Vec<u8>> {
    let is_packed = text.starts_with("\u{1f}\u{8b}");
    let byte = |c: char| u8::try_from(u32::from(c)).ok();
    is_packed
        .then(|| text.chars().map(byte).collect())
        .flatten()
}

/// Whether a recorder left the content coding on: the headers tell it, or the bytes themselves.
pub(crate) fn is_packed(bytes: &[u8], headers: &Headers) -> bool {
    let told = headers.get("content-encoding").is_some() || bytes.starts_with(coding::GZIP);
    told && std::str::from_utf8(bytes).is_err()
}

/// A body recorded as it went over the wire, chunked and compressed.
pub(crate) fn from_wire(bytes: Vec<u8>, headers: &Headers, limit: usize) -> Body {
    match coding::undo(bytes, headers, limit) {
        Decoded::Whole(bytes) | Decoded::Undecodable(bytes) => from_bytes(bytes, headers, None),
        Decoded::TooLarge => {
            Body::NotRecorded(Some(format!("it is larger than {} MiB", limit >> 20)))
        }
        Decoded::Part(bytes, reason) => match from_bytes(bytes, headers, None) {
            Body::Text(text) | Body::Respelt(text, _) => Body::Cut(text, reason.to_owned()),
            body => body,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_forgiven_blanks_and_padding() {
        assert_eq!(from_base64("eyJh Ijox\nfQ==").unwrap(), br#"{"a":1}"#);
        assert_eq!(from_base64("eyJhIjoxfQ").unwrap(), br#"{"a":1}"#);
        assert_eq!(
            from_base64(r#"["eyJhIjo=","MX0="]"#).unwrap(),
            br#"{"a":1}"#
        );
        assert_eq!(from_base64("?"), None);
        assert_eq!(from_base64(r#"["eyJhIjo=",1]"#), None);
    }

    #[test]
    fn a_packed_body_may_be_written_as_text() {
        assert_eq!(
            packed_text("\u{1f}\u{8b}\u{8}\u{ff}").unwrap(),
            b"\x1f\x8b\x08\xff"
        );
        assert_eq!(packed_text("\u{1f}\u{8b}\u{8}\u{fffd}"), None);
        assert_eq!(packed_text("text"), None);
    }

    #[test]
    fn a_cut_body_is_told() {
        let reason = "Request bodies are not included.";
        let remark = Some(reason);
        assert_eq!(
            from_text("{\"a\":".to_owned(), remark),
            Body::Cut("{\"a\":".to_owned().into(), reason.to_owned())
        );
        assert_eq!(
            from_text("{}".to_owned(), remark),
            Body::Text("{}".to_owned().into())
        );
        let long = format!("{{\"a\":\"{}", "x".repeat(1 << 20));
        assert!(matches!(from_text(long, None), Body::Cut(..)));
    }

    #[test]
    fn bytes_become_text_by_their_charset() {
        let headers = |kind: &str| [("Content-Type", kind)].into_iter().collect::<Headers>();
        let text = |kind: &str, bytes: &[u8]| from_bytes(bytes.to_vec(), &headers(kind), None);
        let respelt = |how: &str| Body::Respelt("caf\u{e9}".to_owned().into(), how.to_owned());
        assert_eq!(
            text("text/plain; charset=\"utf-16le\"", b"c\0a\0f\0\xe9\0"),
            respelt("in UTF-8 instead of UTF-16LE")
        );
        assert_eq!(
            text("application/json", b"caf\xe9"),
            respelt("in UTF-8 instead of windows-1252")
        );
        assert_eq!(
            text("application/json", b"\xef\xbb\xbfcaf\xc3\xa9"),
            respelt("without the byte order mark")
        );
        assert_eq!(
            text("application/json; charset=utf-8", b"caf\xe9"),
            Body::Respelt(
                "caf\u{fffd}".to_owned().into(),
                "with U+FFFD for what is no UTF-8".to_owned()
            )
        );
        assert_eq!(
            text("application/json", b"caf\xc3\xa9"),
            Body::Text("caf\u{e9}".to_owned().into())
        );
        assert_eq!(text("image/png", b"caf\xe9"), Body::Binary(4));
        assert_eq!(text("text/plain", b"\x00\x01"), Body::Binary(2));
    }
}
