//! What a copy changes and leaves out, counted for the manifest.

use std::collections::BTreeMap;

/// What became of something. The words are those of the manifest, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// An id of a request, which stays.
    Trace,
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
    /// An exchange that says nothing of a connection.
    Exchange,
}

impl Fate {
    /// What stands above those that met this fate and its neighbours.
    fn heading(self) -> &'static str {
        match self {
            Self::Trace => "Kept as they are, because Microsoft looks them up:",
            Self::Id | Self::Name | Self::Person | Self::Host => {
                "Aliases of the same form now, the same one each time in this copy:"
            }
            Self::Replaced => "Placeholders now:",
            Self::Field
            | Self::Parameter
            | Self::Member
            | Self::Body
            | Self::Line
            | Self::Exchange => "Left out:",
        }
    }

    /// The words of the manifest for one of them, and for several.
    fn words(self, count: usize) -> &'static str {
        let [one, several] = match self {
            Self::Trace => [
                "id of a request (activity, e2e, correlation, trace)",
                "ids of requests (activity, e2e, correlation, trace)",
            ],
            Self::Id => ["id", "ids"],
            Self::Name => ["name", "names"],
            Self::Person => ["person or mail address", "people and mail addresses"],
            Self::Host => ["host or IP address", "hosts and IP addresses"],
            Self::Replaced => [
                "value that nobody knows to be harmless",
                "values that nobody knows to be harmless",
            ],
            Self::Field => ["header field", "header fields"],
            Self::Parameter => ["query parameter", "query parameters"],
            Self::Member => [
                "member of another service's answer",
                "members of other services' answers",
            ],
            Self::Body => [
                "body that is no JSON and tells no error",
                "bodies that are no JSON and tell no error",
            ],
            Self::Line => [
                "line that tells of no failure and no connection",
                "lines that tell of no failure and no connection",
            ],
            Self::Exchange => [
                "exchange that says nothing of a connection",
                "exchanges that say nothing of a connection",
            ],
        };
        if count == 1 { one } else { several }
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

    /// A line for each fate with its number, below what stands above it.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut above = "";
        for (fate, count) in &self.0 {
            if fate.heading() != above {
                above = fate.heading();
                lines.push(above.to_owned());
            }
            lines.push(format!("{count:>8}  {}", fate.words(*count)));
        }
        lines
    }
}
