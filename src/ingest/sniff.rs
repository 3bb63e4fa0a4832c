//! What bytes are, told by their beginning and never by a name.

use std::io::{self, Cursor, Read};

use crate::error::{Error, Kind};

/// How much of an input is looked at.
pub(super) const HEAD: usize = 4096;

/// What an input begins like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// Nothing, or nothing but blanks.
    Empty,
    /// A zip archive: SAZ, a zipped HAR, or another.
    Zip,
    /// A gzip stream.
    Gzip,
    /// A zlib stream.
    Zlib,
    /// A Zstandard stream.
    Zstandard,
    /// A tar archive.
    Tar,
    /// A compound file: Outlook's mails, and documents of old office programs.
    Compound,
    /// A mail with its headers.
    Mail,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// JSON, from that offset on.
    Json(usize),
    /// JSON in a JSON string.
    QuotedJson,
    /// Readable text of any kind.
    Text,
    /// Something with a name, and what to do about it.
    Known(&'static str, &'static str),
    /// Bytes that are no text.
    Binary,
}

/// What to do where nothing better is known.
pub(super) const RECORD: &str =
    "give a HAR saved by the browser's network tools, or a Fiddler archive (.saz)";

/// Bytes that files of other programs begin with.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (
        b"\xd4\xc3\xb2\xa1",
        "a packet capture",
        "packets are encrypted; record in the browser or with Fiddler and give a HAR or SAZ",
    ),
    (
        b"\xa1\xb2\xc3\xd4",
        "a packet capture",
        "packets are encrypted; record in the browser or with Fiddler and give a HAR or SAZ",
    ),
    (
        b"\x0a\x0d\x0d\x0a",
        "a packet capture",
        "packets are encrypted; record in the browser or with Fiddler and give a HAR or SAZ",
    ),
    (
        b"\x89PNG",
        "a picture",
        "pictures cannot be read; give the trace itself, or the message as text",
    ),
    (
        b"\xff\xd8\xff",
        "a picture",
        "pictures cannot be read; give the trace itself, or the message as text",
    ),
    (
        b"GIF8",
        "a picture",
        "pictures cannot be read; give the trace itself, or the message as text",
    ),
    (b"%PDF-", "a PDF document", RECORD),
    (
        b"7z\xbc\xaf",
        "a 7-Zip archive",
        "unpack it and give what is inside",
    ),
    (
        b"Rar!",
        "a RAR archive",
        "unpack it and give what is inside",
    ),
    (
        b"BZh",
        "a bzip2 archive",
        "unpack it and give what is inside",
    ),
    (
        b"\xfd7zXZ",
        "an xz archive",
        "unpack it and give what is inside",
    ),
];

/// What `stream` begins with, and all of it to read. One that is damaged behind a readable beginning
/// fails again when it is read on.
pub(super) fn begin<R: Read>(mut stream: R) -> io::Result<(Beginning, impl Read)> {
    let mut head = Vec::new();
    let read = stream.by_ref().take(HEAD as u64).read_to_end(&mut head);
    match read {
        Err(error) if head.is_empty() => Err(error),
        Ok(_) | Err(_) => Ok((beginning(&head), Cursor::new(head).chain(stream))),
    }
}

