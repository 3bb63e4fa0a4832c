//! Text → [`Node`]s, on top of `serde_json`'s grammar.
//!
//! `serde_json` checks the text; a `&RawValue` borrows from it, so its address tells its place.

use std::fmt;

use compact_str::CompactString;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
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
    Parser { text }.node(raw.get(), 0)
}

/// `text` without a BOM, blanks and the prefixes that guard against script inclusion.
pub(crate) fn unguarded(text: &str) -> &str {
    let mut start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    for guard in [")]}',", ")]}'", "while(1);", "for(;;);"] {
        start = start.strip_prefix(guard).unwrap_or(start);
    }
    start.trim_start()
}

struct Parser<'t> {
    text: &'t str,
}

impl<'t> Parser<'t> {
    /// `raw` is a slice of `self.text` holding exactly one valid JSON value.
    fn node(&self, raw: &'t str, depth: usize) -> Result<Node, ParseError> {
        if depth > MAX_DEPTH {
            return Err(ParseError {
                message: format!("nested deeper than {MAX_DEPTH} levels"),
                ends_early: false,
            });
        }
        let span = self.span(raw);
        let value = match raw.as_bytes().first() {
            Some(b'{') => self.object(raw, depth)?,
            Some(b'[') => self.array(raw, depth)?,
            Some(b'"') => Value::String(CompactString::from(string(raw))),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Null,
            _ => Value::Number(raw.into()),
        };
        Ok(Node { span, value })
    }

    fn span(&self, raw: &str) -> Span {
        let start = raw.as_ptr().addr() - self.text.as_ptr().addr();
        // The length of the text was looked at.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span {
            start: place(start),
            end: place(start + raw.len()),
        }
    }

    fn array(&self, raw: &'t str, depth: usize) -> Result<Value, ParseError> {
        let items = serde_json::Deserializer::from_str(raw)
            .deserialize_seq(Items)
            .map_err(|error| error_of(&error))?;
        items
            .into_iter()
            .map(|item| self.node(item.get(), depth + 1))
            .collect::<Result<_, _>>()
            .map(Value::Array)
    }

    fn object(&self, raw: &'t str, depth: usize) -> Result<Value, ParseError> {
        let pairs = serde_json::Deserializer::from_str(raw)
            .deserialize_map(Pairs)
            .map_err(|error| error_of(&error))?;
        let mut members = Vec::with_capacity(pairs.len());
        let mut from = self.span(raw).start + 1;
        for (key, value) in pairs {
            let key_span = self.span(key.get());
            debug_assert!(key_span.start >= from);
            let value = self.node(value.get(), depth + 1)?;
            from = value.span.end;
            members.push(Member {
                key: string(key.get()).into(),
                key_span,
                value,
            });
        }
        Ok(Value::Object(members.into_boxed_slice()))
    }
}

fn error_of(error: &serde_json::Error) -> ParseError {
    ParseError {
        message: error.to_string(),
        ends_early: error.is_eof(),
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

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
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
