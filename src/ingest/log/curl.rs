//! What `curl --verbose` and `curl --trace` write.

use super::assemble::{Piece, Said, Source};
use super::extent::{self, Extent};
use super::lines::{Cursor, Line};
use crate::exchange::{Body, Headers};
use crate::ingest::body;
use crate::ingest::http::{self, Start};

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    if let Some(section) = Section::begin(line.text) {
        return trace(section, rest);
    }
    match line.text.split_at_checked(2)? {
        ("> ", start) => verbose_request(start, rest),
        ("< ", start) => verbose_answer(start, rest),
        ("* ", words) => failure(words).map(|said| (said, rest)),
        _ => failure(line.text).map(|said| (said, rest)),
    }
}

/// What curl says where no answer came.
fn failure(words: &str) -> Option<Said> {
    let words = words.trim();
    let failed = words
        .strip_prefix("curl: (")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    failed.then(|| Said::new(Source::CurlVerbose, vec![Piece::Failed(words.to_owned())]))
}

/// The lines of a head, which all begin with `mark`.
fn head<'a>(mark: &str, mut rest: Cursor<'a>) -> (Headers, Cursor<'a>) {
    let mut fields = Vec::new();
    while let Some((line, behind)) = rest.line() {
        let Some(field) = line.text.strip_prefix(mark) else {
            // Between two lines of a head curl may say something of its own.
            if line.text.starts_with("* ")
                && behind
                    .line()
                    .is_some_and(|(next, _)| next.text.starts_with(mark))
            {
                rest = behind;
                continue;
            }
            break;
        };
        let field = field.strip_prefix(' ').unwrap_or(field);
        rest = behind;
        if field.trim().is_empty() {
            break;
        }
        fields.push(field);
    }
    (http::headers(fields.into_iter()), rest)
}

fn verbose_request<'a>(start: &str, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let Some(Start::Request { method, target }) = Start::parse(start) else {
        return None;
    };
    let (headers, mut rest) = head(">", rest);
    let url = http::url(&target, &headers);
    let mut pieces = vec![
        Piece::Request(Some(method), url),
        Piece::RequestHeaders(headers),
    ];
    // Programs that write in curl's way show what was sent behind bars.
    let mut sent = String::new();
    while let Some((line, behind)) = rest.line()
        && let Some(row) = line.text.strip_prefix("| ")
    {
        sent.push_str(row);
        sent.push('\n');
        rest = behind;
    }
    if !sent.trim().is_empty() {
        pieces.push(Piece::RequestBody(Body::Text(sent.trim().into())));
    }
    Some((Said::new(Source::CurlVerbose, pieces), rest))
}

fn verbose_answer<'a>(start: &str, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let Some(Start::Status { status, text }) = Start::parse(start) else {
        return None;
    };
    let (headers, rest) = head("<", rest);
    let mut pieces = vec![Piece::Status(status, text), Piece::ResponseHeaders(headers)];
    let mut rest = rest;
    // Between the head and the body curl says how much came, and shows a meter where it writes to a file.
    while let Some((line, behind)) = rest.line()
        && is_remark(&line)
    {
        rest = behind;
    }
    let Extent { body, rest } =
        extent::body(rest, &|line| is_mark(line) || line.text.starts_with("$ "));
    if body != Body::Empty {
        pieces.push(Piece::ResponseBody(body));
    }
    Some((Said::new(Source::CurlVerbose, pieces), rest))
}

/// Whether curl speaks in this line, and no body.
fn is_mark(line: &Line<'_>) -> bool {
    let begins = ["* ", "> ", "< ", "{ [", "} [", "curl: ("];
    begins.iter().any(|begin| line.text.starts_with(begin))
        || line.text.trim_end() == "<"
        || line.text.trim_end() == ">"
}

