//! The two sides of a difference in words: absent, null and empty are three things.

use serde_json::Value;

use super::{Difference, Kind};
use crate::connection::types::Types;
use crate::sensitive::{Around, mask_value};
use crate::text::readable::clip;

/// How much of a value is shown.
const MAX_VALUE: usize = 80;

impl Difference {
    /// What the payload has, secrets masked.
    pub(crate) fn own_side(&self, types: &Types) -> String {
        self.side(self.actual.as_ref(), types, false)
    }

    /// What the known-good payload has, secrets masked.
    pub(crate) fn good_side(&self, types: &Types) -> String {
        self.side(self.expected.as_ref(), types, false)
    }

    /// One of its values in words; of a difference in spelling these are keys, which are no secrets.
    pub fn side(&self, value: Option<&Value>, types: &Types, secrets: bool) -> String {
        match (self.kind, value) {
            (Kind::Spelling, Some(key)) => format!("spelt {}", clip(&key.to_string(), MAX_VALUE)),
            _ => side(&self.pointer, value, types, secrets),
        }
    }
}

/// One side in words.
fn side(at: &str, value: Option<&Value>, types: &Types, secrets: bool) -> String {
    match value {
        None => "absent".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "empty (\"\")".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(value) => {
            let text = if secrets {
                value.to_string()
            } else {
                mask_value(Around::at(types, at), value).to_string()
            };
            let short = clip(&text, MAX_VALUE);
            if short.len() < text.len() {
                format!("{short}\u{2026}")
            } else {
                text
            }
        }
    }
}
