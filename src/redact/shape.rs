//! A value that its member cannot have: another one that it cannot have for the same reason.

use super::count::Fate;
use super::value::Copier;
use crate::connection::types::Shape;
use crate::sensitive::member;
use crate::sensitive::{is_null_word, is_variable, looks_masked};

impl Copier<'_> {
    /// What stands for `text` in the member called `name`, if its shape is wrong there and nothing else
    /// of a copy tells so. Nothing of a secret is left but the words that every one like it begins with.
    pub(super) fn misshapen(&mut self, name: &str, text: &str) -> Option<String> {
        let bare = text.trim();
        if bare.is_empty() || is_null_word(bare) || is_variable(bare) || looks_masked(bare) {
            return None;
        }
        let new = match member::misses_shape(self.known.types(), name, bare)? {
            Shape::Base64 if bare.starts_with("eyJ") => "eyJ0.left.out".to_owned(),
            Shape::PrivateKey if bare.starts_with("PuTTY") => {
                "PuTTY-User-Key-File-2: left out".to_owned()
            }
            Shape::PrivateKey if bare.contains("\\n") => {
                r"-----BEGIN left out-----\n-----END left out-----".to_owned()
            }
            Shape::Base64 | Shape::PrivateKey => "-----BEGIN left out-----".to_owned(),
            Shape::Kubeconfig => "exec:\n  command: left-out".to_owned(),
            Shape::Thumbprint if self.keeps(text) => return Some(text.to_owned()),
            Shape::Thumbprint if is_padded_hex(bare) => self.aliases.digits(bare),
            _ => return None,
        };
        self.counts.add(Fate::Replaced);
        Some(new)
    }
}

/// Whether all that `text` holds besides hexadecimal digits is what people put between them.
fn is_padded_hex(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_hexdigit() || !c.is_ascii_alphanumeric() && !c.is_alphabetic())
}
