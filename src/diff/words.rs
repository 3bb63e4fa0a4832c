//! The two sides of a difference in words: absent, null and empty are three things.

use serde_json::Value;

use super::Difference;
use crate::json::pointer;
use crate::peel::clip;
use crate::secret;

/// How much of a value is shown.
const MAX_VALUE: usize = 80;

impl Difference {
    /// What the payload has, secrets masked.
    pub fn own_side(&self) -> String {
        side(&self.pointer, self.actual.as_ref(), false)
    }

    /// What the known-good payload has, secrets masked.
    pub fn good_side(&self) -> String {
        side(&self.pointer, self.expected.as_ref(), false)
    }
}

/// One side in words.
pub fn side(at: &str, value: Option<&Value>, secrets: bool) -> String {
    match value {
        None => "absent".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "empty (\"\")".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(value) => {
            let text = if secrets {
                value.to_string()
            } else {
                masked(at, value).to_string()
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

/// `value` at `at` with everything masked that is, or may be, a secret.
pub fn masked(at: &str, value: &Value) -> Value {
    let path = at.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), masked(&pointer::push(at, key), value)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| masked(&format!("{at}/{index}"), value))
            .collect(),
        Value::String(text) if !text.trim().is_empty() => {
            let parent = path.rsplit('/').nth(1).unwrap_or_default();
            let hidden = secret::is_secret_name(name)
                || (parent == "parameters" && !secret::is_open_parameter(name));
            if hidden && text != "null" {
                secret::MASK.into()
            } else {
                secret::mask_text(text).into()
            }
        }
        other => other.clone(),
    }
}