/// What an input is that begins with `head`.
pub(super) fn beginning(head: &[u8]) -> Beginning {
    for (magic, what, hint) in MAGIC {
        if head.starts_with(magic) {
            return Beginning::Known(what, hint);
        }
    }
    if is_mitmproxy(head) {
        return Beginning::Known(
            "a flow file of mitmproxy",
            "write it as HAR with `mitmdump -n -r FILE --set hardump=OUT.har`",
        );
    }
    match head {
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => return Beginning::Zip,
        [0x1f, 0x8b, ..] => return Beginning::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Beginning::Zstandard,
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => return Beginning::Compound,
        [0x78, ..] if is_zlib(head) => return Beginning::Zlib,
        [0xff, 0xfe, ..] | [0x09..=0x7e, 0, 0x09..=0x7e, 0, ..] => return Beginning::Utf16Le,
        _ if is_tar(head) => return Beginning::Tar,
        [0xfe, 0xff, ..] | [0, 0x09..=0x7e, 0, 0x09..=0x7e, ..] => return Beginning::Utf16Be,
        _ => {}
    }
    let skipped = head.iter().take_while(|byte| is_blank(**byte)).count();
    let rest = &head[skipped..];
    match rest {
        [] => Beginning::Empty,
        [b'{' | b'[', ..] => Beginning::Json(skipped),
        [b'"', b'{' | b'[' | b'\\', ..] => Beginning::QuotedJson,
        // What a mail holds may be a HAR whose lines are encoded.
        _ if is_mail(rest) => Beginning::Mail,
        _ => match wrapped_json(rest) {
            Some(at) => Beginning::Json(skipped + at),
            None if is_binary(rest) => Beginning::Binary,
            None => Beginning::Text,
        },
    }
}

/// Whether these bytes are the first header of a tar archive.
fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// Whether these bytes begin a zlib stream, which a text may seem to do.
fn is_zlib(head: &[u8]) -> bool {
    let mut unpacked = [0; 16];
    let mut stream = flate2::read::ZlibDecoder::new(head);
    stream.read(&mut unpacked).is_ok_and(|count| count > 0)
}

/// Whether a text begins with the headers of a mail: several, and one that only mails have.
fn is_mail(text: &[u8]) -> bool {
    const OF_MAILS: [&str; 7] = [
        "from",
        "received",
        "mime-version",
        "return-path",
        "message-id",
        "delivered-to",
        "dkim-signature",
    ];
    let mut lines = text.split(|byte| *byte == b'\n').peekable();
    // Some programs put the line of a mailbox in front.
    let _ = lines.next_if(|line| line.starts_with(b"From "));
    let (mut of_mails, mut headers) = (0, 0);
    for line in lines {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            None => break,
            Some(b' ' | b'\t') if headers > 0 => continue,
            Some(_) => {}
        }
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let end = line
            .iter()
            .position(|byte| !is_name(byte))
            .unwrap_or(line.len());
        // The beginning that is looked at may end inside a line.
        if end == 0 || !(line[end..].starts_with(b":") || line[end..].is_empty()) {
            return headers >= 3 && of_mails > 0;
        }
        headers += 1;
        let name = std::str::from_utf8(&line[..end]).unwrap_or_default();
        of_mails += usize::from(
            OF_MAILS
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known)),
        );
    }
    headers >= 2 && of_mails > 0
}

/// Blanks, NUL padding, and the byte order mark of UTF-8.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0xef | 0xbb | 0xbf)
}

/// Where JSON begins behind a function's name and bracket, or behind a guard against inclusion.
fn wrapped_json(rest: &[u8]) -> Option<usize> {
    for guard in [&b")]}'"[..], b"while(1);", b"for(;;);", b"{}&&"] {
        if let Some(behind) = rest.strip_prefix(guard) {
            let at = behind.iter().position(|b| matches!(b, b'{' | b'['))?;
            return Some(guard.len() + at);
        }
    }
    if let Some(at) = log_inside(rest) {
        return Some(at);
    }
    let name = rest
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.'))
        .count();
    let behind = rest.get(name..)?.strip_prefix(b"(")?;
    let blanks = behind
        .iter()
        .take_while(|b| b.is_ascii_whitespace())
        .count();
    (name > 0 && matches!(behind.get(blanks), Some(b'{' | b'['))).then_some(name + 1 + blanks)
}

/// Where a HAR's log begins behind other words, as in a script or a mail.
pub(super) fn log_inside(rest: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(rest, b"\"log\"")?;
    let open = rest[..at].trim_ascii_end();
    let behind = rest[at + b"\"log\"".len()..]
        .trim_ascii_start()
        .strip_prefix(b":")?;
    let inside = behind
        .trim_ascii_start()
        .strip_prefix(b"{")?
        .trim_ascii_start();
    let keys: [&[u8]; 5] = [
        b"\"version\"",
        b"\"creator\"",
        b"\"pages\"",
        b"\"entries\"",
        b"\"browser\"",
    ];
    let is_log = open.ends_with(b"{") && keys.iter().any(|key| inside.starts_with(key));
    is_log.then(|| open.len() - 1)
}

