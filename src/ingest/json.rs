//! JSON as recorders write it: any field may be missing, null or of another shape.
//!
//! A value is kept as the text it stands in and looked at only when asked for, so depth and
//! unknown fields cost nothing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Most fields of an object or items of an array that are looked at; no recorder writes as many.
pub(crate) const MOST_FIELDS: usize = 50_000;

/// An object's fields in order; of fields with the same name the last one counts.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// The object written in `text`.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The object `raw` is; `None` for any other shape.
    pub(crate) fn from_raw(raw: &'a RawValue) -> Option<Self> {
        raw.get()
            .starts_with('{')
            .then(|| serde_json::from_str(raw.get()).ok())?
    }

    /// The field called `name`, unless it is null.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let (_, raw) = self.0.iter().rev().find(|(key, _)| key == name)?;
        (raw.get() != "null").then_some(*raw)
    }

    /// The field called `name` where it is an object.
    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        Self::from_raw(self.get(name)?)
    }

    /// The field called `name` as text: a string's text, any other value as it is written.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(plain)
    }

    /// The field called `name` as text, unless it is missing or empty.
    pub(crate) fn filled(&self, name: &str) -> Option<Cow<'a, str>> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// The field called `name` as a number, also where a string holds it.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        plain(self.get(name)?).trim().parse().ok()
    }

    /// The field called `name` as a count.
    pub(crate) fn count(&self, name: &str) -> Option<u64> {
        plain(self.get(name)?).trim().parse().ok()
    }

    /// Whether the field called `name` is true.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|raw| raw.get() == "true")
    }

    /// All fields in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, raw)| (key.as_ref(), *raw))
    }
}

/// The items of an array; `None` for any other shape.
pub(crate) fn items(raw: &RawValue) -> Option<Vec<&RawValue>> {
    let Items(items) = serde_json::from_str(raw.get()).ok()?;
    Some(items)
}

/// A string's text, or any other value as it is written.
pub(crate) fn plain(raw: &RawValue) -> Cow<'_, str> {
    let text = raw.get();
    if !text.starts_with('"') {
        return Cow::Borrowed(text);
    }
    plain_text(text)
}

/// The text of a JSON string given with its quotes; the closing one may be missing.
pub(crate) fn plain_text(text: &str) -> Cow<'_, str> {
    let inner = text.strip_prefix('"').unwrap_or(text);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    match serde_json::from_str(text) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Owned(unescape_leniently(inner)),
    }
}

/// Undoes string escapes where serde will not: half of a surrogate pair becomes U+FFFD.
fn unescape_leniently(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        flush(&mut text, &mut units, at > 0);
        text.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let unit = escape
            .strip_prefix('u')
            .and_then(|digits| u16::from_str_radix(digits.get(..4)?, 16).ok());
        if let Some(unit) = unit {
            units.push(unit);
            rest = &escape[5..];
            continue;
        }
        flush(&mut text, &mut units, true);
        let mut escaped = escape.chars();
        match escaped.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
        rest = escaped.as_str();
    }
    flush(&mut text, &mut units, true);
    text.push_str(rest);
    text
}

/// Appends collected UTF-16 units once nothing can complete them any more.
fn flush(text: &mut String, units: &mut Vec<u16>, complete: bool) {
    if complete && !units.is_empty() {
        text.push_str(&String::from_utf16_lossy(units));
        units.clear();
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// The items of an array.
struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Listed).map(Self)
    }
}

struct Listed;

impl<'de> Visitor<'de> for Listed {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            if items.len() < MOST_FIELDS {
                items.push(item);
            }
        }
        Ok(items)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((Key(key), raw)) = map.next_entry()? {
            if fields.len() < MOST_FIELDS {
                fields.push((key, raw));
            }
        }
        Ok(Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_counts_and_null_is_nothing() {
        let object =
            Object::parse(r#"{"status":500,"status":"200","a":null,"t":{"x":1}}"#).unwrap();
        assert_eq!(object.number("status"), Some(200.0));
        assert!(object.get("a").is_none());
        assert_eq!(object.text("t").unwrap(), r#"{"x":1}"#);
    }

    #[test]
    fn half_a_surrogate_pair_costs_one_character() {
        let object = Object::parse(r#"{"t":"a\ud83d\n\ud83d\ude00\"é\u00e9"}"#).unwrap();
        assert_eq!(object.text("t").unwrap(), "a\u{fffd}\n\u{1f600}\"éé");
    }
}
