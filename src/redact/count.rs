//! What a copy changes and leaves out, counted for the manifest.

use std::collections::BTreeMap;

/// What became of something. The words are those of the manifest, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// An id that got another one.
    Id,
    /// A name that got another one.
    Name,
    /// A person or mail address that got another one.
    Person,
    /// A host or IP address that got another one.
    Host,
    /// A credential or a text that nobody knows.
    Replaced,
    /// A header field.
    Field,
    /// A query parameter.
    Parameter,
    /// A member of an answer that is no service endpoint.
    Member,
    /// A body that is neither JSON, a form nor an error.
    Body,
    /// A line of a long text.
    Line,
}

impl Fate {
    /// The words of the manifest.
    fn words(self) -> &'static str {
        match self {
            Self::Id => "ids, now aliases",
            Self::Name => "names, now aliases",
            Self::Person => "people and mail addresses, now aliases",
            Self::Host => "hosts and IP addresses, now aliases",
            Self::Replaced => "secrets and unknown values, now placeholders",
            Self::Field => "header fields, left out",
            Self::Parameter => "query parameters, left out",
            Self::Member => "members of other services' answers, left out",
            Self::Body => "bodies that are no JSON and tell no error, left out",
            Self::Line => "lines that tell of no failure and no connection, left out",
        }
    }
}

/// How many values met which fate.
#[derive(Debug, Default, Clone)]
pub(super) struct Counts(BTreeMap<Fate, usize>);

impl Counts {
    pub(super) fn add(&mut self, fate: Fate) {
        self.add_all(fate, 1);
    }

    pub(super) fn add_all(&mut self, fate: Fate, count: usize) {
        if count > 0 {
            *self.0.entry(fate).or_default() += count;
        }
    }

    /// The words of each fate with its number.
    pub(super) fn words(&self) -> Vec<(&'static str, usize)> {
        let all = self.0.iter();
        all.map(|(fate, count)| (fate.words(), *count)).collect()
    }
}
