//! Collects [`IngestNote`]s, and no more of them than people read.

use super::IngestNote;

/// How many notes of one kind are spelled out.
const MOST_OF_A_KIND: usize = 20;

/// The notes of one trace.
#[derive(Debug, Default)]
pub(super) struct Notes {
    notes: Vec<IngestNote>,
    counts: Vec<(&'static str, usize)>,
}

impl Notes {
    /// Adds a note of `kind`, as long as there are not too many of it.
    pub(super) fn add(
        &mut self,
        kind: &'static str,
        entry: Option<usize>,
        message: impl Into<String>,
    ) {
        let known = self.counts.iter_mut().find(|(known, _)| *known == kind);
        let count = if let Some((_, count)) = known {
            *count += 1;
            *count
        } else {
            self.counts.push((kind, 1));
            1
        };
        if count <= MOST_OF_A_KIND {
            let message = message.into();
            self.notes.push(IngestNote {
                kind,
                message,
                entry,
            });
        }
    }

    /// Adds a note that is worth saying once.
    pub(super) fn once(&mut self, kind: &'static str, message: impl Into<String>) {
        if !self.counts.iter().any(|(known, _)| *known == kind) {
            self.add(kind, None, message);
        }
    }

    /// Adds what `more` tells.
    pub(super) fn append(&mut self, more: Self) {
        for note in more.finish() {
            self.add(note.kind, note.entry, note.message);
        }
    }

    /// All notes, with a last word on those left out.
    pub(super) fn finish(mut self) -> Vec<IngestNote> {
        for (kind, count) in self.counts {
            if count > MOST_OF_A_KIND {
                self.notes.push(IngestNote {
                    kind,
                    message: format!("and {} more of this kind", count - MOST_OF_A_KIND),
                    entry: None,
                });
            }
        }
        self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_notes_become_a_few() {
        let mut notes = Notes::default();
        for entry in 0..1000 {
            notes.add("entry-unreadable", Some(entry), "broken");
        }
        let notes = notes.finish();
        assert_eq!(notes.len(), MOST_OF_A_KIND + 1);
        assert_eq!(notes[MOST_OF_A_KIND].message, "and 980 more of this kind");
    }
}
