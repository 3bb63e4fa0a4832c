//! JSON without a tree: for what a recorder adds to an entry, nested as deep as it likes, and for
//! bodies that break off.

use super::json::{Place, quoted};
use super::scrub::Scrubber;
use super::text::is_url;
use crate::ingest::json::plain_text;

/// Deepest nesting of which the keys are remembered.
const REMEMBERED: usize = 64;

/// A walk along the strings of a JSON text.
pub(super) struct Loose<'t> {
    text: &'t str,
    at: usize,
    /// Of each open bracket: whether it is an object's, and what its place says.
    open: Vec<(bool, Place)>,
    /// How many more are open than are remembered.
    deeper: usize,
    key: String,
    /// Whether the next string is a key.
    wants_key: bool,
}

/// A string on the way: its range in the text, whether it is a key, and what its place says.
struct Found {
    range: std::ops::Range<usize>,
    is_key: bool,
    place: Place,
}

impl<'t> Loose<'t> {
    /// Whether a text that does not parse is JSON that breaks off or goes too deep, and no prose.
    pub(super) fn looks_like_json(text: &str) -> bool {
        let bare = text.trim_start();
        let inner = bare[1..].trim_start();
        let begins = inner.starts_with(['"', '{', '[', '}', ']']);
        begins && (bare.starts_with('[') || inner.starts_with('"') && inner.contains(':'))
    }

    fn new(text: &'t str, place: Place) -> Self {
        Self {
            text,
            at: 0,
            open: vec![(false, place)],
            deeper: 0,
            key: String::new(),
            wants_key: false,
        }
    }

    fn place(&self) -> Place {
        self.open.last().map_or(Place::Plain, |(_, place)| *place)
    }

    /// The next string.
    fn next(&mut self) -> Option<Found> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'{' | b'[' => self.enter(*byte == b'{'),
                b'}' | b']' if self.deeper > 0 => self.deeper -= 1,
                b'}' | b']' if self.open.len() > 1 => {
                    self.open.pop();
                }
                b',' => self.wants_key = self.open.last().is_some_and(|(object, _)| *object),
                b'"' => return Some(self.string()),
                _ => {}
            }
            self.at += 1;
        }
        None
    }

    fn enter(&mut self, object: bool) {
        let place = self.below();
        if self.open.len() < REMEMBERED {
            self.open.push((object, place));
        } else {
            self.deeper += 1;
        }
        self.wants_key = object;
    }

    /// The place of what comes next.
    fn below(&self) -> Place {
        match self.open.last() {
            Some((true, place)) => place.below(&self.key),
            Some((false, place)) => *place,
            None => Place::Plain,
        }
    }

    fn string(&mut self) -> Found {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'\\' => end += 2,
                b'"' => break,
                _ => end += 1,
            }
        }
        let end = (end + 1).min(bytes.len());
        let end = (end..=bytes.len())
            .find(|at| self.text.is_char_boundary(*at))
            .unwrap_or(bytes.len());
        self.at = end;
        let is_key = self.wants_key;
        let place = if is_key { self.place() } else { self.below() };
        self.wants_key = false;
        Found {
            range: start..end,
            is_key,
            place,
        }
    }
}

impl Scrubber {
    /// JSON text with its strings redacted; `None` if nothing in it has to change.
    pub(super) fn loose(&mut self, text: &str, place: Place) -> Option<String> {
        let mut walk = Loose::new(text, place);
        let mut out = super::json::Splice::new(text);
        while let Some(found) = walk.next() {
            let raw = &text[found.range.clone()];
            let whole = raw.len() > 1 && raw.ends_with('"');
            let plain = plain_text(raw);
            let new = if found.is_key {
                let new = self.flat(&plain);
                walk.key = plain.into_owned();
                new
            } else if is_url(&plain) && found.place != Place::Secret {
                self.url(&plain)
            } else {
                self.string(&walk.key, &plain, found.place)
            };
            if let Some(new) = new {
                let quoted = quoted(&new);
                let end = if whole {
                    quoted.len()
                } else {
                    quoted.len() - 1
                };
                out.replace(found.range, &quoted[..end]);
            }
        }
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_depth_and_any_end_is_read() {
        let mut scrubber = Scrubber::new([1; 16], false);
        let deep = format!(
            "{}\"password\":\"hunter2x\",\"url\":\"https://x.test/?sig=abc123\"{}",
            "{\"parent\":{".repeat(300),
            "}".repeat(600)
        );
        let out = scrubber.loose(&deep, Place::Plain).unwrap();
        assert!(
            !out.contains("hunter2x") && !out.contains("abc123"),
            "{out}"
        );
        let cut = r#"{"a":null,"authorization":{"parameters":{"b":"abcdefgh","accesstoken":null,"c":"cut he"#;
        let out = scrubber.loose(cut, Place::Plain).unwrap();
        assert!(
            out.contains(r#""accesstoken":null"#)
                && !out.contains("cut he")
                && !out.contains("abcdefgh"),
            "{out}"
        );
        assert!(!out.ends_with('"'), "{out}");
        assert_eq!(scrubber.loose(r#"{"a":[1,"x"],"b":"""#, Place::Plain), None);
    }
}