/// Whether these are mitmproxy's strings with their length in front: `1862:9:websocket;0:~`.
fn is_mitmproxy(head: &[u8]) -> bool {
    let behind_length = |bytes: &'_ [u8]| -> Option<usize> {
        let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        (digits > 0 && bytes.get(digits) == Some(&b':')).then_some(digits + 1)
    };
    let Some(first) = behind_length(head) else {
        return false;
    };
    let inner = &head[first..];
    let name = &inner[behind_length(inner).unwrap_or(0)..];
    let keys: [&[u8]; 6] = [
        b"type;",
        b"version;",
        b"websocket;",
        b"response;",
        b"request;",
        b"client_conn;",
    ];
    keys.iter().any(|key| name.starts_with(key))
}

/// Whether the bytes can be no text in any charset people write in.
fn is_binary(bytes: &[u8]) -> bool {
    let odd = bytes
        .iter()
        .filter(|byte| **byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
        .count();
    odd * 20 > bytes.len()
}

/// The refusal of an input that is `what`.
pub(super) fn refuse(path: &str, what: &str, hint: &str) -> Error {
    Error::new(Kind::Unrecognised, format!("{path} is {what}, not a trace")).with_hint(hint)
}

/// The refusal of an input that begins with nothing readable.
pub(super) fn refuse_unreadable(path: &str, beginning: Beginning) -> Error {
    match beginning {
        Beginning::Empty => Error::new(Kind::Unrecognised, format!("{path} is empty"))
            .with_hint("save the trace again; the export did not write anything"),
        Beginning::Known(what, hint) => refuse(path, what, hint),
        _ => refuse(path, "binary data of an unknown kind", RECORD),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_by_their_beginning() {
        let table: &[(&[u8], Beginning)] = &[
            (b"", Beginning::Empty),
            (b" \r\n\0", Beginning::Empty),
            (b"\xef\xbb\xbf{\"log\"", Beginning::Json(3)),
            (b"{\0\"\0", Beginning::Utf16Le),
            (b"\xfe\xff\0{", Beginning::Utf16Be),
            (b"onInputData( {\"log\":1});", Beginning::Json(13)),
            (b")]}'\n{\"a\":1}", Beginning::Json(5)),
            (b"var har = { \"log\" : {\"version\":", Beginning::Json(10)),
            (b"it says {\"log\":{\"level\":1}}", Beginning::Text),
            (b"\"{\\\"log\\\"", Beginning::QuotedJson),
            (b"PK\x03\x04", Beginning::Zip),
            (b"\x28\xb5\x2f\xfd", Beginning::Zstandard),
            (b"\x1f\x8b\x08", Beginning::Gzip),
            (b"\x78\x9c\xab\xae\x05\x00", Beginning::Zlib),
            (b"x^ it failed", Beginning::Text),
            (
                b"Received: from a\r\n\tby b\r\nSubject: it failed\r\n\r\nHello",
                Beginning::Mail,
            ),
            (b"From: a\nwrote this to us", Beginning::Text),
            (
                b"Date: today\nContent-Type: application/json\n\n{}",
                Beginning::Text,
            ),
            (b"\x01\x02\x03\x00\x04\x05binary", Beginning::Binary),
            (b"AADSTS700016: caf\xe9", Beginning::Text),
            (b"12:40:07 request; failed", Beginning::Text),
            (
                b"1862:9:websocket;0:~",
                Beginning::Known(
                    "a flow file of mitmproxy",
                    "write it as HAR with `mitmdump -n -r FILE --set hardump=OUT.har`",
                ),
            ),
        ];
        for (bytes, expected) in table {
            assert_eq!(
                beginning(bytes),
                *expected,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}
