//! Bodies of messages by their media type: forms, multipart, and everything else as text.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;

use super::mask::Kind;
use super::scrub::Scrubber;
use super::text::is_url;
use crate::exchange::{Body, Headers};
use crate::ingest::body;
use crate::sensitive::{is_secret_name, pattern};

/// What stands in place of bytes that are no text. The zero byte makes a reader take them for bytes again.
const BYTES: &[u8] = b"\0bytes left out";

/// Largest body that is unpacked where a recorder left it compressed.
const UNPACKED: usize = 64 << 20;

impl Scrubber {
    /// A body's text; `None` if nothing in it has to change.
    pub(super) fn body(&mut self, text: &str, media_type: &str) -> Option<String> {
        if let Some(bytes) = body::packed_text(text) {
            let plain = body::from_wire(bytes, &Headers::default(), UNPACKED);
            let plain = plain.text().unwrap_or_default();
            let redacted = self.body(plain, media_type);
            return Some(redacted.unwrap_or_else(|| plain.to_owned()));
        }
        let media_type = media_type.to_ascii_lowercase();
        let is_boundary = |line: &&str| line.starts_with("--") && !line.starts_with("-----BEGIN ");
        let boundary = text.lines().find(is_boundary);
        if let Some(boundary) = boundary
            && (media_type.contains("multipart/") || looks_like_multipart(text))
        {
            return self.multipart(text, boundary.trim_end());
        }
        if is_url(text.trim_start()) {
            return self.leaf(text);
        }
        let is_json = text.trim_start().starts_with(['{', '[']);
        if media_type.contains("urlencoded") && !is_json || looks_like_form(text) {
            return self.pairs_of(text);
        }
        self.leaf(text)
    }

    /// A body that a recorder wrote as base64.
    pub(super) fn encoded_body(
        &mut self,
        text: &str,
        media_type: &str,
        headers: &Headers,
    ) -> Option<String> {
        let Some(bytes) = body::from_base64(text) else {
            return self.body(text, media_type);
        };
        let packed = body::is_packed(&bytes, headers);
        let decoded = if packed {
            body::from_wire(bytes, headers, UNPACKED)
        } else {
            body::from_bytes(bytes, headers, None)
        };
        match decoded {
            Body::Text(plain)
            | Body::Respelt(plain, _)
            | Body::Cut(plain, _)
            | Body::Rebuilt(plain, _) => {
                let redacted = self.body(&plain, media_type);
                redacted
                    .or_else(|| packed.then_some(plain))
                    .map(|plain| STANDARD.encode(plain))
            }
            Body::Binary(_) | Body::NotRecorded(_) => {
                self.counts.add(Kind::Binary);
                Some(binary())
            }
            Body::Empty => None,
        }
    }

    /// The parts between the boundaries, each by its name.
    fn multipart(&mut self, text: &str, first: &str) -> Option<String> {
        let mut changed = false;
        let parts: Vec<String> = parts(text, first)
            .into_iter()
            .map(|part| {
                let redacted = self.part(part);
                changed |= redacted.is_some();
                redacted.unwrap_or_else(|| part.to_owned())
            })
            .collect();
        let boundary = self.flat(first);
        changed |= boundary.is_some();
        changed.then(|| parts.join(boundary.as_deref().unwrap_or(first)))
    }

    fn part(&mut self, part: &str) -> Option<String> {
        static NAME: OnceLock<Regex> = OnceLock::new();
        let name = pattern(
            &NAME,
            r#"(?i)content-disposition:[^\r\n]*\bname="?([^";\r\n]+)"#,
        );
        let end = part
            .find("\r\n\r\n")
            .map(|at| at + 4)
            .or_else(|| part.find("\n\n").map(|at| at + 2));
        let Some(end) = end else {
            return self.flat(part);
        };
        let (head, rest) = part.split_at(end);
        let value = rest.trim_end_matches(['\r', '\n']);
        let tail = &rest[value.len()..];
        let field = name
            .captures(head)
            .map(|found| found[1].to_owned())
            .unwrap_or_default();
        let redacted = if is_secret_name(&field) {
            self.secret(value, Kind::Field)
        } else {
            self.field(value)
        };
        let new_head = self.flat(head);
        if redacted.is_none() && new_head.is_none() {
            return None;
        }
        Some(format!(
            "{}{}{tail}",
            new_head.as_deref().unwrap_or(head),
            redacted.as_deref().unwrap_or(value)
        ))
    }
}

