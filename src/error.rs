//! The one error of the crate: we could not do the job.
//!
//! What is wrong with the user's connection is a [`crate::report::finding::Finding`]; what could not be
//! read of an otherwise readable input is an [`crate::ingest::IngestNote`].

use std::fmt;

/// Why the job could not be done, in one line, and what to do about it.
#[derive(Debug, Clone)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
}

/// What sort of failure it was; decides nothing but the wording around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The input could not be read at all.
    Unreadable,
    /// The input is read, but it is no trace and no text we know.
    Unrecognised,
    /// The archive is encrypted and the password is missing or wrong.
    Password,
    /// The request of the user is ambiguous or impossible.
    Usage,
}

impl Error {
    /// An error of `kind`; `message` starts in lower case and says what is wrong where.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
