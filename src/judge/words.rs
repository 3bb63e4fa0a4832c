//! Texts that findings have in common, each held once.

use std::collections::HashSet;

use crate::report::finding::Shared;

/// The texts so far.
#[derive(Default)]
pub(super) struct Words(HashSet<Shared>);

impl Words {
    /// The one text that is equal to `text`.
    pub(super) fn share(&mut self, text: &str) -> Shared {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let text = Shared::from(text);
        self.0.insert(text.clone());
        text
    }
}
