//! Parts of a log as packed texts: as values, those of thousands of recordings take many times the memory.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::exchange::{BodyText, Dictionary, pack};
use crate::text::sanitize;

/// A list of values, one text each.
#[derive(Default)]
pub(super) struct Packed {
    texts: Vec<BodyText>,
    /// Made of the first ones.
    dictionary: Dictionary,
}

/// Of how many values the dictionary is made.
const FIRST: usize = 8;

impl Packed {
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn push(&mut self, value: &Value) {
        let mut text = BodyText::from(value.to_string());
        if self.texts.len() == FIRST {
            self.dictionary = Dictionary::of(self.texts.iter().map(|text| &**text));
        }
        if self.texts.len() >= FIRST {
            pack(vec![&mut text], &self.dictionary);
        }
        self.texts.push(text);
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.texts.len()))?;
        for text in &self.texts {
            let value: Value = serde_json::from_str(&text.clone()).map_err(S::Error::custom)?;
            list.serialize_element(&value)?;
        }
        list.end()
    }
}

/// A list of values, each once, in whatever order its members stand.
#[derive(Default)]
pub(super) struct Unique {
    values: Packed,
    places: HashMap<[u8; 32], usize>,
}

impl Unique {
    /// The place of `value` in the list.
    pub(super) fn place(&mut self, value: &Value) -> usize {
        let mut sorted = value.clone();
        sorted.sort_all_objects();
        let next = self.places.len();
        let digest = Sha256::digest(sorted.to_string()).into();
        let place = *self.places.entry(digest).or_insert(next);
        if place == next {
            self.values.push(value);
        }
        place
    }

    pub(super) fn into_values(self) -> Packed {
        self.values
    }
}

/// Writes JSON with escapes in the place of what a terminal obeys.
pub(super) struct Displayable<'w>(pub(super) &'w mut dyn Write);

impl Write for Displayable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What serialises JSON writes whole characters.
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_all(sanitize::json(text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