/// Whether the line is a remark of curl on the connection or on how much came.
pub(super) fn is_remark(line: &Line<'_>) -> bool {
    let text = line.text.trim();
    let of_data = text.ends_with("bytes data]") && text.starts_with(['{', '}']);
    let of_meter = text.starts_with("% Total") || text.starts_with("Dload ") || is_meter(text);
    let of_connection = text.starts_with("* ") || text.starts_with("== Info:");
    let of_trace = Section::begin(text) == Some(Section::Other) || row(text).is_some();
    text.is_empty() || of_data || of_meter || of_connection || of_trace
}

/// Whether the line is a state of the progress meter: numbers and times only.
fn is_meter(text: &str) -> bool {
    text.contains("--:--:--") || {
        let symbol = |c: char| c.is_ascii_digit() || matches!(c, ' ' | ':' | '-' | 'k' | 'M' | '.');
        text.len() > 40 && text.chars().all(symbol)
    }
}

/// A part of what `--trace` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    SentHead,
    SentData,
    ReceivedHead,
    ReceivedData,
    /// What belongs to the connection.
    Other,
}

impl Section {
    fn begin(text: &str) -> Option<Self> {
        if !text.trim_end().ends_with(')') || !text.contains(" bytes (0x") {
            return None;
        }
        Some(match text.split_once(',')?.0 {
            "=> Send header" => Self::SentHead,
            "=> Send data" => Self::SentData,
            "<= Recv header" => Self::ReceivedHead,
            "<= Recv data" => Self::ReceivedData,
            other if other.starts_with("=> ") || other.starts_with("<= ") => Self::Other,
            _ => return None,
        })
    }
}

/// The rows of one section, and of the heads that follow line by line.
fn trace(section: Section, rest: Cursor<'_>) -> Option<(Said, Cursor<'_>)> {
    let (dump, mut rest) = rows(rest);
    let said = |pieces| Said::new(Source::CurlTrace, pieces);
    let pieces = match section {
        Section::SentHead => {
            let text = String::from_utf8_lossy(&dump.bytes);
            let mut lines = text.lines();
            let Start::Request { method, target } = Start::parse(lines.next()?)? else {
                return None;
            };
            let headers = http::headers(lines);
            let url = http::url(&target, &headers);
            vec![
                Piece::Request(Some(method), url),
                Piece::RequestHeaders(headers),
            ]
        }
        Section::SentData => vec![Piece::Sent(dump)],
        Section::ReceivedData => {
            // Where the dump goes to the terminal, so does the body itself.
            let shown = std::str::from_utf8(&dump.bytes).unwrap_or_default();
            if rest.rest().starts_with(shown) {
                rest = rest.to(rest.at + shown.len());
            }
            vec![Piece::Received(dump)]
        }
        Section::Other => vec![],
        Section::ReceivedHead => {
            let mut text = String::from_utf8_lossy(&dump.bytes).into_owned();
            // Each line of the answer's head is a section of its own, and its end may not be shown.
            while let Some((line, behind)) = rest.line()
                && Section::begin(line.text) == Some(Section::ReceivedHead)
            {
                let (dump, behind) = rows(behind);
                let more = String::from_utf8_lossy(&dump.bytes);
                if more.starts_with("HTTP/") {
                    break;
                }
                text.truncate(text.trim_end().len());
                text.push('\n');
                text.push_str(&more);
                rest = behind;
            }
            let mut lines = text.lines();
            match Start::parse(lines.next()?) {
                Some(Start::Status {
                    status,
                    text: words,
                }) => {
                    vec![
                        Piece::Status(status, words),
                        Piece::ResponseHeaders(http::headers(lines)),
                    ]
                }
                // Fields behind the body, or of a head that something interrupted.
                _ => vec![Piece::ResponseHeaders(http::headers(text.lines()))],
            }
        }
    };
    Some((said(pieces), rest))
}

/// A part of a body, as a log shows its bytes.
#[derive(Debug, Default)]
pub(super) struct Dump {
    bytes: Vec<u8>,
    /// Whether rows of a dump of text are among them, in which a dot stands for each byte that is no
    /// printable ASCII.
    dotted: bool,
}

