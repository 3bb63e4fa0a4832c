//! Text → [`Node`]s, on top of `serde_json`'s grammar.
//!
//! `serde_json` checks the text, and what it passes is JSON; the tree is built from that.

use compact_str::CompactString;
use serde_json::value::RawValue;

use super::{Member, Node, Span, Value};

/// Deepest nesting taken; real bodies stay below 10.
const MAX_DEPTH: usize = 96;

/// Why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, with line and column.
    pub message: String,
    /// Whether the text simply stops, as a cut recording does.
    pub ends_early: bool,
}

/// Parses one JSON document; a BOM and the prefixes that guard against script inclusion are skipped.
pub fn parse(text: &str) -> Result<Node, ParseError> {
    let start = unguarded(text);
    if u32::try_from(text.len()).is_err() {
        return Err(ParseError {
            message: "longer than 4 GiB".to_owned(),
            ends_early: false,
        });
    }
    let raw: &RawValue =
        serde_json::from_str(start.trim_end_matches('\0')).map_err(|error| ParseError {
            message: error.to_string(),
            ends_early: error.is_eof(),
        })?;
    let builder = Builder {
        text,
        at: raw.get().as_ptr().addr() - text.as_ptr().addr(),
        members: Vec::new(),
        items: Vec::new(),
    };
    builder.whole()
}

/// `text` without a BOM, blanks and the prefixes that guard against script inclusion.
pub(crate) fn unguarded(text: &str) -> &str {
    let mut start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    for guard in [")]}',", ")]}'", "while(1);", "for(;;);"] {
        start = start.strip_prefix(guard).unwrap_or(start);
    }
    start.trim_start()
}

/// Builds the tree of a text that holds JSON for sure, in one pass.
struct Builder<'t> {
    text: &'t str,
    at: usize,
    /// Members and items of what is not closed yet.
    members: Vec<Member>,
    items: Vec<Node>,
}

impl Builder<'_> {
    fn whole(mut self) -> Result<Node, ParseError> {
        self.node(0)
    }

    fn node(&mut self, depth: usize) -> Result<Node, ParseError> {
        if depth > MAX_DEPTH {
            return Err(ParseError {
                message: format!("nested deeper than {MAX_DEPTH} levels"),
                ends_early: false,
            });
        }
        let start = self.at;
        let value = match self.next() {
            b'{' => self.object(depth)?,
            b'[' => self.array(depth)?,
            b'"' => {
                self.string();
                Value::String(self.unescaped(start))
            }
            b't' => {
                self.at += 4;
                Value::Bool(true)
            }
            b'f' => {
                self.at += 5;
                Value::Bool(false)
            }
            b'n' => {
                self.at += 4;
                Value::Null
            }
            _ => {
                let rest = &self.text.as_bytes()[start..];
                let digits =
                    |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                self.at += rest.iter().take_while(|byte| digits(byte)).count().max(1);
                Value::Number(self.text.get(start..self.at).unwrap_or_default().into())
            }
        };
        Ok(Node {
            span: self.span(start),
            value,
        })
    }

    /// The byte at the place; at the end, where valid JSON does not lead, one that ends everything.
    fn next(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b'}')
    }

    /// Goes to the next byte that is no blank.
    fn skip_blanks(&mut self) -> u8 {
        while matches!(self.next(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        self.next()
    }

    fn array(&mut self, depth: usize) -> Result<Value, ParseError> {
        let own = self.items.len();
        self.at += 1;
        while self.at < self.text.len() {
            match self.skip_blanks() {
                b']' | b'}' => break,
                b',' => self.at += 1,
                _ => {
                    let item = self.node(depth + 1)?;
                    self.items.push(item);
                }
            }
        }
        self.at += 1;
        Ok(Value::Array(self.items.drain(own..).collect()))
    }

    fn object(&mut self, depth: usize) -> Result<Value, ParseError> {
        let own = self.members.len();
        self.at += 1;
        while self.at < self.text.len() {
            match self.skip_blanks() {
                b'"' => {
                    let start = self.at;
                    self.string();
                    let (key, key_span) = (self.unescaped(start), self.span(start));
                    self.skip_blanks();
                    // The colon.
                    self.at += 1;
                    self.skip_blanks();
                    let value = self.node(depth + 1)?;
                    self.members.push(Member {
                        key,
                        key_span,
                        value,
                    });
                }
                b',' => self.at += 1,
                _ => break,
            }
        }
        self.at += 1;
        Ok(Value::Object(self.members.drain(own..).collect()))
    }

    /// Goes behind the string that begins here.
    fn string(&mut self) {
        self.at += 1;
        let bytes = self.text.as_bytes();
        while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[self.at..]) {
            self.at += found + 1;
            if bytes[self.at - 1] == b'"' {
                return;
            }
            self.at += 1;
        }
        self.at = bytes.len();
    }

    /// The string from `start` to here.
    fn unescaped(&self, start: usize) -> CompactString {
        let raw = &self.text[start..self.at];
        match raw.len() {
            // Most strings have no escape.
            2.. if memchr::memchr(b'\\', raw.as_bytes()).is_none() => raw[1..raw.len() - 1].into(),
            _ => string(raw).into(),
        }
    }

    fn span(&self, start: usize) -> Span {
        // The length of the text was looked at.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span {
            start: place(start),
            end: place(self.at),
        }
    }
}

