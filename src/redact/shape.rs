//! A value that its member cannot have: another one that it cannot have for the same reason.

use super::count::Fate;
use super::value::{Copier, is_type};
use crate::connection::types::Shape;
use crate::sensitive::member::{self, Kind};
use crate::sensitive::{
    KEY_LEFT_OUT, KEY_ON_A_LINE_LEFT_OUT, KUBECONFIG_LEFT_OUT, LEFT_OUT, PUTTY_LEFT_OUT,
    TOKEN_LEFT_OUT, is_left_out, is_null_word, is_variable, looks_masked,
};

impl Copier<'_> {
    /// What stands for `text` in the member called `name`, if its shape is wrong there and nothing else
    /// of a copy tells so. Nothing of a secret is left but the words that every one like it begins with.
    pub(super) fn misshapen(&mut self, name: &str, text: &str) -> Option<String> {
        let bare = text.trim();
        if bare.is_empty() || is_null_word(bare) || is_variable(bare) || looks_masked(bare) {
            return None;
        }
        if is_left_out(bare) {
            return Some(text.to_owned());
        }
        let is_open = bare.starts_with(['{', '[', '"', '@', '\\']);
        let is_map = ["authorization", "parameters", "data"]
            .iter()
            .any(|map| name.eq_ignore_ascii_case(map));
        if is_map && !is_open && !is_type(bare) {
            self.counts.add(Fate::Replaced);
            return Some(LEFT_OUT.to_owned());
        }
        let types = self.known.types();
        let kind = member::kind_in(types, name);
        let new = match member::misses_shape(types, name, bare)? {
            Shape::Base64 if bare.starts_with("eyJ") => TOKEN_LEFT_OUT.to_owned(),
            Shape::PrivateKey if bare.starts_with("PuTTY") => PUTTY_LEFT_OUT.to_owned(),
            Shape::PrivateKey if bare.contains("\\n") => KEY_ON_A_LINE_LEFT_OUT.to_owned(),
            Shape::Base64 | Shape::PrivateKey => KEY_LEFT_OUT.to_owned(),
            Shape::Kubeconfig => KUBECONFIG_LEFT_OUT.to_owned(),
            Shape::Thumbprint if self.keeps(text) => return Some(text.to_owned()),
            Shape::Thumbprint if is_padded_hex(bare) => self.aliases.digits(bare),
            // Of other kinds their own copy is as wrong.
            Shape::Bool | Shape::Number | Shape::Json | Shape::Name | Shape::Mail
                if kind == Some(Kind::Unknown) && !is_open =>
            {
                LEFT_OUT.to_owned()
            }
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