impl Dump {
    /// Bytes of which none is missing.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            dotted: false,
        }
    }

    /// What follows it.
    pub(super) fn append(&mut self, more: Self) {
        self.bytes.extend(more.bytes);
        self.dotted |= more.dotted;
    }

    /// Whether nothing is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The body, of which a dump of text may keep less than was sent.
    pub(super) fn body(self, headers: &Headers, limit: usize) -> Body {
        if !self.dotted {
            return body::from_wire(self.bytes, headers, limit);
        }
        let coding = headers.get("content-encoding").unwrap_or("identity").trim();
        if !coding.eq_ignore_ascii_case("identity") {
            return Body::NotRecorded(Some(format!(
                "it is packed with {coding}, and a dump of text keeps no bytes; record with --trace FILE, or without --compressed"
            )));
        }
        match body::from_wire(self.bytes, headers, limit) {
            Body::Text(text) => dotted(undotted(text.into_string())),
            Body::Cut(text, how) => Body::Cut(undotted(text.into_string()).into(), how),
            other => other,
        }
    }
}

/// A body from a dump of text. What is not ASCII takes two bytes or more, so two dots stand for it.
fn dotted(text: String) -> Body {
    if text.contains("..") {
        let how = "from a dump of text, where dots stand for each letter that is not ASCII (record with --trace FILE)";
        Body::Respelt(text.into(), how.to_owned())
    } else {
        Body::Text(text.into())
    }
}

/// The bytes in rows of `0000: text`, or `0000: 7b 22  {"`.
fn rows(mut rest: Cursor<'_>) -> (Dump, Cursor<'_>) {
    let mut dump = Dump::default();
    while let Some((line, behind)) = rest.line() {
        let Some((offset, row)) = row(line.text) else {
            break;
        };
        rest = behind;
        let bytes = &mut dump.bytes;
        if let Some(hex) = hex(row) {
            bytes.extend(hex);
            continue;
        }
        dump.dotted = true;
        // In a dump of text a row also ends where a line of the message does, which is left out of it.
        if offset > bytes.len() {
            bytes.extend_from_slice(if offset - bytes.len() == 1 {
                b"\n"
            } else {
                b"\r\n"
            });
        }
        bytes.extend_from_slice(row.as_bytes());
    }
    (dump, rest)
}

/// The offset and the content of a row.
fn row(text: &str) -> Option<(usize, &str)> {
    let (offset, row) = text
        .split_once(": ")
        .or_else(|| text.strip_suffix(':').map(|offset| (offset, "")))?;
    let is_offset =
        (4..=8).contains(&offset.len()) && offset.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((
        usize::from_str_radix(offset, 16)
            .ok()
            .filter(|_| is_offset)?,
        row,
    ))
}

/// The bytes of a row in hexadecimal, which ends with the same bytes as characters.
fn hex(row: &str) -> Option<Vec<u8>> {
    let (digits, characters) = row.split_at_checked(48)?;
    let mut bytes = Vec::new();
    for pair in digits.split_ascii_whitespace() {
        bytes.push(
            u8::from_str_radix(pair, 16)
                .ok()
                .filter(|_| pair.len() == 2)?,
        );
    }
    let same = |(byte, c): (&u8, char)| *byte == c as u8 || c == '.';
    let shown = characters.chars().count() == bytes.len();
    (shown && !bytes.is_empty() && bytes.iter().zip(characters.chars()).all(same)).then_some(bytes)
}

/// JSON from a dump of text, which shows a dot for each line feed and tab. Outside of strings a dot
/// can be nothing else unless digits stand around it.
fn undotted(text: String) -> String {
    if !text.starts_with(['{', '[']) || text.trim_end().contains('\n') {
        return text;
    }
    let mut string = false;
    let mut escaped = false;
    let mut before = '\0';
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let mut shown = c;
        match c {
            _ if escaped => escaped = false,
            '\\' if string => escaped = true,
            '"' => string = !string,
            '.' if !string && !before.is_ascii_digit() => shown = '\n',
            _ => {}
        }
        before = shown;
        out.push(shown);
    }
    out
}
