//! How far a body reaches in a log, and what it was before the log wrapped or cut it.

use super::lines::{Cursor, Line};
use super::python;
use crate::exchange::Body;

/// Why a body is only a beginning, where the log gives no reason of its own.
const BREAKS_OFF: &str = "the log breaks off inside it";

/// A body cut out of a log.
pub(super) struct Extent<'a> {
    /// The body.
    pub(super) body: Body,
    /// The place behind it.
    pub(super) rest: Cursor<'a>,
}

/// Where brackets and strings begin and end, whatever lines they are written on.
#[derive(Default)]
struct Scanner {
    depth: usize,
    quote: Option<u8>,
    escaped: bool,
}

impl Scanner {
    /// Reads on over `text`; gives where the outermost bracket is closed.
    fn feed(&mut self, text: &str, quotes: &[u8]) -> Option<usize> {
        for (at, byte) in text.bytes().enumerate() {
            if self.escaped {
                self.escaped = false;
                continue;
            }
            match (self.quote, byte) {
                (Some(_), b'\\') => self.escaped = true,
                (Some(quote), byte) => self.quote = self.quote.filter(|_| byte != quote),
                (None, byte) if quotes.contains(&byte) => self.quote = Some(byte),
                (None, b'{' | b'[') => self.depth += 1,
                (None, b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// A line of a body that goes on in the next one.
struct Piece<'a> {
    text: &'a str,
    /// How many columns the whole line takes.
    width: usize,
    /// Whether the next line begins inside a string.
    in_string: bool,
}

/// The body at `from`: JSON up to its last bracket, other text up to a line that is none of it.
pub(super) fn body<'a>(from: Cursor<'a>, ends: &dyn Fn(&Line<'a>) -> bool) -> Extent<'a> {
    let start = from.behind_blank();
    let Some((first, _)) = start.line().filter(|(line, _)| !ends(line)) else {
        return Extent {
            body: Body::Empty,
            rest: from,
        };
    };
    if first.text.trim_start().starts_with(['{', '[']) {
        return brackets(start, b"\"", ends);
    }
    let mut text = String::new();
    let mut rest = start;
    while let Some((line, behind)) = rest.line().filter(|(line, _)| !ends(line)) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line.text);
        rest = behind;
    }
    text.truncate(text.trim_end().len());
    let body = if text.is_empty() {
        Body::Empty
    } else {
        Body::Text(text.into())
    };
    Extent { body, rest }
}

/// How far objects have been looked through that may tell of a request.
pub(super) struct Looked {
    /// What stands in front of this place has been looked through.
    pub(super) behind: usize,
    /// How many bytes may still be looked at.
    left: usize,
}

impl Looked {
    /// For a log of `length` bytes: what is looked at grows with it and no faster, also where brackets
    /// are not closed.
    pub(super) fn new(length: usize) -> Self {
        Self {
            behind: 0,
            left: length.saturating_mul(8),
        }
    }

    /// The object at `from` as a program prints it, up to its last bracket.
    pub(super) fn object<'a>(&mut self, from: Cursor<'a>) -> Option<Extent<'a>> {
        if self.left == 0 {
            return None;
        }
        let found = brackets(from, b"\"'`", &Line::begins_record);
        self.left = self.left.saturating_sub(found.rest.at - from.at);
        Some(found)
    }
}

/// The Python dictionary or list at `from`, as the JSON that it stands for.
pub(super) fn dictionary<'a>(from: Cursor<'a>, ends: &dyn Fn(&Line<'a>) -> bool) -> Extent<'a> {
    let Extent { body, rest } = brackets(from, b"\"'", ends);
    let body = match body {
        Body::Text(text) | Body::Respelt(text, _) => match python::to_json(&text) {
            Some(json) => Body::Respelt(
                json.into(),
                "as JSON instead of a Python dictionary".to_owned(),
            ),
            None => Body::NotRecorded(Some(
                "the log shows an object of Python that is no JSON".to_owned(),
            )),
        },
        Body::Cut(text, reason) => match python::to_json(&text) {
            Some(json) => Body::Cut(json.into(), reason),
            None => Body::NotRecorded(Some(reason)),
        },
        body => body,
    };
    Extent { body, rest }
}

fn brackets<'a>(from: Cursor<'a>, quotes: &[u8], ends: &dyn Fn(&Line<'a>) -> bool) -> Extent<'a> {
    let mut scanner = Scanner::default();
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    let mut rest = from;
    while let Some((line, behind)) = rest
        .line()
        .filter(|(line, _)| pieces.is_empty() || !ends(line))
    {
        if let Some(end) = scanner.feed(line.text, quotes) {
            let (text, _) = line.text.split_at(end);
            pieces.push(Piece {
                text,
                width: 0,
                in_string: false,
            });
            return Extent {
                body: joined(&pieces, None),
                rest: from.to(line.at + line.raw.len() - line.text.len() + end),
            };
        }
        scanner.escaped = false;
        let width = line.raw.chars().count();
        pieces.push(Piece {
            text: line.text,
            width,
            in_string: scanner.quote.is_some(),
        });
        rest = behind;
    }
    Extent {
        body: joined(&pieces, Some(BREAKS_OFF)),
        rest,
    }
}

/// The text of lines that belong together. Inside a string no line can end, so there the log or
/// whoever copied it wrapped the line: a terminal at a fixed column, other programs at a blank.
fn joined(pieces: &[Piece<'_>], cut: Option<&str>) -> Body {
    let broken = pieces.split_last().map_or(&[][..], |(_, broken)| broken);
    let mut widths = broken
        .iter()
        .filter(|piece| piece.in_string)
        .map(|piece| piece.width);
    let first = widths.next();
    let fixed = first.filter(|first| widths.all(|width| width == *first));
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        text.push_str(piece.text);
        if at == broken.len() || fixed == Some(piece.width) {
            continue;
        }
        match piece.in_string {
            true if piece.text.ends_with(' ') => {}
            true => text.push(' '),
            false => text.push('\n'),
        }
    }
    let text = text.trim().to_owned();
    match (cut, first) {
        _ if text.is_empty() => Body::Empty,
        (Some(reason), _) => Body::Cut(text.into(), reason.to_owned()),
        (None, Some(_)) => Body::Respelt(text.into(), "with its wrapped lines joined".to_owned()),
        (None, None) => Body::Text(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Body, &str) {
        let found = body(Cursor::new(text), &Line::begins_record);
        (found.body, found.rest.rest())
    }

    #[test]
    fn json_ends_with_its_last_bracket() {
        let whole = |text: &str| Body::Text(text.into());
        assert_eq!(
            read("{\"a\":\"}\\\"\"}* left intact\nx"),
            (whole("{\"a\":\"}\\\"\"}"), "* left intact\nx")
        );
        assert_eq!(
            read("\n{\n  \"a\": 1\n}\nb"),
            (whole("{\n  \"a\": 1\n}"), "\nb")
        );
        assert_eq!(read("DEBUG: x\n"), (Body::Empty, "DEBUG: x\n"));
        assert_eq!(
            read("words\nmore\n\nDEBUG: x"),
            (whole("words\nmore"), "DEBUG: x")
        );
        let (cut, rest) = read("{\"a\":\"b\nDEBUG: x");
        assert!(matches!(cut, Body::Cut(text, _) if &*text == "{\"a\":\"b"));
        assert_eq!(rest, "DEBUG: x");
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let respelt = |text: &str| read(text).0.text().unwrap().to_owned();
        assert_eq!(
            respelt("{\"name\":\"pro\nd\",\"bcd\":\"cd\nf\"}"),
            "{\"name\":\"prod\",\"bcd\":\"cdf\"}"
        );
        assert_eq!(
            respelt("{\"name\":\"web\nshop\",\"b\":\"north\nsea\"}"),
            "{\"name\":\"web shop\",\"b\":\"north sea\"}"
        );
    }
}
