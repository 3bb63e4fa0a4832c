//! Undoes what HTTP did to a body on its way: chunks and compression.

use std::io::{self, Cursor, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use crate::exchange::Headers;

/// Largest zstd window; what browsers accept from servers.
const ZSTD_WINDOW: u64 = 8 << 20;

/// What a Zstandard stream unpacks to.
pub(super) fn zstandard(packed: &mut dyn Read) -> io::Result<impl Read + '_> {
    StreamingDecoder::new_with_max_window_size(packed, ZSTD_WINDOW).map_err(io::Error::other)
}

/// What a gzip stream begins with.
pub(super) const GZIP: &[u8] = b"\x1f\x8b\x08";

/// A body after its codings were undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decoded {
    /// All of it.
    Whole(Vec<u8>),
    /// Its beginning, and what is wrong with the rest.
    Part(Vec<u8>, &'static str),
    /// Its codings cannot be undone; the bytes as they are.
    Undecodable(Vec<u8>),
    /// It unpacks to more than the limit.
    TooLarge,
}

/// Undoes chunking where the bytes are chunks, then the content codings, last one first.
pub(super) fn undo(bytes: Vec<u8>, headers: &Headers, limit: usize) -> Decoded {
    let chunked = headers
        .get("transfer-encoding")
        .is_some_and(|codings| codings.to_ascii_lowercase().contains("chunked"));
    let (mut bytes, mut part) = (bytes, None);
    if chunked {
        match dechunk(&bytes) {
            Some((whole, true)) => bytes = whole,
            Some((begin, false)) => {
                bytes = begin;
                part = Some("its last chunks are missing");
            }
            None => {}
        }
    }
    let codings = headers
        .get("content-encoding")
        .unwrap_or_default()
        .to_ascii_lowercase();
    for coding in codings.split(',').rev().map(str::trim) {
        if bytes.is_empty() || matches!(coding, "" | "identity") {
            continue;
        }
        match unpack(coding, &bytes, limit) {
            Some((unpacked, _)) if unpacked.len() > limit => return Decoded::TooLarge,
            Some((unpacked, true)) => bytes = unpacked,
            Some((unpacked, false)) if !unpacked.is_empty() => {
                bytes = unpacked;
                part = Some("its compressed form breaks off or is damaged");
            }
            _ => return Decoded::Undecodable(bytes),
        }
    }
    // Some recorders drop the field and keep the coding.
    if bytes.starts_with(GZIP) {
        match unpack("gzip", &bytes, limit) {
            Some((unpacked, _)) if unpacked.len() > limit => return Decoded::TooLarge,
            Some((unpacked, true)) => bytes = unpacked,
            _ => {}
        }
    }
    match part {
        Some(reason) => Decoded::Part(bytes, reason),
        None => Decoded::Whole(bytes),
    }
}

/// Unpacks as far as possible; whether that was the end. `None` for an unknown coding.
fn unpack(coding: &str, bytes: &[u8], limit: usize) -> Option<(Vec<u8>, bool)> {
    match coding {
        "gzip" | "x-gzip" => Some(drain(MultiGzDecoder::new(bytes), limit)),
        "br" => Some(drain(Decompressor::new(bytes, 4096), limit)),
        "zstd" => {
            let mut input = Cursor::new(bytes);
            let decoder = StreamingDecoder::new_with_max_window_size(&mut input, ZSTD_WINDOW);
            decoder.ok().map(|decoder| drain(decoder, limit))
        }
        "deflate" => {
            let (unpacked, whole) = drain(ZlibDecoder::new(bytes), limit);
            if unpacked.is_empty() && !whole {
                // Without a checksum anything may look like the beginning of raw deflate.
                return Some(drain(DeflateDecoder::new(bytes), limit)).filter(|(_, whole)| *whole);
            }
            Some((unpacked, whole))
        }
        _ => None,
    }
}

/// Reads to the end or one byte beyond `limit`.
fn drain(reader: impl Read, limit: usize) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let whole = reader.take(limit as u64 + 1).read_to_end(&mut out).is_ok();
    (out, whole)
}

/// The bytes inside chunks, and whether the last chunk was there; `None` if these are no chunks.
fn dechunk(mut bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut first = true;
    loop {
        let Some((size, rest)) = chunk_size(bytes) else {
            return if first { None } else { Some((out, false)) };
        };
        first = false;
        if size == 0 {
            return Some((out, true));
        }
        let Some(chunk) = rest.get(..size) else {
            out.extend_from_slice(rest);
            return Some((out, false));
        };
        out.extend_from_slice(chunk);
        bytes = &rest[size..];
        bytes = bytes
            .strip_prefix(b"\r\n")
            .or_else(|| bytes.strip_prefix(b"\n"))
            .unwrap_or(bytes);
    }
}

/// The size a chunk begins with, and what follows the line.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().take(64).position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(&bytes[..end]).ok()?;
    let digits = line.split(';').next()?.trim();
    Some((usize::from_str_radix(digits, 16).ok()?, &bytes[end + 1..]))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn headers(coding: &str) -> Headers {
        let fields = [
            ("Transfer-Encoding", "chunked"),
            ("content-encoding", coding),
        ];
        fields.into_iter().collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn chunks_are_joined_only_where_they_are_chunks() {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let undo = |text: &str| undo(bytes(text), &headers("identity"), 100);
        assert_eq!(
            undo("3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"),
            Decoded::Whole(bytes("abcd"))
        );
        assert_eq!(undo("{\"a\":1}"), Decoded::Whole(bytes("{\"a\":1}")));
        assert!(matches!(undo("5\r\nab"), Decoded::Part(begin, _) if begin == b"ab"));
    }

    #[test]
    fn compression_is_undone_and_bounded() {
        let text = vec![b'x'; 5000];
        let packed = gzip(&text);
        assert_eq!(
            undo(packed.clone(), &headers("gzip"), 5000),
            Decoded::Whole(text.clone())
        );
        assert_eq!(
            undo(packed.clone(), &headers("gzip"), 4999),
            Decoded::TooLarge
        );
        assert_eq!(
            undo(gzip(&packed), &headers("gzip, x-gzip"), 5000),
            Decoded::Whole(text.clone())
        );
        assert_eq!(
            undo(packed.clone(), &Headers::default(), 5000),
            Decoded::Whole(text.clone())
        );
        assert!(matches!(
            undo(packed[..packed.len() - 9].to_vec(), &headers("gzip"), 5000),
            Decoded::Part(..)
        ));
        for coding in ["gzip", "br", "zstd", "deflate", "compress"] {
            let plain = b"{\"a\":1}".to_vec();
            assert_eq!(
                undo(plain.clone(), &headers(coding), 100),
                Decoded::Undecodable(plain),
                "{coding}"
            );
        }
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        raw.write_all(&text).unwrap();
        assert_eq!(
            undo(raw.finish().unwrap(), &headers("deflate"), 5000),
            Decoded::Whole(text)
        );
    }

    #[test]
    fn brotli_and_zstd_are_undone() {
        let brotli = b"\x0b\x03\x80{\"a\":1}\x03".to_vec();
        assert_eq!(
            undo(brotli, &headers("br"), 100),
            Decoded::Whole(b"{\"a\":1}".to_vec())
        );
        let zstd = b"\x28\xb5\x2f\xfd\x20\x07\x39\x00\x00{\"a\":1}".to_vec();
        assert_eq!(
            undo(zstd, &headers("zstd"), 100),
            Decoded::Whole(b"{\"a\":1}".to_vec())
        );
    }
}