/// What stands before, between and behind the lines that begin with `boundary`.
fn parts<'t>(text: &'t str, boundary: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(boundary) {
        let begins = at == 0 || text[..at].ends_with('\n');
        let rest = &text[at + boundary.len()..];
        let ends = rest.is_empty() || rest.starts_with(['\r', '\n', '-', ' ']);
        if begins && ends {
            parts.push(&text[from..at]);
            from = at + boundary.len();
        }
    }
    parts.push(&text[from..]);
    parts
}

/// Base64 of what stands in place of bytes.
pub(super) fn binary() -> String {
    STANDARD.encode(BYTES)
}

fn looks_like_multipart(text: &str) -> bool {
    text.starts_with("--")
        && text
            .get(..2000)
            .unwrap_or(text)
            .to_ascii_lowercase()
            .contains("content-disposition:")
}

fn looks_like_form(text: &str) -> bool {
    text.contains('=')
        && !text.contains("://")
        && !text.contains(char::is_whitespace)
        && !text.starts_with(['{', '[', '<', '"'])
        && text.split('&').all(|pair| pair.contains('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_parts_lose_their_secrets() {
        let mut scrubber = Scrubber::new([6; 16], false);
        let out = scrubber
            .body(
                "grant_type=password&password=p%26w1&client_id=x&scope=a+b",
                "application/x-www-form-urlencoded",
            )
            .unwrap();
        assert!(
            out.starts_with("grant_type=password&password=REDACTED-")
                && out.ends_with("&client_id=x&scope=a+b"),
            "{out}"
        );
        let key = "--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n-----BEGIN KEY-----\nMIIEvgIBADANBgkq\n-----END KEY-----\r\n--B--\r\n";
        let out = scrubber.body(key, "multipart/form-data").unwrap();
        assert!(
            !out.contains("MIIE") && out.contains("-----END KEY-----\r\n--B--"),
            "{out}"
        );
        let text = "--B\r\nContent-Disposition: form-data; name=\"apitoken\"\r\n\r\nhunter2!\r\n--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--B--\r\n";
        let out = scrubber
            .body(text, "multipart/form-data; boundary=B")
            .unwrap();
        assert!(
            !out.contains("hunter2") && out.contains("name=\"x\"\r\n\r\ny\r\n--B--"),
            "{out}"
        );
    }

    #[test]
    fn json_is_read_as_such_whatever_its_media_type_says() {
        let mut scrubber = Scrubber::new([6; 16], false);
        for media_type in ["multipart/form-data", "application/x-www-form-urlencoded"] {
            let out = scrubber
                .body(r#"{"password":"hunter2!","x":null}"#, media_type)
                .unwrap();
            assert!(
                !out.contains("hunter2") && out.ends_with(r#","x":null}"#),
                "{out}"
            );
        }
    }

    #[test]
    fn bytes_are_left_out_and_texts_are_not() {
        let mut scrubber = Scrubber::new([6; 16], false);
        let headers = Headers::default();
        let picture = STANDARD.encode([0x89, b'P', b'N', b'G', 0, 1, 2, 0xff]);
        assert_eq!(
            scrubber.encoded_body(&picture, "image/png", &headers),
            Some(binary())
        );
        let json = STANDARD.encode(r#"{"refresh_token":"abc123def456"}"#);
        let out = scrubber
            .encoded_body(&json, "application/json", &headers)
            .unwrap();
        let plain = String::from_utf8(body::from_base64(&out).unwrap()).unwrap();
        assert!(
            plain.starts_with(r#"{"refresh_token":"REDACTED-"#),
            "{plain}"
        );
    }
}