/// Unescapes a JSON string; a lone surrogate, which `serde_json` refuses, becomes U+FFFD.
pub(crate) fn string(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| {
        let mut repaired = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('\\') {
            repaired.push_str(&rest[..at]);
            let escape = &rest[at..];
            let len = if escape.as_bytes().get(1) == Some(&b'u') {
                6
            } else {
                2
            };
            let pair = escape.get(..12).filter(|_| len == 6);
            if let Some(pair) = pair.filter(|pair| is_string(pair)) {
                repaired.push_str(pair);
                rest = &escape[12..];
                continue;
            }
            let one = escape.get(..len).unwrap_or(escape);
            repaired.push_str(if is_string(one) { one } else { "\u{fffd}" });
            rest = &escape[one.len()..];
        }
        repaired.push_str(rest);
        serde_json::from_str(&repaired).unwrap_or_else(|_| raw.trim_matches('"').to_owned())
    })
}

fn is_string(content: &str) -> bool {
    serde_json::from_str::<String>(&format!("\"{content}\"")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_quotes_its_value() {
        let text = "\u{feff} { \"a\" : [1, {\"b\\u0041\":\"x\\\"y\"}] ,\"a\":null }\n";
        let node = parse(text).unwrap();
        assert_eq!(node.members().len(), 2, "duplicate keys are kept");
        let first = &node.members()[0];
        assert_eq!(&text[first.key_span()], "\"a\"");
        let inner = &first.value.items()[1].members()[0];
        assert_eq!(inner.key, "bA");
        assert_eq!(&text[inner.value.span()], "\"x\\\"y\"");
        assert!(
            node.get("A").unwrap().is_null(),
            "the last duplicate counts"
        );
    }

    #[test]
    fn a_lone_surrogate_costs_one_character() {
        let node = parse(r#"{"a":"x\ud83dy","b":"\ud83d\ude00"}"#).unwrap();
        assert_eq!(node.str("a"), Some("x\u{fffd}y"));
        assert_eq!(node.str("b"), Some("\u{1f600}"));
    }

    #[test]
    fn broken_texts_say_whether_they_just_stop() {
        assert!(parse("{\"a\":1").unwrap_err().ends_early);
        assert!(!parse("{\"a\":x}").unwrap_err().ends_early);
        assert!(parse("").unwrap_err().ends_early);
        assert!(parse(&("[".repeat(500) + &"]".repeat(500))).is_err());
    }
}
